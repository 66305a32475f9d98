/** A point on the earth in degrees, WGS 84. */
export interface Point {
  readonly lat: number;
  readonly lon: number;
}

const earthRadiusKm = 6371.0088;
/** Kilometres in a statute mile. */
export const kmPerMile = 1.609344;
const kmPerDegree = (Math.PI / 180) * earthRadiusKm;
const radians = (degrees: number) => (degrees * Math.PI) / 180;

/** Straight-line (great-circle) distance in kilometres, by the haversine formula. */
export function distanceKm(a: Point, b: Point): number {
  const h =
    Math.sin(radians(b.lat - a.lat) / 2) ** 2 +
    Math.cos(radians(a.lat)) * Math.cos(radians(b.lat)) * Math.sin(radians(b.lon - a.lon) / 2) ** 2;
  return 2 * earthRadiusKm * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Kilometres as statute miles. */
export function miles(km: number): number {
  return km / kmPerMile;
}

export const compass = ["N", "NE", "E", "SE", "S", "SW", "W", "NW"] as const;
export type Direction = (typeof compass)[number];

/** The direction in which one looks from `from` to `to`, on an eight-point compass. */
export function direction(from: Point, to: Point): Direction {
  const east = Math.sin(radians(to.lon - from.lon)) * Math.cos(radians(to.lat));
  const north =
    Math.cos(radians(from.lat)) * Math.sin(radians(to.lat)) -
    Math.sin(radians(from.lat)) * Math.cos(radians(to.lat)) * Math.cos(radians(to.lon - from.lon));
  const eighths = Math.round(Math.atan2(east, north) / (Math.PI / 4));
  return compass[(eighths + 8) % 8]!;
}

const base32 = "0123456789bcdefghjkmnpqrstuvwxyz";

/** Binary digits of a letter of a geohash. */
const perLetter = 5;

/** How many of `count` binary digits are of longitude and of latitude: they alternate, longitude first. */
function digitsOf(count: number): { lon: number; lat: number } {
  return { lon: Math.ceil(count / 2), lat: Math.floor(count / 2) };
}

/** A cell as whole steps from the south-west corner of the map. */
interface Steps {
  readonly column: number;
  readonly row: number;
}

function stepsTo(point: Point, count: number): Steps {
  const { lon, lat } = digitsOf(count);
  const step = (share: number, steps: number) => Math.min(steps - 1, Math.max(0, Math.floor(share * steps)));
  return {
    column: step((point.lon + 180) / 360, 2 ** lon),
    row: step((point.lat + 90) / 180, 2 ** lat),
  };
}

function stepsOf(cell: string): Steps {
  const every = (start: number) => Number.parseInt([...cell].filter((_, at) => at % 2 === start).join(""), 2);
  return { column: every(0), row: every(1) };
}

function cellAt({ column, row }: Steps, count: number): string {
  const { lon, lat } = digitsOf(count);
  const [east, north] = [column.toString(2).padStart(lon, "0"), row.toString(2).padStart(lat, "0")];
  return Array.from({ length: count }, (_, at) => (at % 2 === 0 ? east : north)[at >> 1]).join("");
}

/** The cell of a geohash in binary digits, each of which halves the map: by longitude, by latitude, and so on. */
export function cellNamed(hash: string): string {
  return [...hash]
    .map((letter) => {
      const value = base32.indexOf(letter);
      if (value < 0) throw new RangeError(`not a geohash: ${hash}`);
      return value.toString(2).padStart(perLetter, "0");
    })
    .join("");
}

/** The geohash of a cell whose binary digits make whole letters. */
export function nameOf(cell: string): string {
  return cell.replace(/.{5}/g, (digits) => base32[Number.parseInt(digits, 2)]!);
}

const name = (steps: Steps, precision: number) => nameOf(cellAt(steps, precision * perLetter));

/** The geohash of the cell that holds the point; `precision` in characters (5 is about 4.9 km square, 6 about 0.9 km). */
export function geohash(point: Point, precision: number): string {
  return name(stepsTo(point, precision * perLetter), precision);
}

/** The up to eight cells around a cell, across the antimeridian too; fewer at the poles. */
export function neighbours(hash: string): string[] {
  const { column, row } = stepsOf(cellNamed(hash));
  const { lon, lat } = digitsOf(hash.length * perLetter);
  const around: string[] = [];
  for (let up = -1; up <= 1; up++)
    for (let right = -1; right <= 1; right++) {
      const cell = { column: (column + right + 2 ** lon) % 2 ** lon, row: row + up };
      if ((up !== 0 || right !== 0) && cell.row >= 0 && cell.row < 2 ** lat)
        around.push(name(cell, hash.length));
    }
  return around;
}

/** Every cell of the precision that a circle touches, the centre's first; the caller bounds radius against precision. */
export function cellsWithin(centre: Point, radiusKm: number, precision: number): string[] {
  const { lon, lat } = digitsOf(precision * perLetter);
  const height = 180 / 2 ** lat;
  const width = 360 / 2 ** lon;
  const reach = radiusKm / kmPerDegree;
  const rows = [-reach, reach].map(
    (by) => stepsTo({ lat: centre.lat + by, lon: centre.lon }, precision * perLetter).row,
  );
  // The circle is widest in longitude at its edge nearest to a pole.
  const edge = Math.cos(radians(Math.min(89.9, Math.abs(centre.lat) + reach)));
  const west = Math.floor((centre.lon - reach / edge + 180) / width);
  const columns = Math.min(2 ** lon, Math.floor((centre.lon + reach / edge + 180) / width) - west + 1);
  const cells = new Set([geohash(centre, precision)]);
  for (let row = rows[0]!; row <= rows[1]!; row++)
    for (let step = 0; step < columns; step++) {
      const column = west + step;
      const nearest = {
        lat: Math.min(Math.max(centre.lat, row * height - 90), (row + 1) * height - 90),
        lon: Math.min(Math.max(centre.lon, column * width - 180), (column + 1) * width - 180),
      };
      if (distanceKm(centre, nearest) <= radiusKm)
        cells.add(name({ column: (column + 2 ** lon) % 2 ** lon, row }, precision));
    }
  return [...cells];
}

/** A box on the map in degrees; `west` is east of `east` where it lies across the antimeridian. */
export interface Box {
  readonly south: number;
  readonly west: number;
  readonly north: number;
  readonly east: number;
}

/** Degrees of longitude from west to east. */
export const widthOf = ({ west, east }: Pick<Box, "west" | "east">): number =>
  east < west ? east - west + 360 : east - west;

/** Whether a point is in a box, or on its edge. */
export const isWithin = ({ lat, lon }: Point, box: Box): boolean =>
  lat >= box.south && lat <= box.north && widthOf({ west: box.west, east: lon }) <= widthOf(box);

/**
 * The cells that a box touches, in binary digits and in their order: first those of so many digits, then the halves of
 * the largest that reach beyond it, until there are `least` of them or each lies inside.
 */
export function cellsOver(box: Box, digits: number, least: number): string[] {
  let cells = cellsOfBox(box, digits);
  for (let length = digits; cells.length < least; length++) {
    const isWhole = (cell: string) => cell.length > length || isInside(cell, box);
    if (cells.every(isWhole) || length === smallest) break;
    cells = cells.flatMap((cell) =>
      isWhole(cell) ? [cell] : halves(cell).filter((half) => touches(half, box)),
    );
  }
  return cells;
}

/** Digits of the smallest cells that a box is taken apart into: some 150 m. */
const smallest = 36;

/** Every cell of so many digits that a box touches, in their order. */
function cellsOfBox(box: Box, digits: number): string[] {
  const { lon, lat } = digitsOf(digits);
  const [from, to] = [box.south, box.north].map((at) => stepsTo({ lat: at, lon: box.west }, digits));
  const width = 360 / 2 ** lon;
  const columns = Math.min(2 ** lon, Math.floor((((box.west + 180) % width) + widthOf(box)) / width) + 1);
  const rows = Math.min(2 ** lat, to!.row - from!.row + 1);
  return Array.from({ length: columns * rows }, (_, at) => ({
    column: (from!.column + (at % columns)) % 2 ** lon,
    row: from!.row + Math.floor(at / columns),
  }))
    .map((steps) => cellAt(steps, digits))
    .sort();
}

function boxOf(cell: string): Box {
  const { column, row } = stepsOf(cell);
  const count = digitsOf(cell.length);
  const [height, width] = [180 / 2 ** count.lat, 360 / 2 ** count.lon];
  const [south, west] = [row * height - 90, column * width - 180];
  return { south, west, north: south + height, east: west + width };
}

/** Whether two boxes share a point. */
function touches(cell: string, box: Box): boolean {
  const of = boxOf(cell);
  const overlaps =
    widthOf({ west: box.west, east: of.west }) <= widthOf(box) ||
    widthOf({ west: of.west, east: box.west }) <= widthOf(of);
  return of.south <= box.north && box.south <= of.north && overlaps;
}

/** Whether a cell lies in a box as a whole. */
function isInside(cell: string, box: Box): boolean {
  const { south, west, north, east } = boxOf(cell);
  const from = widthOf({ west: box.west, east: west });
  return south >= box.south && north <= box.north && from + (east - west) <= widthOf(box);
}

/** The two cells that a cell in binary digits is made of. */
export const halves = (cell: string): string[] => [`${cell}0`, `${cell}1`];

/** How far the nearest and the farthest point of a cell in binary digits are, in kilometres. */
export function distancesTo(cell: string, from: Point): { readonly least: number; readonly most: number } {
  const { south, west, north, east: edge } = boxOf(cell);
  const [height, width] = [north - south, edge - west];
  const corners = [south, south + height].flatMap((lat) => [west, west + width].map((lon) => ({ lat, lon })));
  // Degrees east of the cell's middle, the short way around, and so to its nearer edge.
  const east = ((from.lon - west - width / 2 + 540) % 360) - 180;
  const away = Math.max(0, Math.abs(east) - width / 2);
  // A great circle meets a meridian at a right angle not at our latitude but nearer to the pole.
  const foot = Math.atan2(Math.tan(radians(from.lat)), Math.cos(radians(away))) / radians(1);
  const nearest = { lat: Math.min(Math.max(foot, south), south + height), lon: from.lon + away };
  return {
    least: distanceKm(from, nearest),
    most: Math.max(...corners.map((corner) => distanceKm(from, corner))),
  };
}
