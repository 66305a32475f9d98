import { domainToUnicode } from "node:url";
import * as z from "zod/mini";

// What the document shows of text and addresses: patterns that clients in any language compile, without \p{...} and look-around.
const control = "\\x00-\\x1f\\x7f-\\x9f";
const visible = `^[^\\S\\x0b\\x0c]*[^\\s${control}][^\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f]*$`;
/** A file's name: visible, without slashes and control characters. */
export const plainName = new RegExp(`^[^\\S${control}]*[^\\s${control}/\\\\][^${control}/\\\\]*$`);

const prose = z.regex(
  /^(?:[\n\r\t]|[^\p{Cc}\p{Cs}\uFFFD])*$/u,
  "must be well-formed text without control characters or U+FFFD",
);
const line = z.regex(
  /^(?:[\n\r\t]|[^\p{Cc}\p{Cs}\p{Bidi_Control}\uFFFD])*$/u,
  "must be well-formed text without control characters, direction marks or U+FFFD",
);
/** Longer text is prose, which needs marks of direction in some languages; in a name they only deceive. */
const longestLine = 1000;

/** No unpaired surrogates, which no pattern can say in every language. JSON that is exchanged has none (RFC 7493). */
export const wellFormed = z.check<string>(({ value, issues }) => {
  if (!value.isWellFormed())
    issues.push({ code: "custom", input: value, message: "must be well-formed text" });
});

/**
 * Text that a person wrote: 1 to `max` characters, at least one of them visible, no control characters. It is kept, and
 * compared, in Unicode's NFC.
 */
export function text(max: number, description?: string) {
  return z.string().check(
    z.minLength(1),
    z.maxLength(max),
    z.regex(/[^\s\p{Default_Ignorable_Code_Point}]/u, "must not be blank"),
    max > longestLine ? prose : line,
    z.meta({ pattern: visible }),
    ...(description ? [z.describe(description)] : []),
    z.normalize("NFC"),
    // Some characters are longer in NFC, and what is answered passes this schema too.
    z.maxLength(max, `must have at most ${max} characters in Unicode's NFC`),
  );
}

