import type { InputError } from "../../problem.ts";
import { CellReader } from "../cells.ts";
import { bare, type Columns } from "../columns.ts";
import { type Cell, text } from "../values.ts";
import type { Field } from "./columns.ts";

/**
 * Reads the cells of a row about a client. Its errors quote no cell: they stay with the import, longer than the person
 * may wish.
 */
export class ClientCells extends CellReader<string, string, string> {
  protected override madeFrom(field: string): readonly string[] {
    return field === "name" ? ["name", "last_name", "first_name", "company"] : [field];
  }

  /** The errors, the first of each column. */
  told(): InputError[] {
    return this.errors
      .filter(({ path }, at) => this.errors.findIndex((one) => one.path === path) === at)
      .map(({ path, message }) => ({ path, message: message.replace(/(,? not|:) ".*"$/su, "") }));
  }

  /** What every column of a field says, the best first; of emails and phones what Google marks as preferred. */
  each<T>(field: Field, reader: (cell: unknown) => Cell<T>): T[] {
    return columnsIn(this.source.columns, field)
      .map(({ column, label }) => ({ column, said: label === undefined ? "" : this.#label(label) }))
      .filter(({ said }) => !/\bfax\b/i.test(said))
      .sort((one, other) => Number(other.said.startsWith("*")) - Number(one.said.startsWith("*")))
      .flatMap(({ column }) => {
        const value = this.readAt(column, reader);
        return value === undefined ? [] : [value];
      });
  }

  #label(column: string): string {
    const said = text(this.source.cells[column]);
    return ("value" in said && said.value) || "";
  }
}

interface Labelled {
  readonly column: string;
  /** The column that says of which kind it is. */
  readonly label: string | undefined;
}

/** Which column is labelled by which, found once for all rows of the same columns. */
const labelled = new WeakMap<Columns, Map<Field, Labelled[]>>();

function columnsIn(columns: Columns, field: Field): readonly Labelled[] {
  const known = labelled.get(columns) ?? new Map<Field, Labelled[]>();
  labelled.set(columns, known);
  const found = known.get(field);
  if (found) return found;
  const labels = new Map((columns.all.label ?? []).map((column) => [bare(column), column]));
  const all = (columns.all[field] ?? []).map((column) => {
    const name = bare(column).replace(/(address|value)$/, "");
    return { column, label: labels.get(`${name}label`) ?? labels.get(`${name}type`) };
  });
  known.set(field, all);
  return all;
}
