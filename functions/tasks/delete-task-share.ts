import { unshareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deleteTaskShare = operation({
  id: "deleteTaskShare",
  method: "DELETE",
  path: "/v1/tasks/{task_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "task:write",
  summary: "End a share of a task",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(taskRecord, "task_id"),
  async run({ record, commit, ...asked }) {
    return commit(unshareRecord(taskRecord, record, asked), undefined);
  },
});
