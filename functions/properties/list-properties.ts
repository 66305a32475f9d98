import { examined } from "../../shared/data/list.ts";
import { cellsPerPage } from "../../shared/data/nearest.ts";
import { propertyPage } from "../../shared/data/property-list.ts";
import { queryTable } from "../../shared/data/table.ts";
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
    "An index answers: status with every sort but updated_at, min_price and max_price when sorted by price, " +
    "min_bedrooms and max_bedrooms when sorted by bedrooms, updated_since when sorted by updated_at, owner_user_id. What it does not answer is " +
    `filtered: a page then examines at most ${examined} entries, so it may be short, even empty, while next_cursor ` +
    "is set. A page is one query, four when sorted by price or bedrooms without a status, one for each audience of " +
    "callers who do not read all properties; what no index sorts for them is sorted, up to 500 properties, beyond " +
    "which the answer is 422. Sorted by bedrooms, only properties that have bedrooms are listed. near lists what " +
    "has a location, nearest first, by cells from the inside out: more queries the more crowded the place is and " +
    `the further out the page, at most ${cellsPerPage} once a page is any nearer to the edge.`,
  problems: ["narrow_the_list"],
  query: PropertyQuery,
  answer: { status: 200, body: page(PropertySummary) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => propertyPage(table, asked),
});
