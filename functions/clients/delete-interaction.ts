import { deleteRecord } from "../../shared/data/records.ts";
import { checkNotOnlyShared } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { interactionRecord } from "../../shared/domain/interaction.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteInteraction = operation({
  id: "deleteInteraction",
  method: "DELETE",
  path: "/v1/interactions/{interaction_id}",
  permission: "client:write",
  summary: "Delete an interaction; it is gone within a day",
  description: "The client's last_contacted_at and first_responded_at stay as they are.",
  answer: { status: 204 },
  access: { table: writeTable("PutItem") },
  record: recordAt(interactionRecord, "interaction_id"),
  async run({ record, guarded, caller, commit, ...invoked }) {
    checkNotOnlyShared(caller, "client", guarded, invoked.now);
    return commit(deleteRecord(interactionRecord, record, invoked), undefined);
  },
});
