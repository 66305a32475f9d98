import { cellsInside, cellsWithin, distanceKm, distancesTo, type Point } from "../domain/geo.ts";
import type { PropertySummary } from "../domain/property.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import type { Page } from "./list.ts";
import type { Item, TableReader } from "./table.ts";

/** One page of the properties around a place. */
export interface NearestOptions {
  readonly brokerageId: string;
  readonly centre: Point;
  readonly radiusKm: number;
  /** On the market, off it, or both. */
  readonly markets: readonly ("on" | "off")[];
  readonly query: { readonly limit: number; readonly cursor?: string | undefined };
  readonly cursorKey: string;
  readonly matches: (summary: PropertySummary) => boolean;
}

/** Entries read of one cell before it is taken apart into the cells inside it. */
const perCell = 300;
/** Cells read for one page, unless not one more kilometre would be gained by then. */
export const cellsPerPage = 40;
/** Cells read at the same time. */
const atOnce = 4;

/** Kilometres by which a cell's distances may be off: a millimetre covers what floating point loses. */
const slack = 1e-6;

interface Cell {
  readonly market: string;
  readonly hash: string;
  /** Kilometres to its nearest point. */
  readonly least: number;
}

type Found = PropertySummary & { readonly id: string; readonly distance: number };
type Position = Pick<Found, "distance" | "id">;

/**
 * Reads one page of the properties within a radius, nearest first: cells of the `place` index from the inside out,
 * one Query each, a crowded cell taken apart, until a page's worth is nearer than any cell not yet read. Cells
 * wholly nearer than the page before are not read again.
 */
export async function nearestPage(
  table: TableReader,
  options: NearestOptions,
): Promise<Page<PropertySummary>> {
  const { brokerageId, centre, radiusKm, markets, query, cursorKey, matches } = options;
  const { limit, cursor, ...filters } = query;
  const scope = JSON.stringify(["nearest", brokerageId, filters]);
  const after: Position =
    cursor === undefined ? { distance: 0, id: "" } : openCursor<Position>(cursor, cursorKey, scope);

  const toRead = (market: string, hashes: readonly string[]): Cell[] =>
    hashes.flatMap((hash) => {
      const { least, most } = distancesTo(hash, centre);
      return least > radiusKm || most + slack < after.distance
        ? []
        : [{ market, hash, least: least - slack }];
    });
  const found: Found[] = [];
  const read = async ({ market, hash }: Cell): Promise<Cell[]> => {
    const entries = await entriesOf(table, brokerageId, market, hash);
    if (!entries) return toRead(market, cellsInside(hash));
    for (const entry of entries) {
      const summary = { id: entry.id, ...(entry.summary as object) } as PropertySummary & { id: string };
      const { lat, lng } = summary.location!;
      const distance = distanceKm(centre, { lat, lon: lng });
      const further = distance > after.distance || (distance === after.distance && summary.id > after.id);
      if (further && distance <= radiusKm && matches(summary)) found.push({ ...summary, distance });
    }
    return [];
  };

  // Cells about as large as the radius: few to begin with, and none much larger than what is asked for.
  const precision = radiusKm > 15 ? 3 : radiusKm > 2 ? 4 : 5;
  let cells = markets.flatMap((market) => toRead(market, cellsWithin(centre, radiusKm * 1.01, precision)));
  const nearer = () => found.filter(({ distance }) => cells[0] === undefined || distance < cells[0].least);
  for (let count = 0; ; count += atOnce) {
    cells.sort((one, other) => one.least - other.least);
    const [next] = cells;
    if (!next || nearer().length > limit || (count >= cellsPerPage && next.least > after.distance)) break;
    const inside = await Promise.all(cells.slice(0, atOnce).map(read));
    cells = [...cells.slice(atOnce), ...inside.flat()];
  }

  const complete = nearer().sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1));
  const shown = complete.slice(0, limit);
  const last = shown.at(-1);
  const rest: Position | undefined = cells[0] && { distance: cells[0].least, id: "" };
  const end: Position | undefined =
    complete.length > limit && last ? { distance: last.distance, id: last.id } : rest;
  return {
    items: shown.map(({ distance, ...summary }) => ({
      ...summary,
      distance_km: Math.round(distance * 1000) / 1000,
    })),
    next_cursor: end ? sealCursor(end, cursorKey, scope) : null,
  };
}

/** The entries of a cell; undefined where it holds too many and can be taken apart. */
async function entriesOf(
  table: TableReader,
  brokerageId: string,
  market: string,
  hash: string,
): Promise<Item[] | undefined> {
  const entries: Item[] = [];
  let from: Item | undefined;
  do {
    const { items, last } = await table.query({
      IndexName: "place",
      KeyConditionExpression:
        "brokerage_id = :brokerage AND entity = :entity AND area = :area AND market = :market AND begins_with(geohash, :cell)",
      ExpressionAttributeValues: {
        ":brokerage": brokerageId,
        ":entity": "property",
        ":area": hash.slice(0, 3),
        ":market": market,
        ":cell": hash,
      },
      Limit: perCell,
      ExclusiveStartKey: from,
    });
    entries.push(...items);
    from = last;
    // The smallest cells, 38 by 19 m, are towers: they are read to the end.
    if (from && hash.length < 8) return undefined;
  } while (from);
  return entries;
}
