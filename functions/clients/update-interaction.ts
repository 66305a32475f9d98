import { noteContact } from "../../shared/data/interactions.ts";
import { loadKept } from "../../shared/data/merges.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import {
  changedInteraction,
  Interaction,
  InteractionPatch,
  interactionRecord,
} from "../../shared/domain/interaction.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateInteraction = operation({
  id: "updateInteraction",
  method: "PATCH",
  path: "/v1/interactions/{interaction_id}",
  permission: "client:write",
  summary: "Correct an interaction",
  description: "A later moment counts as a contact with the client; an earlier one takes none back.",
  body: InteractionPatch,
  answer: { status: 200, body: Interaction },
  access: { table: writeTable("PutItem", "UpdateItem", "ConditionCheckItem") },
  record: recordAt(interactionRecord, "interaction_id"),
  async run({ table, record: before, body, caller, commit, problem, ...invoked }) {
    const changes = changedInteraction(body, invoked.now);
    const { record, writes } = changeRecord(interactionRecord, before, changes, invoked);
    if (record.type === before.type && record.occurred_at === before.occurred_at)
      return commit(writes, record);
    const client = await loadKept(table, caller.brokerage_id, record.client_id);
    if (!client) throw problem("not_found");
    return commit([...writes, noteContact(client, record, caller, invoked)], record);
  },
});
