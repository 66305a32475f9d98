import type { ListedOf } from "../domain/record-type.ts";
import { instant } from "../domain/schemas.ts";
import { type UserQuery, userFilters, userRecord } from "../domain/user.ts";
import { type Listing, listRecords, type Page, sorting } from "./list.ts";
import { searchPage } from "./search.ts";
import type { TableQuerier } from "./table.ts";

/** One page of the users that the caller may read. */
export function userPage(
  table: TableQuerier,
  {
    query,
    ...asked
  }: Pick<Listing<typeof userRecord>, "caller" | "now" | "cursorKey"> & {
    readonly query: UserQuery;
  },
): Promise<Page<ListedOf<typeof userRecord>>> {
  if (query.q !== undefined)
    return searchPage(table, {
      ...asked,
      type: userRecord,
      query,
      q: query.q,
      filters: userFilters(query, false),
    });
  const { order, descending } = sorting(query, { created_at: "created", updated_at: "changed" });
  const isChanges = order === "changed" && query.updated_since !== undefined;
  return listRecords(table, {
    ...asked,
    type: userRecord,
    query,
    order,
    descending,
    range: { min: isChanges ? instant(query.updated_since!) : undefined },
    filters: userFilters(query, isChanges),
  });
}
