import { fieldsFor } from "../../shared/data/custom-fields.ts";
import { saveUnique } from "../../shared/data/duplicates.ts";
import { changedOwner } from "../../shared/data/owners.ts";
import { withPhones } from "../../shared/data/phones.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import {
  Client,
  ClientPatch,
  changedClient,
  checkNotMerged,
  clientRecord,
} from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateClient = operation({
  id: "updateClient",
  method: "PATCH",
  path: "/v1/clients/{client_id}",
  permission: "client:write",
  summary: "Change a client",
  description:
    "A merge patch. more_emails, more_phones and tags replace the whole list; consent names the channels that change, " +
    "and is noted as of now and by you.",
  body: ClientPatch,
  assistant: "proposes",
  answer: { status: 200, body: Client },
  problems: ["duplicate", "merged"],
  access: { table: writeTable("PutItem", "DeleteItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ table, record: client, body, caller, save, ...invoked }) {
    checkNotMerged(client);
    const { now } = invoked;
    const said = await withPhones(table, caller.brokerage_id, body);
    const fields = await fieldsFor(table, caller.brokerage_id, body);
    const changes = changedClient(client, said, { now, by: caller.user_id, fields });
    const owned = await changedOwner(table, caller, "client", client, body, now);
    const made = changeRecord(clientRecord, client, { ...changes, ...owned }, invoked);
    return saveUnique(table, made.record, { caller, now }, () => save(made));
  },
});
