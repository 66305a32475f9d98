import type { InputError } from "../problem.ts";
import { type Columns, maxColumnName } from "./columns.ts";
import { day, moment } from "./dates.ts";
import type { FileFields } from "./fields.ts";
import { type Measure, measure } from "./numbers.ts";
import type { Place } from "./place.ts";
import type { Reading } from "./reading.ts";
import { type Cell, text } from "./values.ts";

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

/** Reads a row's cells by field; what cannot be read is kept as an error at its column and answered as undefined. */
export class CellReader<Field extends string, NumberField extends Field, DateField extends Field> {
  readonly errors: InputError[] = [];
  protected readonly source: RowSource;
  protected readonly how: HowRead;
  readonly #fields: FileFields;

  constructor(source: RowSource, how: HowRead, fields: FileFields) {
    this.source = source;
    this.how = how;
    this.#fields = fields;
  }

  /** The column of a field, if the row has one. */
  column(field: Field): string | undefined {
    return this.source.columns.of[field];
  }

  /** The fields that a value is read from: an error of it is reported at the first that has a column. */
  protected madeFrom(field: string): readonly string[] {
    return [field];
  }

  /** A JSON Pointer to the column that a field, or what it is made from, stands in. */
  path(field: string): string {
    const from = this.madeFrom(field).find((one) => this.column(one as Field) !== undefined);
    return pointer((from && this.column(from as Field)) ?? field);
  }

  refuse(field: string, message: string): void {
    this.errors.push({ path: this.path(field), message });
  }

  read<T>(field: Field, reader: (cell: unknown) => Cell<T>): T | undefined {
    const column = this.column(field);
    return column === undefined ? undefined : this.readAt(column, reader);
  }

  protected readAt<T>(column: string, reader: (cell: unknown) => Cell<T>): T | undefined {
    const found = reader(this.source.cells[column]);
    if ("value" in found) return found.value;
    this.errors.push({ path: pointer(column), message: found.fault });
    return undefined;
  }

  text(field: Field): string | undefined {
    return this.read(field, text);
  }

  measure(field: NumberField): Measure | undefined {
    const sign = this.how.reading.decimals[field] ?? null;
    return this.read(field, (cell) => measure(cell, this.#fields.numbers[field]!, sign));
  }

  number(field: NumberField): number | undefined {
    return this.measure(field)?.number;
  }

  day(field: DateField): string | undefined {
    return this.read(field, (cell) => day(cell, this.#dated(field)));
  }

  moment(field: DateField): string | undefined {
    return this.read(field, (cell) => moment(cell, this.#dated(field)));
  }

  #dated(field: DateField) {
    return { order: this.how.reading.orders[field] ?? null, asOf: this.how.asOf };
  }
}

/** A JSON Pointer to a column. */
export const pointer = (column: string): string =>
  `/${column.slice(0, maxColumnName).toWellFormed().replaceAll("~", "~0").replaceAll("/", "~1")}`;
