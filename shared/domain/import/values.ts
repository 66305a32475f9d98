/** The value of a cell, or why it cannot be used. */
export type Cell<T> = { readonly value: T | undefined } | { readonly fault: string };

const absent = new Set(["", "n/a", "na", "nan", "null", "none", "-", "--"]);

/** Marks that pages and spreadsheets leave around copied text: directions, and blanks of no width. */
const leftovers = /[\u200b\u2060\ufeff\p{Bidi_Control}]/gu;

const ascii = /^[\t\n\r -~]*$/;

/** A cell as text in NFC; nothing where it stands for "not known". */
export function text(cell: unknown): Cell<string> {
  if (cell === undefined || cell === null) return { value: undefined };
  if (typeof cell === "object") return { fault: "must be a plain value" };
  const said = String(cell);
  // Most cells are ASCII, and there are millions of them.
  const plain = ascii.test(said) ? said : said.replace(leftovers, "").normalize("NFC");
  const trimmed = plain.trim();
  if (trimmed.includes("\uFFFD")) return { fault: "is not UTF-8" };
  return { value: absent.has(trimmed.toLowerCase()) ? undefined : trimmed };
}

/** Reads a cell's text; undefined for an empty cell. */
export function readText<T>(cell: unknown, read: (said: string) => Cell<T>): Cell<T> {
  const said = text(cell);
  if ("fault" in said) return said;
  return said.value === undefined ? { value: undefined } : read(said.value);
}

/** A cell as messages quote it. */
export const quoted = (said: string) => JSON.stringify(said.length > 40 ? `${said.slice(0, 40)}…` : said);

/**
 * The key that a source gives a row. A spreadsheet writes long ones as 4.0125E+11, which stands for many, and whole
 * ones as 123.0, which is 123.
 */
export function key(cell: unknown): Cell<string> {
  if (typeof cell === "number" && !Number.isSafeInteger(cell))
    return { fault: "is a number that lost digits: write the key as text" };
  return readText(cell, (said) => {
    if (/^\d(?:[.,]\d+)?e\+\d{1,3}$|^\d[.,]\d+e\d{1,3}$/i.test(said.slice(0, 60)))
      return {
        fault: `is a key that a spreadsheet has shortened, ${quoted(said)}: format the column as text`,
      };
    return { value: said.replace(whole, "$1") };
  });
}

/** Text that may be a number to a spreadsheet, such as a postcode: 601.0 is 601. */
export const digits = (cell: unknown): Cell<string> =>
  readText(cell, (said) => ({ value: said.replace(whole, "$1") }));
const whole = /^(\d{1,40})\.0{1,10}$/;

/** Yes or no, as files say it. */
export const yesOrNo = (cell: unknown): Cell<boolean> =>
  readText(cell, (said) => {
    const [word = ""] = /^(y|yes|true|t|1|n|no|false|f|0)$/i.exec(said) ?? [];
    return word ? { value: /^[yt1]/i.test(word) } : { fault: `must be yes or no, not ${quoted(said)}` };
  });

/** A country's code from its code or its name in English. */
export const country = (cell: unknown): Cell<string> =>
  readText(cell, (said) => {
    const name = said.toUpperCase();
    return {
      value: otherCountries.get(name) ?? (name.length === 2 ? name : (namedCountries().get(name) ?? said)),
    };
  });

const otherCountries = new Map([
  ...["USA", "U.S.A.", "U.S.", "UNITED STATES OF AMERICA"].map((name) => [name, "US"] as const),
  ...["UK", "GREAT BRITAIN", "ENGLAND", "SCOTLAND", "WALES"].map((name) => [name, "GB"] as const),
]);

let countries: ReadonlyMap<string, string> | undefined;
function namedCountries(): ReadonlyMap<string, string> {
  const names = new Intl.DisplayNames("en", { type: "region", fallback: "none" });
  const letters = Array.from({ length: 26 }, (_, at) => String.fromCharCode(65 + at));
  countries ??= new Map(
    letters.flatMap((first) =>
      letters.flatMap((second) => {
        const name = names.of(first + second);
        return name ? [[name.toUpperCase(), first + second] as const] : [];
      }),
    ),
  );
  return countries;
}
