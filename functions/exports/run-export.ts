import { isDeepStrictEqual } from "node:util";
import type * as z from "zod/mini";
import { askerOf } from "../../shared/data/asker.ts";
import { exportKey } from "../../shared/data/export-file.ts";
import type { Reading } from "../../shared/data/export-list.ts";
import { exportSources } from "../../shared/data/export-rows.ts";
import type { Step } from "../../shared/data/jobs.ts";
import { writeLargeObjects } from "../../shared/data/large-objects.ts";
import { Spool } from "../../shared/data/spool.ts";
import { type TableQuerier, tableFor } from "../../shared/data/table.ts";
import { scopeOf } from "../../shared/domain/access.ts";
import { fileFormat } from "../../shared/domain/export/format.ts";
import {
  exportRecord,
  exportScope,
  exportTypes,
  hoursKept,
  largestFile,
  type StoredExport,
} from "../../shared/domain/export.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { jobWorker } from "../../shared/entry/job-worker.ts";
import { log } from "../../shared/entry/log.ts";

/**
 * Makes an export's file, all of it in one go: rows go to the disk as they are read, and from there to the bucket, whose
 * one request must know how long it is. A worker that dies left nothing; the next one begins again, under the same key.
 */
export const runExport = jobWorker(exportRecord, {
  id: "runExport",
  queue: "exports",
  summary: "Write the file of an export",
  impact: "Exports stay queued or end as failed.",
  // A whole processor: a row is read, checked and written in some hundredth of a millisecond each.
  memory: 1769,
  // The largest file that the bucket takes, and the ids of its rows.
  disk: 6144,
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem"),
    files: writeLargeObjects("exports"),
  },
  async work({ record: job, table, files, now, report }): Promise<Step<typeof exportRecord>> {
    const failed = (reason: string) => ({
      changes: { status: "failed" as const, reason, completed_at: now.toISOString() },
    });
    const caller = await askerOf(table, job, now);
    const scope = caller && scopeOf(caller, "export:write") && exportScope(caller, job.resource);
    if (!caller || !scope) return failed("Whoever asked for the export may not export this any more");
    await using file = await Spool.open();
    let rows: number;
    try {
      rows = await writeFile(file, table, { job, caller, now }, report);
    } catch (error) {
      if (error instanceof Problem && error.status < 500) return failed(error.message);
      // It would come again.
      if (error instanceof OffSchema) return failed(error.message);
      throw error;
    }
    if (file.bytes > largestFile)
      return failed(`The file would have more than ${largestFile} bytes: export less of it, with filters`);
    await files.put(exportKey(job), file.stream(), file.bytes, exportTypes[job.format]);
    const expires = new Date(now.getTime() + hoursKept * 3_600_000);
    return {
      changes: {
        ...{ status: "completed", progress: 100, rows, size_bytes: file.bytes, scope, reason: null },
        ...{ completed_at: now.toISOString(), expires_at: expires.toISOString() },
      },
    };
  },
});

/** Milliseconds between two looks at whether to go on, and how far it is. */
const pace = 2000;

/** Writes all rows to the file; answers how many. Throws when the caller's rights change: then it begins again. */
async function writeFile(
  file: Spool,
  table: TableQuerier,
  reading: Reading,
  report: (changes: Partial<StoredExport>) => Promise<void>,
): Promise<number> {
  const { job, caller, now } = reading;
  const { schema, names, parts } = exportSources[job.resource];
  const format = fileFormat(job.format, schema, await names?.(table, reading));
  let rows = 0;
  let said = { rows, progress: job.progress };
  let looked = performance.now();
  const look = async () => {
    looked = performance.now();
    if (!isDeepStrictEqual(await askerOf(table, job, now), caller))
      throw new Error("What the caller may read has changed while the export was made");
  };
  await file.write(format.begin);
  for await (const part of parts(table, reading)) {
    for (const row of part.rows) await file.write(format.row(closed(schema, row), rows++));
    if (file.bytes > largestFile) return rows;
    if (performance.now() - looked < pace) continue;
    await look();
    const next = { rows, progress: Math.min(99, Math.floor(100 * part.done)) };
    if (next.progress !== said.progress) await report(next);
    said = next;
  }
  await file.write(format.end);
  await file.flush();
  await look();
  return rows;
}

/** A row that its own operation could not answer either. */
class OffSchema extends Error {}

/** A row as its own operation answers it: nothing else of a record leaves. */
function closed(schema: z.ZodMiniType, row: object): object {
  const parsed = schema.safeParse(row);
  if (parsed.success) return parsed.data as object;
  const issues = parsed.error.issues.map(({ path, code }) => ({ path, code }));
  log("answer_off_schema", { operation: runExport.id, issues });
  const { id } = row as { readonly id?: string };
  throw new OffSchema(`Record ${id} is not as it should be at ${issues[0]?.path.join("/")}`);
}
