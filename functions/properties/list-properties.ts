import { examined } from "../../shared/data/list.ts";
import { cellsPerPage } from "../../shared/data/nearest.ts";
import { withPhotoUrl } from "../../shared/data/photos.ts";
import { propertyPage } from "../../shared/data/property-list.ts";
import { aboutSearch } from "../../shared/data/search.ts";
import { queryTable } from "../../shared/data/table.ts";
import { boxRequestsPerPage } from "../../shared/data/within.ts";
import { PropertySummary } from "../../shared/domain/property.ts";
import { PropertyQuery } from "../../shared/domain/property-search.ts";
import { page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listProperties = operation({
  id: "listProperties",
  method: "GET",
  path: "/v1/properties",
  permission: "property:read",
  summary: "List properties",
  description:
    "Filters answered by an index: status with every sort but updated_at, min_price and max_price with sort price, " +
    "min_bedrooms and max_bedrooms with sort bedrooms, updated_since with sort updated_at, and owner_user_id. With " +
    `any other filter a page examines at most ${examined} entries, so it may be short, even empty, while next_cursor ` +
    "is set. If you may not read all properties, some sorts are limited to 500 properties; beyond that the answer is " +
    "422. Sort bedrooms lists only properties with bedrooms. near lists properties with a location, nearest first, " +
    `reading the map in cells: at most ${cellsPerPage} for a page, unless that would make no progress outwards. ` +
    `bounds lists what lies on a part of the map, cell by cell: at most ${boxRequestsPerPage} requests and ${examined} ` +
    "entries for a page. " +
    aboutSearch("properties"),
  problems: ["narrow_the_list"],
  query: PropertyQuery,
  assistant: "calls",
  answer: { status: 200, body: page(PropertySummary) },
  access: { table: queryTable },
  async run({ table, origin, ...asked }) {
    const { items, next_cursor } = await propertyPage(table, asked);
    const { caller, cursorKey } = asked;
    const shown = items.map((item) => withPhotoUrl(item, caller.brokerage_id, { cursorKey, origin }));
    return { items: shown, next_cursor };
  },
});
