import * as z from "zod/mini";
import { invalidInput, Problem } from "./problem.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { date, decimal, text, timestamp } from "./schemas.ts";

/** How many fields of its own a brokerage may have, and how many names it may give in all its time. */
export const [mostFields, mostNames] = [50, 200] as const;

/** The name by which a field is written and read; its label is for people. */
export const customName = z
  .string()
  .check(
    z.maxLength(40),
    z.regex(/^[a-z][a-z0-9_]{0,39}$/, "must be lower-case letters, digits and _, a letter first"),
    z.meta({ examples: ["preferred_area"] }),
  );

const fieldTypes = ["text", "number", "date", "choice"] as const;
type FieldType = (typeof fieldTypes)[number];

/** A field that a brokerage adds to its clients. */
export const CustomField = z
  .strictObject({
    name: customName,
    label: text(100, "What people see").check(z.meta({ examples: ["Preferred area"] })),
    type: z.enum(fieldTypes).check(z.describe("Never changes; date is a day, YYYY-MM-DD")),
    choices: z.optional(
      z.array(text(100)).check(z.minLength(1), z.maxLength(50), z.describe("Of type choice, and only of it")),
    ),
  })
  .check(
    z.refine(({ type, choices }) => (type === "choice") === (choices !== undefined), {
      path: ["choices"],
      error: "must be there for a field of type choice, and for no other",
    }),
    z.meta({
      examples: [{ name: "preferred_area", label: "Preferred area", type: "choice", choices: ["Ballard"] }],
    }),
  );
export type CustomField = z.output<typeof CustomField>;

/** What replacing the fields takes. */
export const NewCustomFields = z.strictObject({
  fields: z.array(CustomField).check(
    z.maxLength(mostFields),
    z.refine<readonly { readonly name: string }[]>(
      (fields) => new Set(fields.map(({ name }) => name)).size === fields.length,
      "must have different names",
    ),
  ),
});

/** A brokerage's own fields of its clients. */
export const CustomFields = z.object({
  version: z.int().check(z.gte(1), z.describe("Counts the writes; also the ETag")),
  updated_at: timestamp,
  fields: z.array(CustomField),
});

/** The custom fields in the table: one document for each brokerage, under the brokerage's id. */
export const customFieldsRecord = recordType({
  name: "custom_fields",
  schema: 1,
  guard: "brokerage",
  fields: CustomFields,
  listed: CustomFields,
  internal: internalFields<{
    /** The types of all fields that there ever were: values of one that was removed are still there. */
    readonly types: Readonly<Record<string, FieldType>>;
  }>(),
  lists: ["brokerage"],
});
export type StoredCustomFields = RecordOf<typeof customFieldsRecord>;

/** The fields that a brokerage begins with. */
export const noCustomFields = { fields: [], types: {} };

/** What replacing the fields changes. Throws 409 for a field whose type would change, and for too many names. */
export function changedFields(
  { types }: StoredCustomFields,
  fields: readonly CustomField[],
): Pick<StoredCustomFields, "types"> & { fields: CustomField[] } {
  for (const { name, type } of fields) {
    const before = Object.hasOwn(types, name) ? types[name] : undefined;
    if (before !== undefined && before !== type)
      throw new Problem(
        "field_type_fixed",
        `${name} is of type ${before}, and stays so: give a field of type ${type} another name`,
      );
  }
  const known = { ...types, ...Object.fromEntries(fields.map(({ name, type }) => [name, type])) };
  if (Object.keys(known).length > mostNames)
    throw new Problem(
      "limit_reached",
      `A brokerage can have ${mostNames} names of fields in all, and these are more`,
    );
  return { fields: [...fields], types: known };
}

/** Values of custom fields by name, as answered. */
export const Custom = z
  .record(customName, z.union([z.string(), z.number()]))
  .check(z.meta({ description: "The brokerage's own fields, by name", examples: [{}] }));
export type Custom = z.output<typeof Custom>;

/** Values in a body: a merge patch, in which null removes one. Which fit is said by the brokerage's fields. */
export const CustomPatch = z
  .record(customName, z.nullable(z.union([text(500), decimal(-1e12, 1e12, 6, "A number")])))
  .check(
    z.refine<object>((values) => Object.keys(values).length <= mostFields, `must have at most ${mostFields}`),
    z.meta({
      description:
        "The brokerage's own fields, by name: texts, numbers, days and choices as GET /v1/custom-fields says; null removes one",
      examples: [{}],
    }),
  );
export type CustomPatch = z.output<typeof CustomPatch>;

/** The values after a patch. Throws 400 for a field that there is not, and for a value that is not of its type. */
export function withCustom(before: Custom, patch: CustomPatch, fields: readonly CustomField[]): Custom {
  const after = new Map(Object.entries(before));
  for (const [name, value] of Object.entries(patch)) {
    if (value === null) after.delete(name);
    else
      after.set(
        name,
        checked(
          value,
          fields.find((field) => field.name === name),
          `/custom/${name}`,
        ),
      );
  }
  return Object.fromEntries(after);
}

function checked(value: string | number, field: CustomField | undefined, path: string): string | number {
  if (!field) throw invalidInput(path, "is no field of the brokerage: see GET /v1/custom-fields");
  const { type, choices = [] } = field;
  if (type === "number") {
    if (typeof value !== "number") throw invalidInput(path, "must be a number");
  } else if (typeof value !== "string") throw invalidInput(path, "must be a text");
  else if (type === "date" && !date.safeParse(value).success)
    throw invalidInput(path, "must be an existing date, written YYYY-MM-DD");
  else if (type === "choice" && !choices.includes(value))
    throw invalidInput(path, `must be one of ${choices.join(", ")}`);
  return value;
}
