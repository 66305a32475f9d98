import type { CustomField } from "../../custom-field.ts";
import { bare, type Claim } from "../columns.ts";

/** What a custom field is called among the fields of a file, and in a mapping. */
export const customColumn = (name: string): string => `custom.${name}`;

/**
 * The columns of custom fields: `custom.<name>`, or the machine name alone; a name of a usual column means that one.
 */
export function customFields(custom: readonly CustomField[]) {
  const claims = new Map<string, Claim>(
    custom.map(({ name }) => [bare(customColumn(name)), { field: customColumn(name), rank: 0 }]),
  );
  const alone = new Map<string, Claim>(
    custom.map(({ name }) => [bare(name), { field: customColumn(name), rank: 1 }]),
  );
  const of = (type: CustomField["type"]) =>
    custom.filter((field) => field.type === type).map(({ name }) => customColumn(name));
  return {
    fieldNamed: (name: string) => claims.get(name),
    named: (name: string) => alone.get(name),
    numbers: of("number"),
    dates: of("date"),
  };
}
