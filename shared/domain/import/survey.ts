import type { Field } from "./columns.ts";
import { dateWays, usualWays } from "./dates.ts";
import { type AreaUnit, areaUnit, isPlain, numberWays, type Ways } from "./numbers.ts";
import type { RawRow } from "./raw-row.ts";
import {
  type AreaField,
  areaFields,
  type DateField,
  dateFields,
  type NumberField,
  numberFields,
  type Seen,
  type Survey,
  systemOf,
  systemOfUnit,
} from "./reading.ts";
import { quoted, text } from "./values.ts";
import { type DateOrder, type DecimalSign, dateOrders, decimalSigns } from "./written.ts";

/** The survey with what these rows say. `asOf` is the day of the import. */
export function surveyed(survey: Survey, rows: readonly RawRow[], asOf: string): Survey {
  const numbers: Partial<Record<NumberField, Seen<DecimalSign>>> = { ...survey.numbers };
  const dates: Partial<Record<DateField, Seen<DateOrder>>> = { ...survey.dates };
  const areas: { [F in AreaField]?: { units: readonly AreaUnit[]; bare?: string } } = { ...survey.areas };
  const systems = new Set(survey.systems);

  for (const raw of rows) {
    if (!("cells" in raw)) continue;
    const { cells, columns } = raw;
    const said = (field: Field): string | undefined => {
      const column = columns.of[field];
      if (column === undefined) return undefined;
      const cell = text(cells[column]);
      return "value" in cell ? cell.value : undefined;
    };
    for (const field of Object.keys(numberFields) as NumberField[]) {
      const cell = said(field);
      // Exports write zero where they know nothing.
      if (cell === undefined || Number(cell) === 0) continue;
      if (isPlain(cell) && !(field in areaFields)) {
        if (field in systemOf) systems.add(systemOf[field as keyof typeof systemOf]);
        continue;
      }
      const column = columns.of[field]!;
      const ways: Ways<DecimalSign, { number: number; unit?: AreaUnit }> =
        typeof cells[column] === "number" ? {} : numberWays(cell, numberFields[field]);
      const values = Object.fromEntries(Object.entries(ways).map(([sign, { number }]) => [sign, number]));
      numbers[field] = narrowed(numbers[field], decimalSigns, values, column, cell);

      const unit = Object.values(ways).find((way) => way.unit)?.unit;
      if (field in systemOf && !unit) systems.add(systemOf[field as keyof typeof systemOf]);
      if (unit) systems.add(systemOfUnit[unit]);
      if (field in areaFields) {
        const area = areas[field as AreaField] ?? { units: [] };
        const word = said(areaFields[field as AreaField]);
        const named = unit ?? areaUnit(word ?? "");
        // A word that is no unit, or a cell that is no number, is its row's fault.
        const isFault = typeof cells[column] !== "number" && Object.keys(ways).length === 0;
        if (isFault || (word !== undefined && !named)) continue;
        if (named) systems.add(systemOfUnit[named]);
        areas[field as AreaField] = named
          ? { ...area, units: [...new Set([...area.units, named])] }
          : { bare: column.toWellFormed(), ...area };
      }
    }
    for (const field of dateFields) {
      const cell = said(field);
      if (cell === undefined) continue;
      const ways = usualWays(dateWays(cell, asOf));
      dates[field] = narrowed(dates[field], dateOrders, ways, columns.of[field]!, cell);
    }
  }
  return { numbers, dates, areas, systems: [...systems] };
}

/** Narrows what a column allows by a cell; one that fits no way is its row's fault and says nothing. */
function narrowed<Way extends string>(
  seen: Seen<Way> | undefined,
  all: readonly Way[],
  ways: Ways<Way, string | number>,
  column: string,
  cell: string,
): Seen<Way> {
  const before: Seen<Way> = seen ?? { ways: all };
  const fitting = all.filter((way) => ways[way] !== undefined);
  if (fitting.length === 0) return before;
  const isDoubtful = new Set(fitting.map((way) => ways[way])).size > 1;
  return {
    ways: before.ways.filter((way) => fitting.includes(way)),
    ...(before.doubt
      ? { doubt: before.doubt }
      : isDoubtful
        ? { doubt: { column: column.toWellFormed(), cell: quoted(cell) } }
        : {}),
  };
}
