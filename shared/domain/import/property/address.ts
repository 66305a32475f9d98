import type { Field } from "./columns.ts";

const streetParts = [
  "street_number",
  "street_dir_prefix",
  "street_name",
  "street_suffix",
  "street_dir_suffix",
] as const satisfies readonly Field[];

/**
 * The street line: as it stands, or from its parts, with the unit behind it unless it is in it. Flats of one building,
 * and a street's North and South, are homes of their own.
 */
export function streetLine(read: (field: Field) => string | undefined): string | undefined {
  const parts = streetParts.flatMap((field) => read(field) ?? []);
  const line = read("address") ?? (parts.length > 0 ? parts.join(" ") : undefined);
  const unit = read("unit_number");
  if (line === undefined || unit === undefined || names(line, unit)) return line;
  // "4" is a number and "Apt 4" a name.
  return /^#|[^\d]{2,}/.test(unit) ? `${line} ${unit}` : `${line} #${unit}`;
}

/** Whether a street line names a unit, behind the number of the house. */
function names(line: string, unit: string): boolean {
  const words = (value: string) =>
    value
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u)
      .filter(Boolean);
  const last = words(unit).at(-1);
  return last === undefined || words(line).slice(1).includes(last);
}

/** An address as it is compared: case, blanks and punctuation make no other home. */
export const sameAddress = (value: string | null | undefined): string =>
  (value ?? "")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}#]+/gu, " ")
    .trim();
