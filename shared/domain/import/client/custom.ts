import { bare, type Claim } from "../columns.ts";

/** One of the brokerage's own fields, as far as an import needs it. */
export interface CustomField {
  readonly name: string;
  readonly type: "text" | "number" | "date" | "choice";
  readonly choices?: readonly string[] | undefined;
}

/** What a custom field is called among the fields of a file, and in a mapping. */
export const customName = (name: string): string => `custom.${name}`;

/**
 * The columns of custom fields: `custom.<name>`, or the machine name alone; a name of a usual column means that one.
 */
export function customFields(custom: readonly CustomField[]) {
  const claims = new Map<string, Claim>(
    custom.map(({ name }) => [bare(customName(name)), { field: customName(name), rank: 0 }]),
  );
  const alone = new Map<string, Claim>(
    custom.map(({ name }) => [bare(name), { field: customName(name), rank: 1 }]),
  );
  const of = (type: CustomField["type"]) =>
    custom.filter((field) => field.type === type).map(({ name }) => customName(name));
  return {
    fieldNamed: (name: string) => claims.get(name),
    named: (name: string) => alone.get(name),
    numbers: of("number"),
    dates: of("date"),
  };
}
