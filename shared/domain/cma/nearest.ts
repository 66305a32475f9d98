import type { Point } from "../geo.ts";

const cellDegrees = 0.01;
const columns = 360 / cellDegrees + 2;
/** Beyond so many rings of cells, or as many cells as points, looking at every point is faster. */
const mostRings = 40;
const kmPerDegree = 111.195;

/** Points that can be asked for the nearest ones; a grid of 0.01 degrees, which suits sales by the thousand. */
export interface PlaceIndex<T extends Point> {
  readonly all: T[];
  readonly cells: Map<number, T[]>;
}

/** An index over the points; `insert` adds more. */
export function placeIndex<T extends Point>(points: Iterable<T> = []): PlaceIndex<T> {
  const index: PlaceIndex<T> = { all: [], cells: new Map() };
  for (const point of points) insert(index, point);
  return index;
}

const step = (degrees: number) => Math.floor(degrees / cellDegrees);
const key = (row: number, column: number) => row * columns + column;

/** Adds a point to the index in place. */
export function insert<T extends Point>(index: PlaceIndex<T>, point: T): void {
  index.all.push(point);
  const at = key(step(point.lat), step(point.lon));
  const cell = index.cells.get(at);
  if (cell) cell.push(point);
  else index.cells.set(at, [point]);
}

/** Kilometres between points near each other: flat, and so fast enough for millions of pairs. */
export const flatKm = (a: Point, b: Point): number => kmBetween(a.lat, a.lon, b.lat, b.lon);

/** Of four numbers, because reading them from objects of many shapes takes longer than the distance. */
function kmBetween(latA: number, lonA: number, latB: number, lonB: number): number {
  const east = (lonB - lonA) * Math.cos(((latA + latB) * Math.PI) / 360);
  const north = latB - latA;
  return Math.sqrt(east * east + north * north) * kmPerDegree;
}

/** The at most `count` points nearest to the centre that pass the filter, nearest first. */
export function nearest<T extends Point>(
  index: PlaceIndex<T>,
  centre: Point,
  count: number,
  keep: (point: T) => boolean = () => true,
): { point: T; km: number }[] {
  const found: { point: T; km: number }[] = [];
  let farthest = Infinity;
  const { lat, lon } = centre;
  const take = (points: readonly T[]) => {
    for (const point of points) {
      const itsLat = point.lat;
      // Most are too far north or south already.
      if (Math.abs(itsLat - lat) * kmPerDegree >= farthest) continue;
      const km = kmBetween(lat, lon, itsLat, point.lon);
      if (km >= farthest || !keep(point)) continue;
      // Into its place in the order of distance, after its equals.
      let at = Math.min(found.length, count - 1);
      for (; at > 0 && found[at - 1]!.km > km; at--) found[at] = found[at - 1]!;
      found[at] = { point, km };
      if (found.length === count) farthest = found[count - 1]!.km;
    }
  };
  const row = step(lat);
  const column = step(lon);
  // What lies beyond the first n rings is at least n - 1 cells away, measured by the narrow side of a cell.
  const narrow = cellDegrees * kmPerDegree * Math.cos((Math.min(89, Math.abs(lat) + 1) * Math.PI) / 180);
  const worthwhile = Math.min(mostRings, Math.sqrt(index.all.length) / 2);
  let ring = 0;
  for (; ring <= worthwhile && farthest > (ring - 1) * narrow; ring++)
    for (let up = -ring; up <= ring; up++)
      for (let right = -ring; right <= ring; right += Math.abs(up) === ring ? 1 : 2 * ring)
        take(index.cells.get(key(row + up, column + right)) ?? []);
  if (ring > worthwhile) {
    found.length = 0;
    farthest = Infinity;
    take(index.all);
  }
  return found;
}
