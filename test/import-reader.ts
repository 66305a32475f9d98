import { readChunk } from "../shared/domain/import/chunk.ts";
import { columnsOf } from "../shared/domain/import/columns.ts";
import { afterSurvey } from "../shared/domain/import/progress.ts";
import { type Field, propertyFields } from "../shared/domain/import/property/columns.ts";
import { propertyFile } from "../shared/domain/import/property/file.ts";
import { propertyId } from "../shared/domain/import/property/identity.ts";
import { afterRow, readRow } from "../shared/domain/import/property/row.ts";
import { noReading, type ReadingOptions } from "../shared/domain/import/reading.ts";
import { readRows } from "../shared/domain/import/rows.ts";
import { type Delimiter, fileStart } from "../shared/domain/import/written.ts";
import type { RowError } from "../shared/domain/import.ts";
import type { NewProperty } from "../shared/domain/property.ts";
import type { PropertyFields } from "../shared/domain/property-status.ts";

type Options = ReadingOptions & {
  readonly format?: "csv" | "json";
  readonly mapping?: readonly (readonly [string, Field | null])[];
  readonly defaults?: Partial<NewProperty>;
  readonly header?: readonly string[];
  readonly delimiter?: Delimiter;
  /** Rows of a step. */
  readonly most?: number;
};

/** The day on which these imports are asked for. */
export const asked = "2026-11-02T03:04:05.678Z";

/** As a stream from the bucket comes. */
export async function* streamed(bytes: Uint8Array, from: number, to = bytes.length) {
  for (let at = from; at < to; at += 65_536) yield bytes.subarray(at, Math.min(to, at + 65_536));
}

/** What a file becomes, without table and queue: both passes, step by step, each row a property of its own. */
export async function importOf(file: string | Uint8Array, options: Options = {}) {
  const bytes = typeof file === "string" ? Buffer.from(file) : file;
  const { format = "csv", mapping = [], defaults = {}, decimal, date_order, units, ...reading } = options;
  const how = { format, names: propertyFields, mapping: new Map(mapping), ...reading };
  const start = {
    size_bytes: bytes.length,
    created_at: asked,
    position: fileStart,
    options: { decimal, date_order, units },
    reading: null,
  };
  // biome-ignore lint/suspicious/noExplicitAny: the parts of an import that both passes need.
  let job: any = start;
  for (;;) {
    const chunk = await readChunk(streamed(bytes, job.position.offset), job.position, how);
    job = { ...job, ...afterSurvey(job, chunk, propertyFields, new Date(asked)) };
    if (job.status === "failed")
      return { ...nothing, failed: true, reason: job.reason as string, reading: null };
    if (job.reading) break;
  }
  const properties: PropertyFields[] = [];
  const ids: string[] = [];
  const errors: RowError[] = [];
  const ignored = new Set<string>();
  const unknownTypes = new Map<string, number>();
  let skipped = 0;
  for (let at = fileStart; ; ) {
    const chunk = await readChunk(streamed(bytes, at.offset), at, how);
    const read = readRows(propertyFile, chunk.rows, { created_at: asked, defaults, reading: job.reading });
    for (const [id, rows] of Map.groupBy(read.rows, ({ said }) => propertyId("b", said.identity))) {
      let property: PropertyFields | undefined;
      for (const { said } of rows)
        property = afterRow(property, said, { owner_user_id: "o", now: new Date(asked) }) ?? property;
      ids.push(id);
      properties.push(property!);
    }
    errors.push(...read.errors);
    skipped += read.skipped;
    for (const column of chunk.ignored) ignored.add(column);
    for (const [type, rows] of read.unknownTypes)
      unknownTypes.set(type, (unknownTypes.get(type) ?? 0) + rows);
    at = chunk.next;
    if (chunk.fault || chunk.ended || at.offset >= bytes.length)
      return {
        ...{
          properties,
          ids,
          errors,
          skipped,
          ignored: [...ignored],
          unknownTypes: Object.fromEntries(unknownTypes),
        },
        ...{ failed: chunk.fault !== undefined, reason: chunk.fault, reading: job.reading, rows: at.row },
      };
  }
}

const nothing = { properties: [], ids: [], errors: [], skipped: 0, ignored: [], unknownTypes: {}, rows: 0 };

/** Reads one row, each of whose cells is clear by itself; undefined for one that is skipped. */
export function rowOf(cells: Record<string, unknown>, defaults: Partial<NewProperty> = {}) {
  const columns = columnsOf(Object.keys(cells), new Map(), propertyFields);
  return readRow({ cells, columns }, { defaults, reading: noReading, asOf: asked.slice(0, 10) });
}
