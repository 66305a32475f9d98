import * as z from "zod/mini";
import { decryptCursor, encryptCursor } from "../../shared/data/cursor.ts";
import type { Page } from "../../shared/data/list.ts";
import { type MediaSummary, mediaOf, withUrls } from "../../shared/data/media.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { byPlace, Media, mediaStatuses, type Placed } from "../../shared/domain/media.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { mediaTypes } from "../../shared/domain/upload-types.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listMedia = operation({
  id: "listMedia",
  method: "GET",
  path: "/v1/properties/{property_id}/media",
  permission: "property:read",
  summary: "List a property's photos, documents and videos as the gallery shows them",
  description: "Sorted by `order`, then by age; media without an order come last.",
  query: z.strictObject({
    ...listQuery,
    type: z.optional(z.enum(mediaTypes)),
    status: z.optional(z.enum(mediaStatuses)),
  }),
  answer: { status: 200, body: page(Media) },
  access: { table: queryTable, files: signReads("media") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ table, record: property, query, caller, cursorKey }) {
    const { limit, cursor, type, status } = query;
    const scope = `listMedia ${property.id} ${type} ${status}`;
    const from = cursor === undefined ? undefined : decryptCursor<Placed>(cursor, cursorKey, scope);
    const all = await mediaOf(table, caller.brokerage_id, property.id);
    const rest = all
      .filter((media) => (!type || media.type === type) && (!status || media.status === status))
      .filter((media) => !from || byPlace(media, from) > 0)
      .sort(byPlace);
    const items = rest.slice(0, limit);
    const end = rest.length > limit ? items.at(-1) : undefined;
    return {
      items,
      next_cursor: end ? encryptCursor({ order: end.order, id: end.id }, cursorKey, scope) : null,
    };
  },
  async present({ items, next_cursor }: Page<MediaSummary>, { files, now }) {
    return { items: await Promise.all(items.map((media) => withUrls(media, files, now))), next_cursor };
  },
});
