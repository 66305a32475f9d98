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
export function flatKm(a: Point, b: Point): number {
  const east = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) * Math.PI) / 360);
  const north = b.lat - a.lat;
  return Math.sqrt(east * east + north * north) * kmPerDegree;
}

/** The at most `count` points nearest to the centre that pass the filter, nearest first. */
export function nearest<T extends Point>(
  index: PlaceIndex<T>,
  centre: Point,
  count: number,
  keep: (point: T) => boolean = () => true,
): { point: T; km: number }[] {
  let found: { point: T; km: number }[] = [];
  const farthest = () => (found.length < count ? Infinity : found[count - 1]!.km);
  const take = (points: readonly T[]) => {
    for (const point of points) {
      const km = flatKm(centre, point);
      if (km >= farthest() || !keep(point)) continue;
      found.splice(firstBeyond(found, km), 0, { point, km });
      if (found.length > count) found.pop();
    }
  };
  const row = step(centre.lat);
  const column = step(centre.lon);
  // What lies beyond the first n rings is at least n - 1 cells away, measured by the narrow side of a cell.
  const narrow =
    cellDegrees * kmPerDegree * Math.cos((Math.min(89, Math.abs(centre.lat) + 1) * Math.PI) / 180);
  const worthwhile = Math.min(mostRings, Math.sqrt(index.all.length) / 2);
  let ring = 0;
  for (; ring <= worthwhile && farthest() > (ring - 1) * narrow; ring++)
    for (let up = -ring; up <= ring; up++)
      for (let right = -ring; right <= ring; right += Math.abs(up) === ring ? 1 : 2 * ring)
        take(index.cells.get(key(row + up, column + right)) ?? []);
  if (ring > worthwhile) {
    found = [];
    take(index.all);
  }
  return found;
}

/** Where a distance belongs in a list sorted by distance, after its equals. */
function firstBeyond(sorted: readonly { km: number }[], km: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle]!.km <= km) low = middle + 1;
    else high = middle;
  }
  return low;
}
