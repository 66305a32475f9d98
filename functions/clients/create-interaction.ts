import { noteContact } from "../../shared/data/interactions.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkNotMerged, clientRecord } from "../../shared/domain/client.ts";
import {
  Interaction,
  interactionRecord,
  NewInteraction,
  newInteraction,
} from "../../shared/domain/interaction.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const createInteraction = operation({
  id: "createInteraction",
  method: "POST",
  path: "/v1/clients/{client_id}/interactions",
  permission: "client:write",
  summary: "Note an email, a call, a meeting or a note",
  description:
    "An email, a call or a meeting moves the client's last_contacted_at forward, never back. The first one that a " +
    "person notes, and no API key, sets first_responded_at. Both raise the client's version.",
  body: NewInteraction,
  assistant: "proposes",
  answer: { status: 201, body: Interaction },
  problems: ["merged"],
  unversioned: true,
  access: { table: writeTable("PutItem", "UpdateItem", "ConditionCheckItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ record: client, body, caller, commit, ...invoked }) {
    checkNotMerged(client);
    const { brokerage_id, user_id } = caller;
    const said = newInteraction(body, { client_id: client.id, user_id }, invoked.now);
    const { record, writes } = createRecord(interactionRecord, brokerage_id, said, invoked);
    return commit([...writes, noteContact(client, record, caller, invoked)], record);
  },
});
