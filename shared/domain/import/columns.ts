/** Characters that a column's name may have: a longer one is no field's. */
export const maxColumnName = 200;

/** What a header, or a mapping, may have: it is kept on the import. */
export const maxColumns = 500;
export const maxHeaderBytes = 32_000;

/** Which columns hold each field, and the columns that hold none. */
export interface Columns {
  /** The best column of a field. */
  readonly of: Readonly<Partial<Record<string, string>>>;
  /** All columns of a field that may have several, the best first. */
  readonly all: Readonly<Partial<Record<string, readonly string[]>>>;
  readonly ignored: readonly string[];
}

/** The caller's mapping of columns to fields; null ignores a column. */
export type Mapping = ReadonlyMap<string, string | null>;

/** A field that a column's name means; where several columns claim one field, the lower rank wins. */
export interface Claim {
  readonly field: string;
  readonly rank: number;
}

/** The names that a resource's columns go by. */
export interface ColumnNames {
  /** The field that a name means, which is written without case, blanks and punctuation. */
  fieldNamed(name: string): Claim | undefined;
  /** Fields of which a file may have several columns. */
  readonly repeated: ReadonlySet<string>;
  /** Whether objects within a JSON row hold columns, called `<object>.<member>`. */
  readonly isNested?: boolean;
}

/** A column's name without case, blanks, accents and punctuation; "MLS #" is the MLS number and "$/sqft" no area. */
export const bare = (name: string) =>
  name
    .normalize("NFKD")
    .toLowerCase()
    .replaceAll("#", "number")
    .replace(/[$€£] ?\//g, "per")
    .replace(/[^\p{L}\p{N}]/gu, "");

/** The field of each name in lists of names; the earlier of a list has the lower rank. */
export const claimsOf = (aliases: Readonly<Record<string, readonly string[]>>): ReadonlyMap<string, Claim> =>
  new Map(
    Object.entries(aliases).flatMap(([field, names]) =>
      names.map((name, rank) => [name, { field, rank }] as const),
    ),
  );

/** Finds the fields in a header: by the mapping, else by the column's name. */
export function columnsOf(
  header: readonly string[],
  mapping: Mapping,
  { fieldNamed, repeated }: ColumnNames,
): Columns {
  const found = new Map<string, { column: string; rank: number }[]>();
  for (const column of header) {
    if (column.length > maxColumnName) continue;
    const said = mapping.get(column);
    const claim = said ? { field: said, rank: -1 } : said === null ? undefined : fieldNamed(bare(column));
    if (!claim) continue;
    const { field, rank } = claim;
    found.set(field, [...(found.get(field) ?? []), { column, rank }]);
  }
  const ranked = [...found].map(([field, claims]) => {
    const columns = claims.sort((one, other) => one.rank - other.rank).map(({ column }) => column);
    return [field, repeated.has(field) ? columns : columns.slice(0, 1)] as const;
  });
  const used = new Set(ranked.flatMap(([, columns]) => columns));
  return {
    of: Object.fromEntries(ranked.map(([field, [best]]) => [field, best])),
    all: Object.fromEntries(ranked.filter(([field]) => repeated.has(field))),
    // A column without a name, as spreadsheets leave them at the end, is nothing that could be missed.
    ignored: header.filter((column) => column.trim() !== "" && !used.has(column)),
  };
}

/** Whether a first row is data: no name in it is known, and a cell of it is a number, a date, an id or an email. */
export function looksLikeData(header: readonly string[], { of }: Columns): boolean {
  return (
    Object.keys(of).length === 0 &&
    header.some(
      (cell) =>
        cell.length <= 100 &&
        /^[{$€£]?[\d.,/: -]*\d[\d.,/: -]*$|^\{?[\da-f-]{32,38}\}?$|^\S+@\S+\.\S+$/i.test(cell.trim()),
    )
  );
}

/** The first name that stands twice in a header, whatever its case; undefined when none does. */
export function twice(header: readonly string[]): string | undefined {
  const seen = new Set<string>();
  return header.find((column) => {
    const name = column.normalize("NFC").trim().toLowerCase();
    if (name === "" || !seen.has(name)) return void seen.add(name);
    return true;
  });
}
