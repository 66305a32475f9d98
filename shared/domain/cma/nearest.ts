import type { Point } from "../geo.ts";

const cellDegrees = 0.01;
const ringsBeforeAll = 40;
const kmPerDegree = 111.195;

/** Points that can be asked for the nearest ones; a grid of 0.01 degrees, which suits sales by the thousand. */
export interface PlaceIndex<T extends Point> {
  readonly all: T[];
  readonly cells: Map<string, T[]>;
}

/** An index over the points; `insert` adds more. */
export function placeIndex<T extends Point>(points: Iterable<T> = []): PlaceIndex<T> {
  const index: PlaceIndex<T> = { all: [], cells: new Map() };
  for (const point of points) insert(index, point);
  return index;
}

const step = (degrees: number) => Math.floor(degrees / cellDegrees);

/** Adds a point to the index in place. */
export function insert<T extends Point>(index: PlaceIndex<T>, point: T): void {
  index.all.push(point);
  const key = `${step(point.lat)} ${step(point.lon)}`;
  const cell = index.cells.get(key);
  if (cell) cell.push(point);
  else index.cells.set(key, [point]);
}

/** Kilometres between points near each other: flat, and so fast enough for millions of pairs. */
export function flatKm(a: Point, b: Point): number {
  const east = (b.lon - a.lon) * Math.cos(((a.lat + b.lat) * Math.PI) / 360);
  return Math.hypot(east, b.lat - a.lat) * kmPerDegree;
}

/** The at most `count` points nearest to the centre that pass the filter, nearest first; ties in order of insertion. */
export function nearest<T extends Point>(
  index: PlaceIndex<T>,
  centre: Point,
  count: number,
  keep: (point: T) => boolean = () => true,
): { point: T; km: number }[] {
  const found: { point: T; km: number }[] = [];
  const take = (points: Iterable<T>) => {
    for (const point of points) if (keep(point)) found.push({ point, km: flatKm(centre, point) });
  };
  const ringKm = cellDegrees * kmPerDegree * Math.min(1, Math.cos((centre.lat * Math.PI) / 180));
  const [row, column] = [step(centre.lat), step(centre.lon)];
  let ring = 0;
  // A cell `ring` steps away is at least `ring - 1` cells off, so what is found nearer than that is final.
  const enough = () => found.filter(({ km }) => km <= (ring - 1) * ringKm).length >= count;
  for (; ring <= ringsBeforeAll && found.length < index.all.length; ring++) {
    if (found.length >= count && enough()) break;
    for (let up = -ring; up <= ring; up++)
      for (let right = -ring; right <= ring; right += Math.abs(up) === ring ? 1 : 2 * ring || 1)
        take(index.cells.get(`${row + up} ${column + right}`) ?? []);
  }
  if (ring > ringsBeforeAll && !enough()) {
    found.length = 0;
    take(index.all);
  }
  return found.sort((a, b) => a.km - b.km).slice(0, count);
}
