import type { Sale } from "../domain/cma/analysis.ts";
import { cellsWithin, geohash, neighbours, type Point } from "../domain/geo.ts";
import type { Facts } from "./properties.ts";
import type { indexes } from "./schema.ts";
import type { Item, TableQuerier } from "./table.ts";

/** Newest sales read of the subject's own cell, and of each of the eight around it. */
const ownCell = 300;
const nextCell = 150;
/** Below so many sales the search widens to the larger cells around. */
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
      newestOf(table, brokerageId, one, before, one === cell ? ownCell : nextCell),
    ),
  );
  const sales = near.flat();
  if (sales.length >= enough) return sales;
  const wide = await Promise.all(
    cellsWithin(place, wideKm, 4)
      .slice(0, 3)
      .map((one) => anyOf(table, brokerageId, one)),
  );
  const known = new Set(sales.map(({ id }) => id));
  return [...sales, ...wide.flat().filter((sale) => sale.sale_date < before && !known.has(sale.id))];
}

async function newestOf(
  table: TableQuerier,
  brokerageId: string,
  cell: string,
  before: string,
  Limit: number,
) {
  const { items } = await table.query({
    IndexName: "sales" satisfies keyof typeof indexes,
    KeyConditionExpression: "brokerage_id = :brokerage AND sale_cell = :cell AND close_date < :before",
    ExpressionAttributeValues: { ":brokerage": brokerageId, ":cell": cell, ":before": before },
    ScanIndexForward: false,
    Limit,
  });
  return items.flatMap(toSale);
}

async function anyOf(table: TableQuerier, brokerageId: string, cell: string) {
  const { items } = await table.query({
    IndexName: "place" satisfies keyof typeof indexes,
    KeyConditionExpression:
      "brokerage_id = :brokerage AND entity = :entity AND area = :area AND market = :market AND begins_with(geohash, :cell)",
    ExpressionAttributeValues: {
      ":brokerage": brokerageId,
      ":entity": "property",
      ":area": cell.slice(0, 3),
      ":market": "off",
      ":cell": cell,
    },
    Limit: wideCell,
  });
  return items.flatMap(toSale);
}

function toSale(item: Item): Sale[] {
  const facts = item.facts as Facts | undefined;
  if (!facts) return [];
  const { location, close_price, close_date, contract_date, ...rest } = facts;
  const { address, title } = item.summary as { address?: string | null; title: string };
  return [
    {
      ...rest,
      id: item.id as string,
      address: address ?? title,
      sale_date: contract_date ?? close_date,
      price: close_price,
      lat: location.lat,
      lon: location.lng,
    },
  ];
}
