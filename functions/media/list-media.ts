import * as z from "zod/mini";
import type { Page } from "../../shared/data/list.ts";
import { type MediaSummary, mediaOf, withUrls } from "../../shared/data/media.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { pageOf } from "../../shared/data/whole-list.ts";
import { byPlace, Media, mediaStatuses } from "../../shared/domain/media.ts";
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
  async run({ table, record: property, caller, ...asked }) {
    const { type, status } = asked.query;
    const all = await mediaOf(table, caller.brokerage_id, property.id);
    const media = all.filter((one) => (!type || one.type === type) && (!status || one.status === status));
    const scope = `listMedia ${property.id} ${type} ${status}`;
    return pageOf(media, byPlace, ({ order, id }) => ({ order, id }), asked, scope);
  },
  async present({ items, next_cursor }: Page<MediaSummary>, { files, now }) {
    return { items: await Promise.all(items.map((media) => withUrls(media, files, now))), next_cursor };
  },
});