/** A record's id: UUIDv7, so ids sort by time. */
export const id = z
  .string()
  .check(
    z.regex(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
    z.meta({ format: "uuid", examples: ["019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f"] }),
  );

/** A moment: ISO 8601 in UTC with milliseconds, as answered. */
export const timestamp = z
  .string()
  .check(
    z.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
    z.meta({ format: "date-time", examples: ["2026-03-02T17:05:00.000Z"] }),
  );

/** A calendar day, YYYY-MM-DD. */
export const date = z.iso.date();

/** A moment in UTC as a caller writes it: with or without a fraction of a second. */
export const moment = (description: string) =>
  z.iso.datetime().check(z.maxLength(30), z.describe(description));

/** A moment as records carry it: in milliseconds, so that moments compare as text. */
export const instant = (moment: string): string => new Date(moment).toISOString();

const ignored = "\\p{Default_Ignorable_Code_Point}";
const letters = `\\p{L}\\p{M}\\p{Nd}${ignored}`;
const atom = `[${letters}!#$%&'*+/=?^_\`{|}~\\-]+`;
const label = `[${letters}](?:[${letters}\\-]{0,61}[${letters}])?`;
const lastLabel = `(?:[\\p{L}\\p{M}${ignored}]{2,63}|xn--[A-Za-z0-9\\-]{1,59})`;
const address = `${atom}(?:\\.${atom})*@(?:${label}\\.)+${lastLabel}`;
const isAddress = (pattern: string) => [
  z.maxLength(254),
  z.regex(new RegExp(`^${pattern}$`, "u"), "must be an email address"),
  z.meta({ pattern: "^[^@]+@[^@]+$" }),
];

/** An address as it is compared: NFKC, lower case, without characters of no width, its domain not in Punycode. */
function canonicalEmail(said: string): string {
  const plain = said
    .trim()
    .normalize("NFKC")
    .replace(/\p{Default_Ignorable_Code_Point}/gu, "")
    .toLowerCase();
  const [name, domain = ""] = plain.split("@");
  return `${name}@${domainToUnicode(domain) || domain}`.normalize("NFC");
}

/**
 * An email address. It is compared and kept in one form, so that two which only look different are one account: blanks
 * around it, case, the width of letters, characters of no width and Punycode make no other address.
 */
export const email = z.pipe(
  z.pipe(
    z.string().check(...isAddress(`\\s*${address}\\s*`), z.meta({ examples: ["agent@emerald.example"] })),
    z.transform(canonicalEmail),
  ),
  z.string().check(...isAddress(address)),
);

/** A brokerage's name in addresses: lower-case letters, digits and inner hyphens. */
export const slug = z
  .string()
  .check(
    z.minLength(2),
    z.maxLength(60),
    z.regex(/^[a-z0-9]+(-[a-z0-9]+)*$/, "must be lower-case letters, digits and single hyphens"),
    z.meta({ examples: ["emerald-city-realty"] }),
  );

/** A decimal number, kept to so many places: the table holds neither the tiniest nor the longest doubles. */
export function decimal(min: number, max: number, places: number, description: string) {
  const scale = 10 ** places;
  const rounded = z.transform((value: number) => Math.round(value * scale) / scale);
  const bounded = z.number().check(z.gte(min), z.lte(max), z.describe(description));
  return z.pipe(
    z.pipe(bounded, rounded),
    z.number().check(z.meta({ description, minimum: min, maximum: max })),
  );
}

/** An amount of money, kept to hundredths. */
export const amount = (description: string) => decimal(0.01, 1e12, 2, description);

/** A count from a query string, as the number it spells. */
export function queryInteger(min: number, max: number, description: string) {
  return z.pipe(
    z.pipe(z.string().check(z.regex(/^-?\d{1,15}$/, "must be a whole number")), z.transform(Number)),
    z.int().check(z.gte(min), z.lte(max), z.describe(description)),
  );
}

/** A decimal number from a query string, as the number it spells. */
export function queryNumber(min: number, max: number, description: string) {
  return z.pipe(
    z.pipe(
      z.string().check(z.regex(/^-?\d{1,15}(\.\d{1,8})?$/, "must be a decimal number")),
      z.transform(Number),
    ),
    z.number().check(z.gte(min), z.lte(max), z.describe(description)),
  );
}

/** A currency's code. */
export const currency = z
  .string()
  .check(z.regex(/^[A-Z]{3}$/), z.meta({ description: "ISO 4217", examples: ["USD"] }));

/** What every record shows of itself. */
export const recordFields = {
  id,
  version: z.int().check(z.gte(1), z.describe("Counts the record's writes; also the ETag")),
  created_at: timestamp,
  updated_at: timestamp,
};

/** What has changed since: a change carries the moment its request or job began, and may be written a minute later. */
export const updatedSince = z.optional(
  moment(
    "Changed at this time or later; sorts by updated_at by default. updated_at is when the change began: to keep a copy up to date, ask from two minutes before the latest updated_at you have",
  ),
);

/** The parameters that every list takes. */
export const listQuery = {
  limit: z._default(queryInteger(1, 100, "Items on a page"), 25),
  cursor: z.optional(
    z.string().check(
      z.minLength(1),
      z.maxLength(2000),
      z.meta({
        description: "next_cursor of the page before",
        pattern: "^[A-Za-z0-9_-]+$",
      }),
    ),
  ),
};

/** A page of a list. `next_cursor` is null on the last page; a page may be short while it is not. */
export function page<Item extends z.ZodMiniType>(item: Item) {
  return z.object({ items: z.array(item), next_cursor: z.nullable(z.string()) });
}

/** Applies a JSON merge patch (RFC 7396): null removes, objects merge, all else replaces. */
export function mergePatch<T extends object>(target: T, patch: object): T {
  const merged = { ...target } as Record<string, unknown>;
  for (const [name, value] of Object.entries(patch)) {
    if (value === undefined) continue;
    const before = merged[name];
    if (value === null) merged[name] = null;
    else if (isPlainObject(value)) merged[name] = mergePatch(isPlainObject(before) ? before : {}, value);
    else merged[name] = value;
  }
  return merged as T;
}

const isPlainObject = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value);
