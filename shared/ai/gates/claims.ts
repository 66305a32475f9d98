import { datesIn, harmlessSpans } from "./dates.ts";
import type { Span } from "./finding.ts";
import { type NumberSaid, numbersIn } from "./numbers.ts";
import { leveled, overlap } from "./reading.ts";
import { type Hedge, hedgeAt } from "./rounding.ts";

/** What a number in a listing text is about. */
export type Kind =
  | "bedrooms"
  | "bathrooms"
  | "full_bathrooms"
  | "part_bathrooms"
  | "size_sqft"
  | "lot_sqft"
  | "area"
  | "year_built"
  | "money"
  | "price_band"
  | "money_per_sqft"
  | "money_per_acre"
  | "postal_code"
  | "date"
  | "count";

/** A number that a text claims. */
export interface Claim {
  readonly kind: Kind;
  readonly span: Span;
  readonly value: number | string;
  /** The other end of a range. */
  readonly to?: number;
  readonly hedge: Hedge;
  readonly decimals?: number | undefined;
  /** The unit that it is printed in, or the noun that it counts, in the singular. */
  readonly of: string;
  /** Only part of what there is: two bedrooms upstairs. */
  readonly partial?: true;
  /** The words around it, small. */
  readonly context: string;
}

/** Words that part a number from a noun: two baths and bedrooms counts no bedrooms. */
const parting =
  "bedroom|bedrooms|bed|beds|br|one|two|three|four|five|six|seven|and|with|bath|baths|bathroom|bathrooms|full|car|sq|square|feet|foot|acre|acres|story|stories|level|levels|minutes|blocks|miles|in|on|of|the|at|to|from|or|is|are|was|plus|has|have|by|for";
