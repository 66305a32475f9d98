import * as z from "zod/mini";
import { propertiesOf } from "../../shared/data/interest-lists.ts";
import { queryTable } from "../../shared/data/table.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { InterestingProperty } from "../../shared/domain/interest.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listClientProperties = operation({
  id: "listClientProperties",
  method: "GET",
  path: "/v1/clients/{client_id}/properties",
  permission: "client:read",
  summary: "List the properties in which a client is interested",
  description:
    "The newest property first, with those of the clients that were merged into this one: of several words about a " +
    "property the last counts. Deleted properties, and those that you may not read, are left out, so a page may be " +
    "short while next_cursor is set.",
  query: z.strictObject(listQuery),
  assistant: "calls",
  answer: { status: 200, body: page(InterestingProperty) },
  access: { table: queryTable },
  record: recordAt(clientRecord, "client_id"),
  run: ({ table, record, ...asked }) => propertiesOf(table, record, asked),
});
