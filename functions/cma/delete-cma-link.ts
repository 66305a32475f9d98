import { revokeLink } from "../../shared/data/share-links.ts";
import { checkNotOnlyShared } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteCmaLink = operation({
  id: "deleteCmaLink",
  method: "DELETE",
  path: "/v1/cmas/{cma_id}/links/{link_id}",
  permission: "cma:write",
  summary: "End a link to a market analysis",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: recordAt(cmaRecord, "cma_id"),
  async run({ record: cma, params, caller, commit, now, written }) {
    checkNotOnlyShared(caller, "cma", cma, now);
    const name = { brokerage_id: caller.brokerage_id, cma_id: cma.id, id: params.link_id };
    return commit([revokeLink(name, now, written)], undefined);
  },
});
