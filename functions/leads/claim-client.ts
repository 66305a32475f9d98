import { claimLead } from "../../shared/data/lead-offers.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Client } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";

export const claimClient = operation({
  id: "claimClient",
  method: "POST",
  path: "/v1/clients/{client_id}/claim",
  permission: "client:write",
  summary: "Claim a client who is offered to several",
  description:
    "The first one to claim gets the client; 409 for all others. It is for those to whom the lead is offered, and for who " +
    "may change the client anyway. A call, email or meeting that somebody notes ends the offer, too.",
  answer: { status: 200, body: Client },
  problems: ["invalid_transition"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  async run({ table, params, caller, user, save, ...invoked }) {
    return save(await claimLead(table, { caller, user }, params.client_id, invoked));
  },
});
