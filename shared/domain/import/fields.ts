import type { ColumnNames } from "./columns.ts";
import type { NumberKindName } from "./numbers.ts";
import type { UnitSystem } from "./written.ts";

/** The fields that a resource's files have: the names of their columns, and how their cells are written. */
export interface FileFields extends ColumnNames {
  /** The kind of number in each field that holds one. */
  readonly numbers: Readonly<Record<string, NumberKindName>>;
  /** Numbers that keep their decimal point where all else of a file has commas, as coordinates do. */
  readonly pointed: readonly string[];
  readonly dates: readonly string[];
  /** Areas whose column says no unit, and the field that says it row by row. */
  readonly areas: Readonly<Record<string, string>>;
  /** The system of units of areas whose column says their unit. */
  readonly systemOf: Readonly<Record<string, UnitSystem>>;
}
