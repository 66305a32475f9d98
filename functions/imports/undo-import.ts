import { importItem, readImport } from "../../shared/data/imports.ts";
import { nextVersion, replace } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { fileStart } from "../../shared/domain/import/written.ts";
import { Import } from "../../shared/domain/import.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const undoImport = operation({
  id: "undoImport",
  method: "POST",
  path: "/v1/imports/{import_id}/undo",
  permission: "import:write",
  summary: "Undo an import",
  description:
    "Removes what the import created and gives what it changed its former values, unless it was written since: " +
    "`undo_skipped` lists what is left, and why. For a completed or failed import, within 90 days.",
  problems: ["invalid_transition"],
  answer: { status: 202, body: Import },
  access: { table: writeTable("PutItem") },
  record: (table, brokerageId, { import_id }) => readImport(table, brokerageId, import_id),
  async run({ record: job, now, written, commit }) {
    if (job.dry_run) throw new Problem("invalid_transition", "A dry run wrote nothing that could be undone");
    if (job.status !== "completed" && job.status !== "failed")
      throw new Problem("invalid_transition", `An import that is ${job.status} cannot be undone`);
    const undoing = nextVersion(
      job,
      {
        status: "undoing",
        reason: null,
        progress: 0,
        completed_at: null,
        undo_removed: 0,
        undo_restored: 0,
        undo_left: 0,
        undo_skipped: [],
        position: fileStart,
        undo_asked: written,
      },
      now,
      written,
    );
    return commit([{ ...replace(importItem(undoing)), otherwise: "invalid_transition" }], undoing);
  },
});