const adjectives = `(?:(?!(?:${parting})\\b)[a-z'-]+,?\\s){0,3}?`;
const units: readonly (readonly [Kind, string, RegExp])[] = [
  [
    "area",
    "sqft lot",
    /^[\s-]*(?:sq(?:uare)?\.?[\s-]*(?:ft|feet|foot)\.?|sqft|sf|ft²|ft2)[\s-]+(?:[a-z-]+\s)?(?:lot|parcel|homesite|yard|grounds|site|land)\b/i,
  ],
  ["area", "sqft", /^[\s-]*(?:sq(?:uare)?\.?[\s-]*(?:ft|feet|foot|footage)\b\.?|sqft\b|sq'|sf\b|ft²|ft2\b)/i],
  ["area", "sqm", /^[\s-]*(?:sq(?:uare)?\.?[\s-]*(?:m|met(?:er|re)s?)\b|sqm\b|m²|m2\b)/i],
  ["lot_sqft", "acre", new RegExp(`^[\\s-]*(?:of an |an )?${adjectives}(?:acres?|ac)\\b`, "i")],
  ["full_bathrooms", "full bath", /^[\s-]*full(?:[\s-]+(?:and|bath)|\s*[,/])/i],
  ["bathrooms", "bath", new RegExp(`^[\\s-]*${adjectives}(?:bathrooms?|baths?|ba)\\b`, "i")],
  ["bedrooms", "bedroom", new RegExp(`^[\\s-]*${adjectives}(?:bedrooms?|bdrms?|beds?|brs?|bds?)\\b`, "i")],
];
const part =
  /^\s*(?:(?:are |is )?(?:upstairs|downstairs|up|down|above|below|on (?:the|one|each)|in (?:the|each)|off|per unit|units?|apartments?)\b|\/)/i;
const partBefore =
  /\b(?:additional|other|more|remaining|another|further|upstairs|secondary|guest|extra|of the)\s*$/i;

/** A half bath, two three-quarter baths: its number word is no part of "three-quarter". */
const partBath =
  /(?<![\w-])(?:(an?|one|1|two|2)[\s-]+)?((?:three|3)[\s-]quarter|3\/4|half|quarter)[\s-]+(?:baths?|bathrooms?)\b|(?<![\w-])(?:(an?|one|1|two|2)\s)?(powder)\s(?:bath|room)\b/gi;
const phone = /(?<!\d)(?:\+?1[ .-]?)?\(?\d{3}\)?[ .-]\d{3}[ .-]\d{4}(?!\d)/g;

/** The numbers that a text claims, in its order; times of appointments and phrases such as 24/7 are none. */
export function claimsIn(text: string): Claim[] {
  const plain = leveled(text);
  const harmless = harmlessSpans(plain);
  const dates = datesIn(plain);
  const phones = [...plain.matchAll(phone)];
  const partBaths = [...plain.matchAll(partBath)].filter(
    ({ 0: said, index }) =>
      !/^\d[\s-]3\/4/.test(said) &&
      !/(?:\d|one|two|three|four|five|six|seven)[\s-]and[\s-]$/i.test(
        plain.slice(Math.max(0, index - 12), index),
      ),
  );
  const phoneSpans = phones.map(({ 0: said, index }): Span => [index, index + said.length]);
  const partSpans = partBaths.map(({ 0: said, index }): Span => [index, index + said.length]);
  const skip = [...harmless, ...phoneSpans, ...partSpans, ...dates.map(({ span }) => span)];
  const numbers = numbersIn(text).filter(({ span }) => !skip.some((one) => overlap(one, span)));
  const claims: Claim[] = dates
    .filter(({ span }) => !harmless.some((one) => overlap(one, span)))
    .map(({ span, value }) => ({ kind: "date", span, value, hedge: "exact", of: "", context: "" }));
  for (const { 0: said, 1: one, 2: part, 3: other, index } of partBaths)
    claims.push({
      ...{ kind: "part_bathrooms", span: [index, index + said.length], hedge: "exact", context: "" },
      value: /two|2/i.test(one ?? other ?? "") ? 2 : 1,
      of: (part ?? "half").toLowerCase(),
    });
  for (const span of phoneSpans) {
    const value = plain.slice(...span).replace(/\D/g, "");
    claims.push({ kind: "count", span, value, hedge: "exact", of: "phone", context: "" });
  }
  for (let at = 0; at < numbers.length; at++) {
    const number = numbers[at]!;
    const next = numbers[at + 1];
    const ranged = next !== undefined && isRange(plain, number, next);
    if (ranged) at++;
    const claim = claimOf(plain, number, ranged ? next : undefined);
    if (claim) claims.push(claim);
  }
  return claims.sort((one, other) => one.span[0] - other.span[0]);
}

const isRange = (text: string, one: NumberSaid, other: NumberSaid): boolean => {
  const between = text.slice(one.span[1], other.span[0]);
  return /^\s?(?:-|to|through)\s?\$?$/.test(between) && !one.ordinal && !other.ordinal;
};

function claimOf(text: string, number: NumberSaid, end: NumberSaid | undefined): Claim | undefined {
  const last = end ?? number;
  const start = number.span[0];
  const after = text.slice(last.span[1], last.span[1] + 60);
  const before = text.slice(Math.max(0, start - 60), start);
  const hedge = hedgeAt(text, [start, last.span[1]]);
  const context = `${before} ${after}`.toLowerCase();
  const base = {
    value: number.value,
    ...(end ? { to: scaled(end, number) } : {}),
    ...{ hedge, decimals: number.decimals, context },
  };
  const claim = (kind: Kind, length: number, of: string, more: Partial<Claim> = {}): Claim => ({
    ...{ kind, span: [start, last.span[1] + length] as const, of },
    ...base,
    ...more,
  });

  const band = /^'?s\b/.exec(after);
  if (number.money) {
    if (band) return claim("price_band", band[0].length, bandOf(before));
    const per = /^\s?(?:\/|per |a )\s?(?:sq|square)[\s.]*(?:ft|foot|feet)\.?/i.exec(after);
    const perAcre = /^\s?(?:\/|per |an )\s?acre\b/i.exec(after);
    if (perAcre) return claim("money_per_acre", perAcre[0].length, "");
    return per ? claim("money_per_sqft", per[0].length, "") : claim("money", 0, "");
  }
  if (number.ordinal) return ordinalOf(text, number) ? claim("count", 0, "ordinal street") : undefined;
  for (const [kind, of, pattern] of units) {
    const unit = pattern.exec(after);
    if (!unit) continue;
    const rest = after.slice(unit[0].length);
    if (kind === "area") return areaOf(claim, unit[0], of, before, rest);
    const partial =
      kind === "bedrooms" || kind === "bathrooms" ? part.test(rest) || partBefore.test(before) : false;
    return claim(kind, unit[0].trimEnd().length, of, partial ? { partial: true } : {});
  }
  // "Under 900 sq ft (896)" gives the same thing again.
  if (/(?:sq\.? ?ft\.?|square feet)\s?\($/i.test(before) && after.startsWith(")"))
    return claim("size_sqft", 0, "sqft");
  if (/^\s?dollars\b/i.test(after)) return claim("money", 0, "");
  if (/\b(?:bedrooms?|beds?|br)\s*[:=]\s*$/i.test(before)) return claim("bedrooms", 0, "bedroom");
  if (/\b(?:bathrooms?|baths?|ba)\s*[:=]\s*$/i.test(before)) return claim("bathrooms", 0, "bath");
  if (
    /\b(?:sq\.? ?ft\.?|square f(?:ee|oo)t(?:age)?|sqft|living area|size)\s*(?:of\s*)?[:=]?\s*$/i.test(
      before,
    ) &&
    number.value >= 100
  )
    return claim("size_sqft", 0, "sqft");
  const money =
    /\b(?:price|priced(?: to sell)? at|asking(?: price)?(?: of)?|listed (?:at|for)|offered (?:at|for)|sold for|price of)\s*(?:is |of |:\s*)?(?:\w+\s)?$/i;
  if (number.value >= 1000 && (money.test(before) || number.unit >= 1000) && !isYear(number, text))
    return claim("money", 0, "");
  if (isYear(number, text) && !band) return claim("year_built", 0, "");
  if (band && number.value >= 1600 && number.value <= 2200)
    return claim("year_built", band[0].length, "decade");
  if (/^\d{5}$/.test(text.slice(...number.span)) && /(?:\b[A-Z]{2}|,)\s$/.test(before))
    return claim("postal_code", 0, "", { value: text.slice(...number.span) });
  return countOf(claim, number, after);
}

/** A range's end: in 1.2-1.4 million and $700-750K its unit is both ends'. */
const scaled = (end: NumberSaid, _start: NumberSaid): number => end.value;

function areaOf(
  claim: (kind: Kind, length: number, of: string, more?: Partial<Claim>) => Claim,
  unit: string,
  of: string,
  before: string,
  rest: string,
): Claim {
  const length = unit.trimEnd().length;
  const isLot =
    of === "sqft lot" ||
    /^\s*(?:of (?:land|grounds|yard)|(?:level |corner |flat |fenced |double |private |park-like )?(?:lot|parcel|site|homesite))\b/i.test(
      rest,
    ) ||
    /\b(?:lot|parcel|homesite|land)(?: size)?\s*(?:of|is|:|measures|spans|measuring|totals?)?\s*(?:about|approximately|nearly|over|just over|roughly|almost|~)?\s*(?:a\s)?$/i.test(
      before,
    );
  if (isLot) return claim("lot_sqft", length, of === "sqm" ? "sqm" : "sqft");
  const other =
    /^\s+(?:[a-z-]+\s)?(?:deck|patio|garage|basement|suite|shop|workshop|adu|dadu|cottage|studio|barn|porch|terrace|balcony|loft|unit|bedroom|bathroom|kitchen|office|room|rooftop|attic|addition|storage|guest|detached|pool|outbuilding)\b/i.exec(
      rest,
    );
  if (other) return claim("area", length + other[0].length, `${of} ${other[0].trim().toLowerCase()}`);
  return claim("size_sqft", length, of);
}

const bandOf = (before: string): string =>
  /\b(low|mid|middle|high|upper)[\s-]*(?:the\s)?$/i.exec(before)?.[1]?.toLowerCase() ?? "all";

const isYear = ({ value, decimals, money, percent, span }: NumberSaid, text: string): boolean =>
  !money &&
  !percent &&
  value >= 1600 &&
  value <= 2200 &&
  Number.isInteger(value) &&
  (decimals ?? 0) === 0 &&
  !text.slice(...span).includes(",") &&
  !/^\d{4}\w/.test(text.slice(span[0], span[1] + 1));

/** 5th Avenue is a place and no number of anything; it is looked up like one. 2nd floor says where. */
const ordinalOf = (text: string, { span }: NumberSaid): boolean =>
  /^\s(?:[A-Z]\w*\s)?(?:Street|St|Avenue|Ave|Place|Pl|Court|Ct|Drive|Dr|Way)\b/.test(text.slice(span[1]));

function countOf(
  claim: (kind: Kind, length: number, of: string, more?: Partial<Claim>) => Claim,
  number: NumberSaid,
  after: string,
): Claim | undefined {
  const noun = /^(?:[\s-]+((?!(?:and|or|of|to|in|on|the|a|at|is|with)\b)[a-z²]+))?/i.exec(after)!;
  const word = noun[1]?.toLowerCase() ?? "";
  if (
    number.inWords &&
    number.value === 1 &&
    !/^(?:car|story|level|storey|acre|block|mile|minute|hour|fireplace|parking|year|garage)/.test(word)
  )
    return undefined;
  if (number.inWords && /^(?:tone|toned|fold|sided|point)$/.test(word)) return undefined;
  if (number.value < 1 && number.inWords) return undefined;
  return claim("count", noun[0].length, number.percent ? "%" : word.replace(/ies$/, "y").replace(/s$/, ""));
}
