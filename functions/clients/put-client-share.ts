import { shareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkNotMerged, clientRecord } from "../../shared/domain/client.ts";
import { NewShare, Share } from "../../shared/domain/share.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putClientShare = operation({
  id: "putClientShare",
  method: "PUT",
  path: "/v1/clients/{client_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "client:write",
  summary: "Share a client with a user or a team",
  body: NewShare,
  answer: { status: 200, body: Share },
  problems: ["merged", "cannot_share", "limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ table, record, body, commit, ...asked }) {
    checkNotMerged(record);
    const { share, writes } = await shareRecord(table, clientRecord, record, body, asked);
    return commit(writes, share);
  },
});
