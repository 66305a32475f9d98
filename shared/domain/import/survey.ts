import { dateWays, usualWays } from "./dates.ts";
import type { FileFields } from "./fields.ts";
import { type AreaUnit, areaUnit, isPlain, numberWays, type Ways } from "./numbers.ts";
import type { RawRow } from "./raw-row.ts";
import { type Seen, type Survey, systemOfUnit } from "./reading.ts";
import { quoted, text } from "./values.ts";
import { type DateOrder, type DecimalSign, dateOrders, decimalSigns } from "./written.ts";

/** The survey with what these rows say. `asOf` is the day of the import. */
export function surveyed(survey: Survey, rows: readonly RawRow[], asOf: string, fields: FileFields): Survey {
  const numbers: Partial<Record<string, Seen<DecimalSign>>> = { ...survey.numbers };
  const dates: Partial<Record<string, Seen<DateOrder>>> = { ...survey.dates };
  const areas: Partial<Record<string, { units: readonly AreaUnit[]; bare?: string }>> = { ...survey.areas };
  const kinds = Object.entries(fields.numbers);
  const systems = new Set(survey.systems);

  for (const raw of rows) {
    if (!("cells" in raw)) continue;
    const { cells, columns } = raw;
    const said = (field: string): string | undefined => {
      const column = columns.of[field];
      if (column === undefined) return undefined;
      const cell = text(cells[column]);
      return "value" in cell ? cell.value : undefined;
    };
    for (const [field, kind] of kinds) {
      const cell = said(field);
      // Exports write zero where they know nothing.
      if (cell === undefined || Number(cell) === 0) continue;
      const system = fields.systemOf[field];
      const unitsIn = fields.areas[field];
      if (isPlain(cell) && !unitsIn) {
        if (system) systems.add(system);
        continue;
      }
      const column = columns.of[field]!;
      const ways: Ways<DecimalSign, { number: number; unit?: AreaUnit }> =
        typeof cells[column] === "number" ? {} : numberWays(cell, kind);
      const values = Object.fromEntries(Object.entries(ways).map(([sign, { number }]) => [sign, number]));
      numbers[field] = narrowed(numbers[field], decimalSigns, values, column, cell);

      const unit = Object.values(ways).find((way) => way.unit)?.unit;
      if (system && !unit) systems.add(system);
      if (unit) systems.add(systemOfUnit[unit]);
      if (unitsIn) {
        const area = areas[field] ?? { units: [] };
        const word = said(unitsIn);
        const named = unit ?? areaUnit(word ?? "");
        // A word that is no unit, or a cell that is no number, is its row's fault.
        const isFault = typeof cells[column] !== "number" && Object.keys(ways).length === 0;
        if (isFault || (word !== undefined && !named)) continue;
        if (named) systems.add(systemOfUnit[named]);
        areas[field] = named
          ? { ...area, units: [...new Set([...area.units, named])] }
          : { bare: column.toWellFormed(), ...area };
      }
    }
    for (const field of fields.dates) {
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
