import { shareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { NewShare, Share } from "../../shared/domain/share.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putTaskShare = operation({
  id: "putTaskShare",
  method: "PUT",
  path: "/v1/tasks/{task_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "task:write",
  summary: "Share a task with a user or a team",
  body: NewShare,
  answer: { status: 200, body: Share },
  problems: ["cannot_share", "limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(taskRecord, "task_id"),
  async run({ table, record, body, commit, ...asked }) {
    const { share, writes } = await shareRecord(table, taskRecord, record, body, asked);
    return commit(writes, share);
  },
});
