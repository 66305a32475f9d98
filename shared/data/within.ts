import { type Box, cellsOver } from "../domain/geo.ts";
import type { ListedProperty } from "../domain/property.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import { examined, type Page } from "./list.ts";
import type { NearestOptions } from "./nearest.ts";
import { areaDigits, entriesAt } from "./place.ts";
import { listedIn, pick } from "./record-item.ts";
import type { Item, TableQuerier } from "./table.ts";

/** One page of the properties in a box on the map. `matches` decides on each, of the box, too. */
export type WithinOptions = Omit<NearestOptions, "centre" | "radiusKm"> & { readonly box: Box };

/** Requests for one page. */
export const boxRequestsPerPage = 40;
/** Cells that a box is taken apart into, at least: the fewer, the more is read that lies outside. */
const leastCells = 12;

/** Where a page ended: the number of the cell, and the entry in it after which to go on. */
interface Position {
  readonly cell: number;
  readonly after?: Item;
}

/**
 * Reads one page of the properties in a box, in the order of the map's cells, those on the market first, with at most
 * 40 requests and 500 entries. Eventually consistent.
 */
export async function pageWithin(
  table: TableQuerier,
  { brokerageId, box, markets, query, cursorKey, matches }: WithinOptions,
): Promise<Page<ListedProperty>> {
  const { limit, cursor, ...filters } = query;
  const scope = JSON.stringify(["within", brokerageId, filters]);
  const start: Position =
    cursor === undefined ? { cell: 0 } : decryptCursor<Position>(cursor, cursorKey, scope);
  const boxCells = cellsOver(box, areaDigits, leastCells);
  const cells = markets.flatMap((market) => boxCells.map((cell) => ({ market, cell })));

  const items: ListedProperty[] = [];
  let [{ cell, after }, read, seen] = [start, 0, 0];
  for (; cell < cells.length && read < boxRequestsPerPage && seen < examined; read++) {
    const { market, cell: digits } = cells[cell]!;
    const stretch = { brokerageId, market, first: digits, last: digits };
    const page = await entriesAt(table, stretch, Math.min(examined - seen, limit + 1), after);
    seen += page.items.length;
    for (const entry of page.items) {
      const property = listedIn(propertyRecord, entry);
      if (!matches(property)) continue;
      if (items.length === limit) return { items, next_cursor: cursorAt({ cell, after: after! }) };
      items.push(property);
      after = pick(entry, ["brokerage_id", "area", "market", "geohash", "id", "pk", "sk"]) as Item;
    }
    after = page.last;
    if (!after) cell++;
  }
  return { items, next_cursor: cell < cells.length ? cursorAt({ cell, ...(after ? { after } : {}) }) : null };

  function cursorAt(position: Position): string {
    return encryptCursor(position, cursorKey, scope);
  }
}
