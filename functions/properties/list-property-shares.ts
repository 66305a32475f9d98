import * as z from "zod/mini";
import { readTable } from "../../shared/data/table.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { page } from "../../shared/domain/schemas.ts";
import { Share, sharesIn } from "../../shared/domain/share.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listPropertyShares = operation({
  id: "listPropertyShares",
  method: "GET",
  path: "/v1/properties/{property_id}/shares",
  permission: "property:write",
  summary: "List with whom a property is shared",
  query: z.strictObject({}),
  answer: { status: 200, body: page(Share) },
  access: { table: readTable },
  record: recordAt(propertyRecord, "property_id"),
  async run({ record, now }) {
    return { items: sharesIn(record.shares, now), next_cursor: null };
  },
});
