import { checkMayAssign, mayOwn, newOwner } from "../../shared/data/owners.ts";
import { createRecord, loadRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { handOverRecord, NewHandOver, newHandOver } from "../../shared/domain/hand-over.ts";
import { ownedTypes } from "../../shared/domain/owned-types.ts";
import { jobTask, Task, taskRecord } from "../../shared/domain/task.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const handOverRecords = operation({
  id: "handOverRecords",
  method: "POST",
  path: "/v1/users/{user_id}/hand-over",
  permission: "user:write",
  summary: "Hand over all records of a user to another",
  description:
    "For an agent who leaves, deactivated or not: all their properties, clients, market analyses and tasks get the " +
    "new owner, and are in that owner's only team. Returns the task that shows how far it is; the hand-over has the same id: it " +
    "counts the records, and can be undone. In the log all of it has one operation id. Needs the permission to write " +
    "all of the brokerage's records. Deleted records keep their owner, and imports stay with who ran them: they say " +
    "what was done, and leave no work to another.",
  body: NewHandOver,
  answer: { status: 202, body: Task },
  problems: ["cannot_hand_over", "hand_over_running"],
  access: { table: writeTable("PutItem") },
  record: recordAt(userRecord, "user_id"),
  async run({ table, record: leaver, body: { to_user_id }, caller, commit, problem, ...invoked }) {
    for (const { guard } of ownedTypes) checkMayAssign(caller, guard);
    const { brokerage_id } = caller;
    if (to_user_id === leaver.id)
      throw problem("cannot_hand_over", "The records are theirs: name another user");
    const heir = await loadRecord(table, userRecord, brokerage_id, to_user_id);
    if (!mayOwn(heir))
      throw problem("cannot_hand_over", "Name an active agent, employee or admin of this brokerage");
    const title = `Hand over all records of ${nameOf(leaver)} to ${nameOf(heir)}`
      .slice(0, 200)
      .toWellFormed();
    const owned = await newOwner(table, caller, "task", {});
    const task = createRecord(taskRecord, brokerage_id, jobTask("hand_over", title, owned), invoked);
    const asked = newHandOver(task.record.id, { from_user_id: leaver.id, to_user_id }, invoked.written);
    const { writes } = createRecord(handOverRecord, brokerage_id, asked, invoked);
    return commit([...writes, ...task.writes], task.record);
  },
});

const nameOf = ({ first_name, last_name }: { readonly first_name: string; readonly last_name: string }) =>
  `${first_name} ${last_name}`;
