import * as z from "zod/mini";
import { interestedIn } from "../../shared/data/interest-lists.ts";
import { queryTable } from "../../shared/data/table.ts";
import { InterestedClient } from "../../shared/domain/interest.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listPropertyClients = operation({
  id: "listPropertyClients",
  method: "GET",
  path: "/v1/properties/{property_id}/clients",
  permission: "client:read",
  recordPermission: "property:read",
  summary: "List the clients who are interested in a property",
  description:
    "The latest first, as far as you may read them: a page may be short, even empty, while next_cursor is set. A " +
    "client who was merged into another is listed as that one.",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(InterestedClient) },
  access: { table: queryTable },
  record: recordAt(propertyRecord, "property_id"),
  run: ({ table, record, ...asked }) => interestedIn(table, record, asked),
});
