import type { NewProperty } from "../../property.ts";
import { CellReader, type HowRead, type RowSource } from "../cells.ts";
import { type AreaUnit, areaUnit, fullAndHalf, type Measure, measure, squareFeet } from "../numbers.ts";
import { quoted, text } from "../values.ts";
import { type AreaField, type DateField, type Field, type NumberField, propertyFields } from "./columns.ts";

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

/** Reads the cells of a row about a property. */
export class PropertyCells extends CellReader<Field, NumberField, DateField> {
  constructor(source: RowSource, how: HowRead) {
    super(source, how, propertyFields);
  }

  protected override madeFrom(field: string): readonly string[] {
    return [field, ...(copies[field] ?? [])];
  }

  /** An amount of money; exports write zero where it is not told. */
  amount(field: NumberField): Measure | undefined {
    const found = this.measure(field);
    return found?.number === 0 ? undefined : found;
  }

  /** Square feet of an area whose column says its unit, unless the cell says another. */
  area(field: NumberField, unit: AreaUnit | undefined): number | undefined {
    const found = this.amount(field);
    const of = found?.unit ?? unit;
    return found && of && found.number * squareFeet[of];
  }

  /** Square feet of an area whose unit the cell says, the column of units, or the file. */
  bareArea(field: AreaField): number | undefined {
    const units = propertyFields.areas[field];
    const word = this.text(units);
    const named = word === undefined ? undefined : areaUnit(word);
    if (word !== undefined && !named) {
      this.refuse(units, `must be a unit of area, not ${quoted(word)}`);
      return undefined;
    }
    const found = this.area(field, named ?? this.how.reading.areas[field]);
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
    const { place } = this.source;
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
