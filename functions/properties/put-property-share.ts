import { shareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { NewShare, Share } from "../../shared/domain/share.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putPropertyShare = operation({
  id: "putPropertyShare",
  method: "PUT",
  path: "/v1/properties/{property_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "property:write",
  summary: "Share a property with a user or a team",
  body: NewShare,
  answer: { status: 200, body: Share },
  problems: ["cannot_share", "limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ table, record, body, commit, ...asked }) {
    const { share, writes } = await shareRecord(table, propertyRecord, record, body, asked);
    return commit(writes, share);
  },
});
