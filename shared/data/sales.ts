import { kindOf, type Sale, type Subject } from "../domain/cma/sale.ts";
import { nonMarketTransfers } from "../domain/cma/transfers.ts";
import { cellsWithin, distanceKm, geohash, neighbours, type Point } from "../domain/geo.ts";
import { type Facts, propertyRecord } from "../domain/property-record.ts";
import { listedIn } from "./record-item.ts";
import type { IndexName } from "./schema.ts";
import type { Item, TableQuerier } from "./table.ts";

/** Newest sales read of the subject's own cell, and of each of the eight around it. */
const ownCell = 1000;
const nextCell = 300;
/** Below so many sales on the market the search widens to the larger cells around. */
const enough = 40;
/** How far the wider search goes, and how many sales it reads of each larger cell. */
const wideKm = 15;
const wideCell = 300;

/**
 * Closed sales around a place, contracted or closed before a day: the cell of the place (geohash of 5, some 5 by
 * 5 km) and its eight neighbours, newest first; when these hold too few, the larger cells around (geohash of 4,
 * some 39 by 20 km). At most twelve Queries, eventually consistent.
 */
export async function salesNear(
  table: TableQuerier,
  brokerageId: string,
  place: Point,
  before: string,
): Promise<Sale[]> {
  const cell = geohash(place, 5);
  const near = await Promise.all(
    [cell, ...neighbours(cell)].map((one) =>
      newestOf(table, brokerageId, one, { before, limit: one === cell ? ownCell : nextCell }),
    ),
  );
  const sales = near.flatMap(({ found }) => found);
  if (sales.length - nonMarketTransfers(sales).size >= enough) return sales;
  const wide = await Promise.all(
    cellsWithin(place, wideKm, 4)
      .slice(0, 3)
      .map((one) => anyOf(table, brokerageId, one, "off", wideCell)),
  );
  const known = new Set(sales.map(({ id }) => id));
  return [
    ...sales,
    ...wide
      .flatMap(({ items }) => items.flatMap(toSale))
      .filter((sale) => sale.sale_date < before && !known.has(sale.id)),
  ];
}

/** The cells (geohashes of 5) of an area that hold anything off the market: from each, one read jumps to the next. */
async function* cellsOffMarket(
  table: TableQuerier,
  brokerageId: string,
  area: string,
): AsyncGenerator<string> {
  for (let after = area; ; ) {
    const { items } = await table.query({
      IndexName: "place" satisfies IndexName,
      KeyConditionExpression:
        "brokerage_id = :brokerage AND area = :area AND market = :market AND geohash > :after",
      ExpressionAttributeValues: {
        ":brokerage": brokerageId,
        ":area": area,
        ":market": "off",
        ":after": after,
      },
      Limit: 1,
    });
    if (!items[0]) return;
    const cell = String(items[0].geohash).slice(0, 5);
    yield cell;
    // Behind every geohash that begins with the cell's.
    after = `${cell}~`;
  }
}

/** Cells, and listings of each, that are looked at for what is on the market. */
const listingCells = 6;
const cellListings = 400;

/**
 * How many listings of the subject's kind are active where the candidates stand: within the distance of the farthest
 * of them. Undefined where that is too large or too full an area to count.
 */
export async function activeNear(
  table: TableQuerier,
  brokerageId: string,
  subject: Subject,
  candidates: readonly Sale[],
): Promise<number | undefined> {
  const reach = Math.max(0, ...candidates.map((sale) => distanceKm(subject, sale)));
  const cells = reach > wideKm ? [] : cellsWithin(subject, reach, 4);
  if (cells.length === 0 || cells.length > listingCells) return undefined;
  const read = await Promise.all(cells.map((cell) => anyOf(table, brokerageId, cell, "on", cellListings)));
  if (read.some(({ last }) => last)) return undefined;
  return read
    .flatMap(({ items }) => items)
    .filter((entry) => {
      const { id, status, location, property_type } = listedIn(propertyRecord, entry);
      const isActive =
        status === "active" && id !== subject.id && kindOf({ property_type }) === kindOf(subject);
      return isActive && distanceKm(subject, { lat: location!.lat, lon: location!.lng }) <= reach;
    }).length;
}

/** The newest sales of a cell, closed before a day. */
async function newestOf(
  table: TableQuerier,
  brokerageId: string,
  cell: string,
  { before = "9999", limit, from }: { before?: string; limit: number; from?: Item | undefined },
) {
  const { items, last } = await table.query({
    IndexName: "sale" satisfies IndexName,
    KeyConditionExpression: "brokerage_id = :brokerage AND sale_cell = :cell AND close_date < :before",
    ExpressionAttributeValues: { ":brokerage": brokerageId, ":cell": cell, ":before": before },
    ScanIndexForward: false,
    Limit: limit,
    ExclusiveStartKey: from,
  });
  return { found: items.flatMap(toSale), last };
}

/** Properties of a cell, on the market or off it, in no useful order. */
function anyOf(table: TableQuerier, brokerageId: string, cell: string, market: "on" | "off", Limit: number) {
  return table.query({
    IndexName: "place" satisfies IndexName,
    KeyConditionExpression:
      "brokerage_id = :brokerage AND area = :area AND market = :market AND begins_with(geohash, :cell)",
    ExpressionAttributeValues: {
      ":brokerage": brokerageId,
      ":area": cell.slice(0, 3),
      ":market": market,
      ":cell": cell,
    },
    Limit,
  });
}

/** How many sales a market is fitted from at most; bounds the memory. */
const mostOfArea = 20_000;
/** Sales read of one cell in one round, and cells read at the same time. */
const cellPage = 40;
const cellsAtOnce = 16;

/**
 * Closed sales of an area (a geohash of 3) in date order: of each cell in it the newest first, in rounds, until there
 * are 20,000. So memory is bounded however many there are, and every part of the area is represented.
 */
export async function salesOfArea(table: TableQuerier, brokerageId: string, area: string): Promise<Sale[]> {
  const sales: Sale[] = [];
  let open: { readonly cell: string; readonly from?: Item | undefined }[] = [];
  for await (const cell of cellsOffMarket(table, brokerageId, area)) open.push({ cell });
  while (open.length > 0 && sales.length < mostOfArea) {
    const unread = open.values();
    const more: typeof open = [];
    const read = async () => {
      for (const { cell, from } of unread) {
        const { found, last } = await newestOf(table, brokerageId, cell, { limit: cellPage, from });
        sales.push(...found);
        if (last) more.push({ cell, from: last });
      }
    };
    await Promise.all(Array.from({ length: cellsAtOnce }, read));
    open = more;
  }
  const place = ({ sale_date, id }: Sale) => `${sale_date} ${id}`;
  return sales.sort((one, other) => (place(one) < place(other) ? -1 : 1)).slice(-mostOfArea);
}

function toSale(entry: Item): Sale[] {
  if (!entry.facts) return [];
  const { contract_date, ...facts } = entry.facts as Facts;
  const home = listedIn(propertyRecord, entry);
  const { id, location, close_price, close_date, address, title, currency, property_type } = home;
  const { bedrooms, bathrooms, size_sqft } = home;
  const known = Object.entries({ bedrooms, bathrooms, size_sqft }).filter(([, value]) => value !== undefined);
  return [
    {
      ...facts,
      ...Object.fromEntries(known),
      id,
      property_type,
      address: address ?? title,
      currency,
      sale_date: contract_date ?? close_date!,
      price: close_price!,
      lat: location!.lat,
      lon: location!.lng,
    },
  ];
}
