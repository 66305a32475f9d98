import { dependentsOf } from "../../shared/data/client-dependents.ts";
import { saveUnique } from "../../shared/data/duplicates.ts";
import { restoreRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { clientRecord, RestoredClient } from "../../shared/domain/client.ts";
import { operation } from "../../shared/entry/definition.ts";
import { deletedAt } from "../../shared/entry/path-record.ts";

export const restoreClient = operation({
  id: "restoreClient",
  method: "POST",
  path: "/v1/clients/{client_id}/restore",
  permission: "client:delete",
  summary: "Restore a deleted client",
  description:
    "Within 30 days of the deletion; needs the permission to delete it. `dependents` counts what comes back with it, " +
    "and the tasks about it. 409 duplicate where another client has one of the emails by now.",
  answer: { status: 200, body: RestoredClient },
  problems: ["duplicate"],
  access: { table: writeTable("Query", "PutItem") },
  record: deletedAt(clientRecord, "client_id"),
  async run({ table, record, caller, commit, ...invoked }) {
    const { now } = invoked;
    const made = restoreRecord(clientRecord, record, invoked);
    const dependents = await dependentsOf(table, record, { caller, now });
    const body = { ...made.record, dependents };
    return saveUnique(table, made.record, { caller, now }, () => commit(made.writes, body));
  },
});
