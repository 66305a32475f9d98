import { checkedSave } from "../../shared/data/clients.ts";
import { fieldsFor } from "../../shared/data/custom-fields.ts";
import { newOwner } from "../../shared/data/owners.ts";
import { withPhones } from "../../shared/data/phones.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Client, clientRecord, NewClient, newClient } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createClient = operation({
  id: "createClient",
  method: "POST",
  path: "/v1/clients",
  permission: "client:write",
  summary: "Add a client",
  description:
    "No two clients of a brokerage have an email in common: 409 duplicate, whose candidates are the clients with it that you may read. " +
    "owner_user_id may be another user if you may write all clients.",
  body: NewClient,
  answer: { status: 201, body: Client },
  problems: ["duplicate"],
  access: { table: writeTable("PutItem", "DeleteItem") },
  async run({ table, body, caller, save, ...invoked }) {
    const owned = await newOwner(table, caller, "client", body);
    const said = await withPhones(table, caller.brokerage_id, body);
    const fields = await fieldsFor(table, caller.brokerage_id, body);
    const client = newClient(said, owned, { now: invoked.now, by: caller.user_id, fields });
    const made = createRecord(clientRecord, caller.brokerage_id, client, invoked);
    return checkedSave(table, caller, made.record, invoked.now, () => save(made));
  },
});
