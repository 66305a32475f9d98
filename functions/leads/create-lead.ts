import { keepEnquiry } from "../../shared/data/enquiries.ts";
import { withPhones } from "../../shared/data/phones.ts";
import { tableFor } from "../../shared/data/table.ts";
import { decide, scopeOf } from "../../shared/domain/access.ts";
import { NewLead, ReceivedAnswer, received, receivedLead, TakenLead } from "../../shared/domain/lead.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createLead = operation({
  id: "createLead",
  method: "POST",
  path: "/v1/leads",
  permission: "lead:write",
  summary: "Take in an enquiry",
  description:
    "Finds the client by email, then by phone, or adds one, notes the enquiry there, and says who got them and why: 201 " +
    "for a new client, 200 for a known one. Of a known client no field changes, and their agent stays. Who may not read " +
    "the client gets 202 and learns nothing, as does an API key without `client:read`, always and in the same time.",
  body: NewLead,
  answer: {
    status: 201,
    body: TakenLead,
    others: [
      { status: 202, body: ReceivedAnswer, is: (body) => "received" in body },
      { status: 200, body: TakenLead, is: (body) => "created" in body && body.created === false },
    ],
  },
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "ConditionCheckItem"),
  },
  async run({ table, body, caller, commit, ...invoked }) {
    const { brokerage_id } = caller;
    const person = await withPhones(table, brokerage_id, body.person, "/person");
    const lead = receivedLead({ ...body, person }, invoked.now);
    if (scopeOf(caller, "client:read") === undefined)
      return commit([keepEnquiry(brokerage_id, lead, invoked)], received);
    // The website's key needs none of it: so its start is small.
    const { checkProperty, takeLead, untilTaken } = await import("../../shared/data/leads.ts");
    await checkProperty(table, caller, lead, invoked.now);
    const userId = caller.session_id ? caller.user_id : null;
    return untilTaken(async () => {
      const { taken, writes } = await takeLead(table, brokerage_id, lead, userId, invoked);
      const isShown = taken.created || decide(caller, "client:read", taken.client, invoked.now).allowed;
      return commit<typeof taken | typeof received>(writes, isShown ? taken : received);
    });
  },
});
