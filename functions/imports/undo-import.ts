import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkHeldForAll } from "../../shared/domain/access.ts";
import { Import, importRecord, undoing } from "../../shared/domain/import.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const undoImport = operation({
  id: "undoImport",
  method: "POST",
  path: "/v1/imports/{import_id}/undo",
  permission: "import:write",
  summary: "Undo an import",
  description:
    "Removes the properties or clients that the import created and restores the former values of those it changed, " +
    "except where they were changed since: `undo_skipped` lists these, and why. For a completed or failed import, " +
    "within 90 days. Also needs `property:write` or `client:write`, as its rows are, for the whole brokerage.",
  problems: ["invalid_transition"],
  answer: { status: 202, body: Import },
  access: { table: writeTable("PutItem") },
  record: recordAt(importRecord, "import_id"),
  async run({ record: job, caller, save, problem, ...invoked }) {
    checkHeldForAll(caller, `${job.resource}:write`);
    if (job.dry_run)
      throw problem("invalid_transition", "A dry run writes nothing, so there is nothing to undo");
    if (job.status !== "completed" && job.status !== "failed")
      throw problem("invalid_transition", `An import that is ${job.status} cannot be undone`);
    return save(changeRecord(importRecord, job, undoing(invoked.written), invoked));
  },
});
