import * as z from "zod/mini";
import { loadMerge, undoMerge as undo } from "../../shared/data/merges.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Client } from "../../shared/domain/client.ts";
import { mergeRecord } from "../../shared/domain/merge.ts";
import { id } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

const Left = z
  .object({ client_id: id, field: z.string(), reason: z.enum(["changed", "taken", "inactive"]) })
  .check(
    z.describe(
      "changed since the merge, so it stays; another client has the email by now; or its owner is not active any more",
    ),
  );

export const undoMerge = operation({
  id: "undoMerge",
  method: "POST",
  path: "/v1/merges/{merge_id}/undo",
  permission: "client:write",
  summary: "Undo a merge of clients",
  description:
    "The clients are back in the lists, with what was said with them, their interests and tasks, and the kept client " +
    "gives back what it got from them, except what was changed since: `left` lists that. What was added to it since " +
    "stays there. Needs the permission to change each of them, and not by a share alone. A consent that was revoked since is revoked for all of them.",
  answer: {
    status: 200,
    body: z.object({ merge_id: id, client: Client, clients: z.array(Client), left: z.array(Left) }),
  },
  problems: ["invalid_transition", "merged"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(mergeRecord, "merge_id", loadMerge),
  async run({ table, record, caller, commit, ...invoked }) {
    const { answer, writes } = await undo(table, caller, record, invoked);
    return commit(writes, answer);
  },
});
