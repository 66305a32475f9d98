import { decryptCursor, encryptCursor } from "./cursor.ts";
import type { ListQuery, Page } from "./list.ts";

/**
 * One page of a list that was read whole. `order` sorts it, and `place` is what of its last item a cursor keeps: the
 * next page begins after that place, whatever was added or removed meanwhile. A cursor is valid with the same scope only.
 */
export function pageOf<Place, Item extends Place>(
  all: readonly Item[],
  order: (one: Place, other: Place) => number,
  place: (last: Item) => Place,
  { query, cursorKey }: { readonly query: ListQuery; readonly cursorKey: string },
  scope: string,
): Page<Item> {
  const { limit, cursor } = query;
  const from = cursor === undefined ? undefined : decryptCursor<Place>(cursor, cursorKey, scope);
  const rest = all.filter((item) => from === undefined || order(item, from) > 0).sort(order);
  const items = rest.slice(0, limit);
  const end = rest.length > limit ? items.at(-1) : undefined;
  return { items, next_cursor: end ? encryptCursor(place(end), cursorKey, scope) : null };
}
