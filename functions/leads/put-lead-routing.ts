import { loadRouting, replaceRouting } from "../../shared/data/lead-routing.ts";
import { checkRouting } from "../../shared/data/routing-check.ts";
import { writeTable } from "../../shared/data/table.ts";
import { LeadRouting, leadRoutingRecord, NewLeadRouting } from "../../shared/domain/lead-routing.ts";
import { operation } from "../../shared/entry/definition.ts";

export const putLeadRouting = operation({
  id: "putLeadRouting",
  method: "PUT",
  path: "/v1/lead-routing",
  permission: "brokerage:write",
  summary: "Say how leads find their agent",
  description:
    "It replaces all of it, from the next lead on. The first rule whose `when` fits a lead decides; what fits none is the " +
    "fallback user's, and without one the first admin's. Agents pause by `accepts_leads: false`. 422 for a rule that " +
    "names nobody, or somebody who is not active.",
  body: NewLeadRouting,
  answer: { status: 200, body: LeadRouting },
  problems: ["cannot_route"],
  access: { table: writeTable("PutItem") },
  record: {
    type: leadRoutingRecord,
    guard: "brokerage",
    async load(table, brokerageId) {
      const record = await loadRouting(table, brokerageId);
      return { record, guarded: {} };
    },
  },
  async run({ table, record, body, caller, save, ...invoked }) {
    await checkRouting(table, caller.brokerage_id, body);
    return save(replaceRouting(record, body, invoked));
  },
});
