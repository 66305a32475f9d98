import * as z from "zod/mini";
import { mergeClients as merge } from "../../shared/data/merges.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Client, clientRecord } from "../../shared/domain/client.ts";
import { mostMerged, NewMerge } from "../../shared/domain/merge.ts";
import { id } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const mergeClients = operation({
  id: "mergeClients",
  method: "POST",
  path: "/v1/clients/{client_id}/merge",
  permission: "client:write",
  summary: "Merge clients into one",
  description:
    "The others leave the lists and get merged_into; what was said with them, their interests and their tasks are " +
    "read with the kept client from then on. It gets their emails, phones and tags, and what it lacks; `keep` says " +
    "whose value another field gets. Of the consent for a channel a revocation holds, else a grant. You need the " +
    `permission to delete the others. At most ${mostMerged} clients are merged into one, over all its merges.`,
  body: NewMerge,
  answer: { status: 200, body: z.object({ merge_id: id, client: Client }) },
  problems: ["cannot_merge", "merged", "limit_reached"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ table, record, caller, body, commit, ...invoked }) {
    const { answer, writes } = await merge(table, caller, record, body, invoked);
    return commit(writes, answer);
  },
});
