import { loadRouting } from "../../shared/data/lead-routing.ts";
import { readTable } from "../../shared/data/table.ts";
import { LeadRouting } from "../../shared/domain/lead-routing.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getLeadRouting = operation({
  id: "getLeadRouting",
  method: "GET",
  path: "/v1/lead-routing",
  permission: "lead:read",
  summary: "Show how leads find their agent",
  description: "Until one is put: no rules, which gives leads in turn to all agents who take any.",
  answer: { status: 200, body: LeadRouting },
  access: { table: readTable },
  run: ({ table, caller }) => loadRouting(table, caller.brokerage_id),
});
