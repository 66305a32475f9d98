import * as z from "zod/mini";
import { NewClient } from "./client.ts";
import { postalAddress } from "./contact.ts";
import { fields as clientFields } from "./import/client/columns.ts";
import { maxColumnName, maxColumns, maxHeaderBytes, twice } from "./import/columns.ts";
import { fields as propertyFields } from "./import/property/columns.ts";
import { dateOrders, decimalSigns, delimiters, fileStart, unitSystems } from "./import/written.ts";
import { Import, importFormats } from "./import.ts";
import { bulkStamp, type WriteStamp } from "./invocation.ts";
import { NewProperty } from "./property.ts";
import { text } from "./schemas.ts";
import { UploadRequest } from "./upload.ts";

const columnName = text(maxColumnName, "A column's name");

/** Names of columns become no names of attributes in the table: a mapping is kept as pairs. */
const mappingTo = <Field extends z.ZodMiniType<string>>(field: Field) =>
  z.optional(
    z.record(columnName, z.nullable(field)).check(
      z.refine((columns) => Object.keys(columns).length <= 200, "must have at most 200 columns"),
      z.refine(
        (columns) => Buffer.byteLength(JSON.stringify(columns)) <= maxHeaderBytes,
        `must be at most ${maxHeaderBytes} bytes`,
      ),
      z.describe(
        "Column to field, where its name will not do; null ignores a column. At most 200 columns and " +
          `${maxHeaderBytes} bytes`,
      ),
    ),
  );

const header = z.array(columnName).check(
  z.minLength(1),
  z.maxLength(maxColumns),
  z.refine(
    (columns) => Buffer.byteLength(columns.join("\n")) <= maxHeaderBytes,
    `must be at most ${maxHeaderBytes} bytes`,
  ),
  z.refine((columns) => twice(columns) === undefined, "must not have two columns of one name"),
  z.describe(
    "Names of a CSV's columns, in order, for a file without a header: its first line is then a row. No name twice, " +
      `in any case; at most ${maxHeaderBytes} bytes`,
  ),
);

/** Options for the format of a file; each is detected where it is not given. */
const written = {
  decimal: z.optional(
    z
      .enum(decimalSigns)
      .check(
        z.describe(
          "The sign before decimals, in every column. Unless said, each column's numbers decide: `185,5` makes it a " +
            "comma, `1,250,000` a point. Where they can be read both ways, the import fails and names the column",
        ),
      ),
  ),
  date_order: z.optional(
    z
      .enum(dateOrders)
      .check(
        z.describe(
          "The order of day, month and year in dates of digits, in every column. Unless said, each column's dates " +
            "decide: one `13/02/2024` makes it day-first. Where they can be read both ways, the import fails and " +
            "names the column",
        ),
      ),
  ),
  units: z.optional(
    z
      .enum(unitSystems)
      .check(
        z.describe(
          "What areas are in where neither column, cell nor a column of units says: square feet or square metres. " +
            "Unless said, the file's other areas decide",
        ),
      ),
  ),
  delimiter: z.optional(
    z.enum(delimiters).check(z.describe("What separates a CSV's cells; found by its first line unless said")),
  ),
  header: z.optional(header),
};

const { owner_user_id: _, team_id: __, ...importable } = NewProperty.shape;
const propertyDefaults = z
  .partial(z.strictObject(importable))
  .check(z.describe("What new properties have where the row does not say"));

const { lead_source, nurture_status, tags } = NewClient.shape;
const clientDefaults = z
  .strictObject({
    ...{ lead_source, nurture_status, tags },
    country: z.optional(
      postalAddress.country.check(z.describe("Of phones that name none; default: the brokerage's")),
    ),
    source_system: z.optional(text(100, "The product that the file's ids are of")),
  })
  .check(z.describe("What new clients have where the row does not say"));

const customField = z
  .string()
  .check(z.regex(/^custom\.[a-z][a-z0-9_]{0,39}$/), z.describe("One of the brokerage's own fields"));

const size_bytes = z
  .int()
  .check(z.gte(1), z.lte(5_000_000_000), z.describe("The file's size; the upload must have it"));
const dry_run = z.optional(z.boolean().check(z.describe("Counts and checks, and writes nothing")));

/** What importing a resource takes. */
const importOf = <R extends string, F extends z.ZodMiniType<string>, D extends z.ZodMiniType>(
  resource: R,
  field: F,
  defaults: D,
) =>
  z
    .strictObject({
      resource: z.literal(resource),
      format: z.enum(importFormats),
      size_bytes,
      dry_run,
      mapping: mappingTo(field),
      defaults: z.optional(defaults),
      ...written,
    })
    .check(
      z.refine(({ format, delimiter }) => format === "csv" || delimiter === undefined, {
        path: ["delimiter"],
        error: "is only for format csv",
      }),
      z.refine(({ format, header }) => format === "csv" || header === undefined, {
        path: ["header"],
        error: "is only for format csv",
      }),
    );

/** What asking for an import takes; not beside the record, which functions bundle that take no file. */
export const NewImport = z.discriminatedUnion(
  "resource",
  [
    importOf("property", z.enum(propertyFields), propertyDefaults),
    importOf("client", z.union([z.enum(clientFields), customField]), clientDefaults),
  ],
  { error: "must be property or client" },
);

/** The new import, and the request that uploads its file. */
export const StartedImport = z.object({ import: Import, upload: UploadRequest });

const nothingCounted = {
  ...{ rows_total: 0, rows_created: 0, rows_updated: 0, rows_unchanged: 0, rows_failed: 0 },
  ...{ rows_skipped: 0, rows_type_unknown: 0 },
  ...{ undo_removed: 0, undo_restored: 0, undo_left: 0 },
};

/** An import that waits for its file. */
export const newImport = (
  body: z.output<typeof NewImport>,
  by: { readonly owner_user_id: string; readonly task_id: string; readonly asked: WriteStamp },
) => ({
  ...by,
  asked: bulkStamp(by.asked),
  resource: body.resource,
  format: body.format,
  dry_run: body.dry_run ?? false,
  size_bytes: body.size_bytes,
  mapping: Object.entries(body.mapping ?? {}),
  defaults: body.defaults ?? {},
  options: { decimal: body.decimal, date_order: body.date_order, units: body.units },
  header: body.header,
  delimiter: body.delimiter,
  status: "awaiting_upload" as const,
  progress: 0,
  ...nothingCounted,
  errors: [],
  columns_ignored: [],
  types_unknown: [],
  undo_skipped: [],
  position: fileStart,
});
