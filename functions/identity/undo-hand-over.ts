import { checkMayAssign } from "../../shared/data/owners.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { HandOver, handOverRecord, undoingHandOver } from "../../shared/domain/hand-over.ts";
import { ownedTypes } from "../../shared/domain/owned-types.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const undoHandOver = operation({
  id: "undoHandOver",
  method: "POST",
  path: "/v1/hand-overs/{hand_over_id}/undo",
  permission: "user:write",
  summary: "Undo a hand-over",
  description:
    "Gives the records back to their former owner, except those that were changed or deleted since: `undo_left` " +
    "counts and `undo_skipped` lists them. For a hand-over that is completed or failed.",
  problems: ["invalid_transition", "hand_over_running"],
  answer: { status: 202, body: HandOver },
  access: { table: writeTable("PutItem") },
  record: recordAt(handOverRecord, "hand_over_id"),
  async run({ record: job, caller, save, problem, ...invoked }) {
    for (const { guard } of ownedTypes) checkMayAssign(caller, guard);
    if (job.status !== "completed" && job.status !== "failed")
      throw problem("invalid_transition", `A hand-over that is ${job.status} cannot be undone`);
    return save(changeRecord(handOverRecord, job, undoingHandOver(invoked.written), invoked));
  },
});
