import type { InputError } from "../problem.ts";
import type { NewProperty } from "../property.ts";
import type { Place } from "./address.ts";
import { type Columns, type Field, maxColumnName } from "./columns.ts";
import { day, moment } from "./dates.ts";
import { type AreaUnit, areaUnit, fullAndHalf, type Measure, measure, squareFeet } from "./numbers.ts";
import {
  type AreaField,
  areaFields,
  type DateField,
  type NumberField,
  numberFields,
  type Reading,
} from "./reading.ts";
import { type Cell, quoted, text } from "./values.ts";

/** A row's cells, and what is needed to read them. */
export interface RowSource {
  readonly cells: Readonly<Record<string, unknown>>;
  readonly columns: Columns;
  readonly place?: Place | undefined;
}
export interface HowRead {
  readonly reading: Reading;
  /** The day of the import. */
  readonly asOf: string;
}

/** The fields that a derived value is made from: its errors are reported at their columns. */
const copies: Readonly<Record<string, readonly Field[]>> = {
  price: ["list_price", "close_price"],
  close_price: ["price"],
  original_price: ["price", "list_price"],
  contract_date: ["close_date"],
  listed_at: ["close_date"],
  size_sqft: ["size_sqm", "size"],
  lot_sqft: ["lot_sqm", "lot_acres", "lot_size"],
  property_type: ["property_sub_type"],
  address: ["street_name", "street_number", "unit_number"],
  status: ["mls_status"],
};

/** A lot that says no unit and has fewer square feet was meant in another. */
const leastLot = 100;

/** Reads a row's cells by field; what cannot be read is kept as an error at its column and answered as undefined. */
export class CellReader {
  readonly errors: InputError[] = [];
  readonly #source: RowSource;
  readonly #how: HowRead;

  constructor(source: RowSource, how: HowRead) {
    this.#source = source;
    this.#how = how;
  }

  /** The column of a field, if the row has one. */
  column(field: Field): string | undefined {
    return this.#source.columns.of[field];
  }

  /** A JSON Pointer to the column that a field, or what it is made from, stands in. */
  path(field: string): string {
    const from = [field as Field, ...(copies[field] ?? [])].find((one) => this.column(one) !== undefined);
    const column = (from && this.column(from)) ?? field;
    return `/${column.slice(0, maxColumnName).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1")}`;
  }

  refuse(field: string, message: string): void {
    this.errors.push({ path: this.path(field), message });
  }

  read<T>(field: Field, reader: (cell: unknown) => Cell<T>): T | undefined {
    const column = this.column(field);
    if (column === undefined) return undefined;
    const found = reader(this.#source.cells[column]);
    if ("value" in found) return found.value;
    this.refuse(field, found.fault);
    return undefined;
  }

  text(field: Field): string | undefined {
    return this.read(field, text);
  }

  measure(field: NumberField): Measure | undefined {
    const sign = this.#how.reading.decimals[field] ?? null;
    return this.read(field, (cell) => measure(cell, numberFields[field], sign));
  }

  number(field: NumberField): number | undefined {
    return this.measure(field)?.number;
  }

  /** An amount of money; exports write zero where it is not told. */
  amount(field: NumberField): Measure | undefined {
    const found = this.measure(field);
    return found?.number === 0 ? undefined : found;
  }

  day(field: DateField): string | undefined {
    return this.read(field, (cell) => day(cell, this.#dated(field)));
  }

  moment(field: DateField): string | undefined {
    return this.read(field, (cell) => moment(cell, this.#dated(field)));
  }

  #dated(field: DateField) {
    return { order: this.#how.reading.orders[field] ?? null, asOf: this.#how.asOf };
  }

  /** Square feet of an area whose column says its unit, unless the cell says another. */
  area(field: NumberField, unit: AreaUnit | undefined): number | undefined {
    const found = this.amount(field);
    const of = found?.unit ?? unit;
    return found && of && found.number * squareFeet[of];
  }

  /** Square feet of an area whose unit the cell says, the column of units, or the file. */
  bareArea(field: AreaField): number | undefined {
    const units = areaFields[field];
    const word = this.text(units);
    const named = word === undefined ? undefined : areaUnit(word);
    if (word !== undefined && !named) {
      this.refuse(units, `must be a unit of area, not ${quoted(word)}`);
      return undefined;
    }
    const found = this.area(field, named ?? this.#how.reading.areas[field]);
    if (found === undefined && this.amount(field)) this.refuse(field, "has no unit: set `units`");
    const isTooSmall = field === "lot_size" && !named && found !== undefined && found < leastLot;
    if (isTooSmall) this.refuse(field, "has no unit and is too small to be square feet: set `units`");
    return found;
  }

  /** Full ones, and parts of a bath as quarters; from their own columns, or from "3/1" and "2F 1H". */
  bathrooms(): number | undefined {
    const full = this.number("bathrooms_full");
    if (full === undefined)
      return (
        this.read("bathrooms", (cell) => {
          const said = text(cell);
          return "value" in said && said.value ? { value: fullAndHalf(said.value) } : { value: undefined };
        }) ?? this.number("bathrooms")
      );
    const parts = ["bathrooms_three_quarter", "bathrooms_half", "bathrooms_one_quarter"] as const;
    return parts.reduce((sum, part, at) => sum + (this.number(part) ?? 0) * (0.75 - at / 4), full);
  }

  location(): NewProperty["location"] {
    const { place } = this.#source;
    const half = (cell: unknown) => {
      const found = measure(cell, "lng", null);
      if ("value" in found) return found.value?.number;
      this.errors.push({ path: "/location", message: found.fault });
      return undefined;
    };
    const lat = this.number("lat") ?? half(place?.lat);
    const lng = this.number("lng") ?? half(place?.lng);
    // Exports write zeros where they know no place; nobody sells a house in the Gulf of Guinea.
    if ((lat === undefined && lng === undefined) || (lat === 0 && lng === 0)) return undefined;
    // One without the other is refused with the rest of the row.
    return { lat, lng } as NewProperty["location"];
  }
}
