import { unshareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteCmaShare = operation({
  id: "deleteCmaShare",
  method: "DELETE",
  path: "/v1/cmas/{cma_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "cma:write",
  summary: "End a share of a market analysis",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(cmaRecord, "cma_id"),
  async run({ record, commit, ...asked }) {
    return commit(unshareRecord(cmaRecord, record, asked), undefined);
  },
});
