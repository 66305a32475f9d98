import * as z from "zod/mini";
import { checkpointsPage, publishedKeys } from "../../shared/data/checkpoints.ts";
import { queryTable } from "../../shared/data/table.ts";
import { AuditCheckpoint, CheckpointKey } from "../../shared/domain/audit.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listAuditCheckpoints = operation({
  id: "listAuditCheckpoints",
  method: "GET",
  path: "/v1/audit-checkpoints",
  permission: "audit_event:read",
  scope: "brokerage",
  summary: "List the signed checkpoints of the log, newest first",
  description:
    "One a day says how many entries the log has and the hash of the last. Keep them where nobody of the service can " +
    "change them: whoever has one finds out when the log before it was rewritten.",
  query: z.strictObject(listQuery),
  answer: {
    status: 200,
    body: z.extend(page(AuditCheckpoint), {
      keys: z.array(CheckpointKey).check(z.describe("Public keys of the signatures, older ones too")),
    }),
  },
  access: { table: queryTable },
  async run({ table, query, caller, cursorKey }) {
    const [found, keys] = await Promise.all([
      checkpointsPage(table, caller.brokerage_id, query, cursorKey),
      publishedKeys(table),
    ]);
    return { ...found, keys };
  },
});
