import { shareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { NewShare, Share } from "../../shared/domain/share.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putCmaShare = operation({
  id: "putCmaShare",
  method: "PUT",
  path: "/v1/cmas/{cma_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "cma:write",
  summary: "Share a market analysis with a user or a team",
  body: NewShare,
  answer: { status: 200, body: Share },
  problems: ["cannot_share", "limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(cmaRecord, "cma_id"),
  async run({ table, record, body, commit, ...asked }) {
    const { share, writes } = await shareRecord(table, cmaRecord, record, body, asked);
    return commit(writes, share);
  },
});
