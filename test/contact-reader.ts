import type { CustomField } from "../shared/domain/custom-field.ts";
import { readChunk } from "../shared/domain/import/chunk.ts";
import { clientFile } from "../shared/domain/import/client/file.ts";
import type { ClientDefaults } from "../shared/domain/import/client/row.ts";
import { decided, emptySurvey } from "../shared/domain/import/reading.ts";
import { readRows } from "../shared/domain/import/rows.ts";
import { surveyed } from "../shared/domain/import/survey.ts";
import { fileStart } from "../shared/domain/import/written.ts";
import { toE164 } from "../shared/domain/phone.ts";
import { asked, streamed } from "./import-reader.ts";

interface Options {
  readonly format?: "csv" | "json";
  readonly defaults?: ClientDefaults;
  readonly mapping?: Readonly<Record<string, string | null>>;
  readonly custom?: readonly Omit<CustomField, "label">[];
}

/** What the rows of a small file of clients say, without table and queue. */
export async function contactsOf(file: string, options: Options = {}) {
  const { format = "csv", defaults = {}, mapping = {}, custom = [] } = options;
  const reader = clientFile({ custom: custom.map((field) => ({ ...field, label: field.name })), toE164 });
  const { rows, ignored, fault } = await readChunk(streamed(Buffer.from(file), 0), fileStart, {
    format,
    names: reader.fields,
    mapping: new Map(Object.entries(mapping)),
    accepts: (columns) => reader.lacking(columns, defaults),
  });
  const reading = decided(surveyed(emptySurvey, rows, asked.slice(0, 10), reader.fields), {}, reader.fields);
  if (typeof reading === "string") return { clients: [], errors: [], ignored: [], fault: reading };
  const read = readRows(reader, rows, { created_at: asked, defaults, reading });
  return { clients: read.rows.map(({ said }) => said), errors: read.errors, ignored: [...ignored], fault };
}
