import {
  cellNamed,
  cellsWithin,
  distanceKm,
  distancesTo,
  geohash,
  halves,
  type Point,
} from "../domain/geo.ts";
import type { ListedProperty } from "../domain/property.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import type { Page } from "./list.ts";
import { entriesAt, type Market, mostDigits } from "./place.ts";
import { listedIn } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** One page of the properties around a place. */
export interface NearestOptions {
  readonly brokerageId: string;
  readonly centre: Point;
  readonly radiusKm: number;
  /** On the market, off it, or both. */
  readonly markets: readonly Market[];
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
  readonly cursorKey: string;
  readonly matches: (summary: ListedProperty) => boolean;
}

/** Cells read for one page, unless the page would then be no nearer to the edge than the page before. */
export const cellsPerPage = 40;
/** Cells read at the same time. */
const atOnce = 8;
/** Entries read of one cell before it counts as crowded and is read as its two halves. */
const perQuery = 200;
/** Places that a cell is to hold, at most: a page's worth in the first round, then twice as many in each. */
const perCell = 100;
/** Crowded cells that a cursor remembers, so that the next page need not find out again. */
const remembered = 25;
/** A cell smaller than this share of its distance is not halved for density, so that a ring has few cells. */
const leastShare = 1 / 8;

/** Kilometres by which a cell's distances may be off: a millimetre covers what floating point loses. */
const slack = 1e-6;

/** A part of the map whose entries in one market are not read yet. */
interface Unread {
  readonly market: Market;
  /** In binary digits. */
  readonly cell: string;
  /** Kilometres to its nearest point. */
  readonly least: number;
  /** And to its farthest. */
  readonly most: number;
}

type Found = ListedProperty & { readonly distance: number };

/** A property with its distance from the place. */
type Near = ListedProperty & { readonly distance_km: number };

/** How many smallest cells were looked at, and how many of them hold anything. */
interface Density {
  readonly size: number;
  readonly places: number;
}

/** Where a page ended, the density on and off the market, and the crowded cells found so far, as market and digits. */
interface Position extends Pick<Found, "distance" | "id"> {
  readonly density: Partial<Record<Market, Density>>;
  readonly crowded: readonly string[];
}

/**
 * Reads one page of the properties within a radius, nearest first. A first Query in each market, of some places behind
 * the centre as geohashes are sorted, tells how dense they are. The others read cells that hold about a page, from the
 * inside out, until a page's worth is nearer than any cell not yet read; a crowded cell is halved. Cells wholly nearer
 * than the page before are not read again.
 */
