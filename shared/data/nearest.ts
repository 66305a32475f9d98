import { cellsInside, cellsWithin, distanceKm, distancesTo, type Point } from "../domain/geo.ts";
import type { PropertySummary } from "../domain/property.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { openCursor, sealCursor } from "./cursor.ts";
import type { Page } from "./list.ts";
import { listedIn } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

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

/** Entries read of one cell before it counts as crowded and is taken apart into the cells inside it. */
const perCell = 200;
/** Cells read for one page, unless the page would then be no nearer to the edge than the page before. */
export const cellsPerPage = 40;
/** Cells read at the same time. */
const atOnce = 4;
/** Crowded cells that a cursor remembers, so that the next page need not find out again. */
const remembered = 60;

/** Kilometres by which a cell's distances may be off: a millimetre covers what floating point loses. */
const slack = 1e-6;

interface Cell {
  readonly market: string;
  readonly hash: string;
  /** Kilometres to its nearest point. */
  readonly least: number;
}

type Found = PropertySummary & { readonly distance: number };

/** Where a page ended, and the crowded cells met on the way, as market and geohash. */
interface Position extends Pick<Found, "distance" | "id"> {
  readonly crowded: readonly string[];
}

/**
 * Reads one page of the properties within a radius, nearest first: cells of the `place` index from the inside out,
 * one Query each, a crowded one taken apart, until a page's worth is nearer than any cell not yet read. Cells wholly
 * nearer than the page before are not read again.
 */
export async function nearestPage(
  table: TableQuerier,
  options: NearestOptions,
): Promise<Page<PropertySummary>> {
  const { centre, radiusKm, markets, query, cursorKey, matches } = options;
  const { limit, cursor, ...filters } = query;
  const scope = JSON.stringify(["nearest", options.brokerageId, filters]);
  const start: Position = { distance: 0, id: "", crowded: [] };
  const after = cursor === undefined ? start : openCursor<Position>(cursor, cursorKey, scope);

  const crowded = new Set(after.crowded);
  const cellsOf = (market: string, hashes: readonly string[]): Cell[] =>
    hashes.flatMap((hash) => {
      const { least, most } = distancesTo(hash, centre);
      if (least > radiusKm || most + slack < after.distance) return [];
      if (crowded.has(market + hash)) return cellsOf(market, cellsInside(hash));
      return [{ market, hash, least: least - slack }];
    });
  const found: Found[] = [];
  const read = async ({ market, hash }: Cell): Promise<Cell[]> => {
    const summaries = await summariesIn(table, options.brokerageId, market, hash);
    if (!summaries) {
      crowded.add(market + hash);
      return cellsOf(market, [hash]);
    }
    for (const summary of summaries) {
      const { lat, lng } = summary.location!;
      const property = { ...summary, distance: distanceKm(centre, { lat, lon: lng }) };
      if (property.distance <= radiusKm && order(property, after) > 0 && matches(summary))
        found.push(property);
    }
    return [];
  };

  // Cells about as large as the radius: few to begin with, and none much larger than what is asked for.
  const precision = radiusKm > 15 ? 3 : radiusKm > 2 ? 4 : 5;
  let cells = markets.flatMap((market) => cellsOf(market, cellsWithin(centre, radiusKm * 1.01, precision)));
  const nearer = () => found.filter(({ distance }) => cells[0] === undefined || distance < cells[0].least);
  for (let count = 0; ; count += atOnce) {
    cells.sort((one, other) => one.least - other.least);
    const [next] = cells;
    if (!next || nearer().length > limit || (count >= cellsPerPage && next.least > after.distance)) break;
    const inside = await Promise.all(cells.slice(0, atOnce).map(read));
    cells = [...cells.slice(atOnce), ...inside.flat()];
  }

  const complete = nearer().sort(order);
  const shown = complete.slice(0, limit);
  const unread = cells[0] && { distance: cells[0].least, id: "" };
  const end = complete.length > limit ? shown.at(-1) : unread;
  const position = end && { distance: end.distance, id: end.id, crowded: [...crowded].slice(-remembered) };
  return {
    items: shown.map(({ distance, ...summary }) => ({
      ...summary,
      distance_km: Math.round(distance * 1000) / 1000,
    })),
    next_cursor: position ? sealCursor(position, cursorKey, scope) : null,
  };
}

function order(one: Pick<Found, "distance" | "id">, other: Pick<Found, "distance" | "id">): number {
  return one.distance - other.distance || (one.id < other.id ? -1 : one.id > other.id ? 1 : 0);
}

/** What a cell holds; undefined where that is too much and the cell can be taken apart. */
async function summariesIn(
  table: TableQuerier,
  brokerageId: string,
  market: string,
  hash: string,
): Promise<PropertySummary[] | undefined> {
  const entries: Item[] = [];
  let from: Item | undefined;
  do {
    const { items, last } = await table.query({
      IndexName: "place",
      KeyConditionExpression:
        "brokerage_id = :brokerage AND area = :area AND market = :market AND begins_with(geohash, :cell)",
      ExpressionAttributeValues: {
        ":brokerage": brokerageId,
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
  return entries.map((entry) => listedIn(propertyRecord, entry));
}
