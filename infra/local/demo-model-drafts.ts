// biome-ignore lint/suspicious/noExplicitAny: JSON of records and schemas, of which only known fields are used.
export type Json = any;

/** Begins every text, so that nobody takes it for a model's. */
export const scripted = "(scripted demo, no model)";

/** The JSON that a text holds: in a fenced block, or from its first brace to its last. */
export function recordIn(text: string): Json {
  const fenced = [...text.matchAll(/```\w*\s*\n([\s\S]*?)```/g)].map(([, inside]) => inside!);
  const braces = text.slice(text.indexOf("{"), text.lastIndexOf("}") + 1);
  for (const candidate of [...fenced, text, braces])
    try {
      const value = JSON.parse(candidate);
      if (typeof value === "object" && value !== null) return value;
    } catch {
      // Not that one.
    }
  return undefined;
}

export interface Draft {
  readonly text: string;
  readonly subject?: string;
}

/** A draft with the facts of a record and no others: a market analysis, a listing, or a client to write to. */
export function describeRecord(sent: Json, asked: string): Draft {
  const analysis = withField(sent, "suggested_price");
  if (analysis) return { text: join(analysisFacts(analysis)) };
  const listing = withField(sent, "property_type");
  if (listing) {
    const facts = listingFacts(listing);
    return { text: join(/"?\bsocial\b"?/.test(asked) ? facts.slice(0, 2) : facts) };
  }
  const client = withField(sent, "name");
  if (client)
    return {
      subject: `${scripted} Following up`,
      text: join([`Hello ${client.name},`, "thank you for your time. Tell me when it suits you to talk."]),
    };
  return { text: join(["I was sent nothing to write about."]) };
}

const join = (sentences: readonly string[]) => [scripted, ...sentences].join(" ");

/** The object, at most three levels deep, that has a field. */
function withField(value: Json, field: string, levels = 3): Json {
  if (typeof value !== "object" || value === null) return undefined;
  if (value[field] !== undefined && value[field] !== null) return value;
  if (levels === 0) return undefined;
  return Object.values(value)
    .map((one) => withField(one, field, levels - 1))
    .find((found) => found !== undefined);
}

const number = (value: number) => value.toLocaleString("en-US");
const money = (value: number, currency = "USD") =>
  value.toLocaleString("en-US", { style: "currency", currency, maximumFractionDigits: 0 });
const plural = (count: number, one: string) => `${count} ${one}${count === 1 ? "" : "s"}`;

function listingFacts(record: Json): string[] {
  const {
    title,
    property_type,
    bedrooms,
    bathrooms,
    size_sqft,
    lot_sqft,
    year_built,
    city,
    price,
    currency,
  } = record;
  const rooms = [
    ...(bedrooms ? [plural(bedrooms, "bedroom")] : []),
    ...(bathrooms ? [plural(bathrooms, "bathroom")] : []),
  ].join(" and ");
  return [
    title ? `${title}.` : `A ${String(property_type).replace("_", "-")}.`,
    ...(rooms ? [`It has ${rooms}.`] : []),
    ...(size_sqft ? [`Living area: ${number(size_sqft)} square feet.`] : []),
    ...(lot_sqft ? [`Lot: ${number(lot_sqft)} square feet.`] : []),
    ...(year_built ? [`Built in ${year_built}.`] : []),
    ...(city ? [`In ${city}.`] : []),
    ...(price ? [`Offered at ${money(price, currency)}.`] : []),
  ];
}

function analysisFacts({ suggested_price, price_range, currency }: Json): string[] {
  return [
    `The suggested price is ${money(suggested_price, currency)}.`,
    ...(price_range
      ? [
          `The likely range is from ${money(price_range.low, currency)} to ${money(price_range.high, currency)}.`,
        ]
      : []),
  ];
}