export async function nearestPage(table: TableQuerier, options: NearestOptions): Promise<Page<Near>> {
  const { brokerageId, centre, radiusKm, markets, query, cursorKey, matches } = options;
  const { limit, cursor, ...filters } = query;
  const scope = JSON.stringify(["near", brokerageId, filters]);
  const start: Position = { distance: 0, id: "", density: {}, crowded: [] };
  const after = cursor === undefined ? start : decryptCursor<Position>(cursor, cursorKey, scope);

  const areas = cellsWithin(centre, radiusKm * 1.01, 3).map(cellNamed);
  const density = { ...after.density };
  const learn = (market: Market, { size, places }: Density) => {
    const known = density[market] ?? { size: 0, places: 1 };
    density[market] = { size: known.size + size, places: known.places + places };
  };
  let crowded = after.crowded;
  /** The nearest last. */
  const unread: Unread[] = [];
  const leave = (market: Market, cells: readonly string[]) => {
    for (const cell of cells) {
      const { least, most } = distancesTo(cell, centre);
      if (least > radiusKm || most + slack < after.distance) continue;
      const place = unread.findLastIndex((other) => other.least >= least - slack) + 1;
      unread.splice(place, 0, { market, cell, least: least - slack, most });
    }
  };
  for (const market of markets) leave(market, areas);

  let count = 0;
  let aim = perCell;
  if (cursor === undefined) {
    aim = Math.min(perCell, limit + 1);
    const from = cellNamed(geohash(centre, 8));
    const first = { brokerageId, cell: areas[0]!, from, limit: aim };
    const seen = await Promise.all(markets.map((market) => entriesOf(table, { ...first, market })));
    for (const one of seen) learn(one.market, one);
    count = markets.length;
  }

  const found: Found[] = [];
  const read = async ({ market, cell }: Unread) => {
    const seen = await entriesOf(table, { brokerageId, market, cell, from: cell, limit: perQuery });
    learn(market, seen);
    if (seen.isCrowded) {
      crowded = [...crowded.filter((known) => !(market + cell).startsWith(known)), market + cell];
      return leave(market, halves(cell));
    }
    for (const entry of seen.entries) {
      const summary = listedIn(propertyRecord, entry);
      const { lat, lng } = summary.location!;
      const property = { ...summary, distance: distanceKm(centre, { lat, lon: lng }) };
      if (property.distance <= radiusKm && order(property, after) > 0 && matches(summary))
        found.push(property);
    }
  };

  for (;;) {
    const enough = found.sort(order)[limit]?.distance ?? Number.POSITIVE_INFINITY;
    const cells: Unread[] = [];
    while (cells.length < atOnce) {
      const next = unread.at(-1);
      if (!next || next.least > enough) break;
      if (count + cells.length >= cellsPerPage && next.least > after.distance) break;
      unread.pop();
      const { market, cell, least, most } = next;
      const { size, places } = density[market]!;
      const isSmall =
        cell.length === mostDigits ||
        (!crowded.some((known) => known.startsWith(market + cell)) &&
          (most - least < least * leastShare || sizeOf(cell) * places <= aim * size));
      if (isSmall) cells.push(next);
      else leave(market, halves(cell));
    }
    if (cells.length === 0) break;
    await Promise.all(cells.map(read));
    count += cells.length;
    aim = Math.min(perCell, aim * 2);
  }

  const edge = unread.at(-1);
  const complete = found.filter(({ distance }) => !edge || distance < edge.least);
  const shown = complete.slice(0, limit);
  const end = complete.length > limit ? shown.at(-1) : edge && { distance: edge.least, id: "" };
  const position = end && {
    ...{ distance: end.distance, id: end.id, density, crowded: crowded.slice(-remembered) },
  };
  return {
    items: shown.map(({ distance, ...summary }) => ({
      ...summary,
      distance_km: Math.round(distance * 1000) / 1000,
    })),
    next_cursor: position ? encryptCursor(position, cursorKey, scope) : null,
  };
}

function order(one: Pick<Found, "distance" | "id">, other: Pick<Found, "distance" | "id">): number {
  return one.distance - other.distance || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** How many smallest cells a cell holds. */
const sizeOf = (cell: string) => 2 ** (mostDigits - cell.length);

interface Seen extends Density {
  readonly market: Market;
  readonly entries: readonly Item[];
  /** True where the cell holds more. */
  readonly isCrowded: boolean;
}

/** What a cell holds from a cell inside it on, up to a limit; the smallest cells (one building) are read to the end. */
async function entriesOf(
  table: TableQuerier,
  of: {
    readonly brokerageId: string;
    readonly market: Market;
    readonly cell: string;
    readonly from: string;
    readonly limit: number;
  },
): Promise<Seen> {
  const first = of.from.padEnd(mostDigits, "0");
  const end = of.cell.padEnd(mostDigits, "1");
  const entries: Item[] = [];
  let last: Item | undefined;
  do {
    const stretch = { brokerageId: of.brokerageId, market: of.market, first, last: end };
    const page = await entriesAt(table, stretch, of.limit, last);
    entries.push(...page.items);
    last = page.last;
  } while (last && of.cell.length === mostDigits);
  const hashes = entries.map(({ geohash }) => String(geohash));
  const to = last ? cellNamed(hashes.at(-1)!) : end;
  const size = Number.parseInt(to, 2) - Number.parseInt(first, 2) + 1;
  return { market: of.market, entries, isCrowded: last !== undefined, size, places: new Set(hashes).size };
}
