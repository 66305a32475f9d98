import { bare } from "./columns.ts";
import type { FileFields } from "./fields.ts";
import type { AreaUnit } from "./numbers.ts";
import { quoted } from "./values.ts";
import type { DateOrder, DecimalSign, UnitSystem } from "./written.ts";

/** The caller's format options; each overrides what the columns show. */
export interface ReadingOptions {
  readonly decimal?: DecimalSign | undefined;
  readonly date_order?: DateOrder | undefined;
  readonly units?: UnitSystem | undefined;
}

/** The system of a unit of area. */
export const systemOfUnit = {
  sqft: "imperial",
  acres: "imperial",
  sqm: "metric",
  hectares: "metric",
} as const satisfies Record<AreaUnit, UnitSystem>;

/** How the cells of a file are read: decided once and the same for each of its rows. */
export interface Reading {
  /** By field; null, or none, where each cell is clear by itself. */
  readonly decimals: Readonly<Partial<Record<string, DecimalSign | null>>>;
  readonly orders: Readonly<Partial<Record<string, DateOrder | null>>>;
  /** What a bare number in a column of areas is in. */
  readonly areas: Readonly<Partial<Record<string, AreaUnit>>>;
}

/** Where each cell must be clear by itself. */
export const noReading: Reading = { decimals: {}, orders: {}, areas: {} };

/** What the cells of a column allow: the ways that fit all of them, and the first that is not the same in each. */
export interface Seen<Way extends string> {
  readonly ways: readonly Way[];
  readonly doubt?: { readonly column: string; readonly cell: string };
}

/** What the rows read so far say of how their columns are written. It is small, whatever the file. */
export interface Survey {
  readonly numbers: Readonly<Partial<Record<string, Seen<DecimalSign>>>>;
  readonly dates: Readonly<Partial<Record<string, Seen<DateOrder>>>>;
  /** Columns of areas: the units that are named in or beside their cells, and the first column with a bare number. */
  readonly areas: Readonly<
    Partial<Record<string, { readonly units: readonly AreaUnit[]; readonly bare?: string }>>
  >;
  /** Systems of the units that are named anywhere. */
  readonly systems: readonly UnitSystem[];
}

export const emptySurvey: Survey = { numbers: {}, dates: {}, areas: {}, systems: [] };

/** What an import keeps of its first pass, in which it only looks at how columns are written. */
export interface Surveying {
  readonly options: ReadingOptions;
  readonly survey?: Survey | null;
  readonly reading?: Reading | null;
}

/** Whether the caller's options leave nothing to detect: then there is no first pass. */
export const saysAll = ({ decimal, date_order, units }: ReadingOptions): boolean =>
  decimal !== undefined && date_order !== undefined && units !== undefined;

/** How the file is read, or the reason why its columns can be read in two ways and which option decides. */
export function decided(
  survey: Survey,
  options: ReadingOptions,
  { numbers, pointed, dates, areas: areaFields }: FileFields,
): Reading | string {
  const decimals = settled(Object.keys(numbers), survey.numbers, options.decimal, {
    option: "decimal",
    tells: (field) => !pointed.includes(field),
  });
  if (typeof decimals === "string") return decimals;
  const orders = settled(dates, survey.dates, options.date_order, {
    option: "date_order",
    tells: () => true,
  });
  if (typeof orders === "string") return orders;
  const areas: Partial<Record<string, AreaUnit>> = {};
  for (const field of Object.keys(areaFields)) {
    const seen = survey.areas[field] ?? { units: [] };
    if (!seen.bare && !options.units) continue;
    const unit = bareUnit(seen.units, seen.bare ?? "", survey.systems, options.units);
    // Among several, a bare number is its row's fault.
    if (!unit && seen.units.length > 1) continue;
    if (!unit)
      return `The column ${quoted(seen.bare ?? field)} has no unit: set \`units\` to imperial or metric, or map the column to a field with a unit`;
    areas[field] = unit;
  }
  return { decimals, orders, areas };
}

/** The unit of a bare number: the caller's, the one of its column's other cells, or the one of the file's other areas. */
function bareUnit(
  units: readonly AreaUnit[],
  column: string,
  systems: readonly UnitSystem[],
  said: UnitSystem | undefined,
): AreaUnit | undefined {
  if (said) return said === "metric" ? "sqm" : "sqft";
  if (units.length > 0) return units.length === 1 ? units[0] : undefined;
  if (systems.length === 1) return systems[0] === "metric" ? "sqm" : "sqft";
  // RESO's LivingArea is in square feet unless LivingAreaUnits says otherwise.
  return bare(column) === "livingarea" ? "sqft" : undefined;
}

function settled<Way extends string>(
  fields: readonly string[],
  seen: Readonly<Partial<Record<string, Seen<Way>>>>,
  said: Way | undefined,
  { option, tells }: { readonly option: string; tells(field: string): boolean },
): Partial<Record<string, Way | null>> | string {
  const decided: Partial<Record<string, Way | null>> = {};
  if (said) {
    for (const field of fields) decided[field] = said;
    return decided;
  }
  for (const field of fields) {
    const { ways = [] } = seen[field] ?? {};
    if (ways.length === 1) decided[field] = ways[0]!;
  }
  const elsewhere = new Set(
    fields.filter((field) => tells(field) && decided[field]).map((field) => decided[field]!),
  );
  for (const field of fields) {
    const doubt = seen[field]?.doubt;
    if (!doubt || decided[field]) continue;
    const [only] = elsewhere;
    if (elsewhere.size !== 1 || !seen[field]!.ways.includes(only!))
      return `The column ${quoted(doubt.column)} can be read in two ways, for example ${doubt.cell}: set \`${option}\``;
    decided[field] = only!;
  }
  return decided;
}
