import type { Claim } from "./claims.ts";
import { saysDay } from "./dates.ts";
import type { Evidence, FactRecord } from "./evidence.ts";
import { says, saysConverted } from "./rounding.ts";

/** What a claim was compared with, and whether it holds. */
export interface Judgement {
  readonly field: string | null;
  readonly record_value: unknown;
  readonly ok: boolean;
}

const sqftOfAcre = 43_560;
const sqftOfSqm = 10.763910416709722;

/** Compares a number with the field that it is about; with the record's texts where no field is, or it is empty. */
export function judged(claim: Claim, record: FactRecord, { claims }: Evidence): Judgement {
  const field = fieldOf(claim, record);
  const known = field === null ? null : (record[field as keyof FactRecord] ?? null);
  const said = claims.some((one) => isSame(one, claim));
  if (field === null) return { field, record_value: null, ok: said };
  if (known === null || (claim.partial && claim.value !== known))
    return { field, record_value: known, ok: said };
  // 1.75 may be a full bath and two parts of one.
  const isPart = claim.kind === "part_bathrooms" || claim.kind === "full_bathrooms";
  return { field, record_value: known, ok: holds(claim, known, record) || (isPart && said) };
}

function isSame(one: Claim, other: Claim): boolean {
  return one.kind === other.kind && one.value === other.value && one.to === other.to && one.of === other.of;
}

function fieldOf({ kind, context, value, hedge }: Claim, record: FactRecord): string | null {
  switch (kind) {
    case "bedrooms":
    case "postal_code":
      return kind;
    case "bathrooms":
    case "full_bathrooms":
    case "part_bathrooms":
      return "bathrooms";
    case "size_sqft":
      return record.property_type === "land" ? "lot_sqft" : kind;
    case "lot_sqft":
      return kind;
    case "price_band":
      return "price";
    case "money_per_sqft":
      return record.size_sqft && record.price ? "price" : null;
    case "money_per_acre":
      return record.lot_sqft && record.price ? "price" : null;
    case "money":
      return priceField(context, Number(value), hedge, record);
    case "year_built":
      return yearField(Number(value), context, record);
    case "date":
      return dateField(String(value), record);
    default:
      return null;
  }
}

/** Sums that no field holds: they are compared with the record's texts. */
const otherMoney =
  /\b(?:hoa|dues|tax|taxes|month|monthly|assessment|rebate|credit|deposit|rent|fee|utilities|upgrades|improvements|savings?|allowance|income|below|above|renovation|remodel)\b/;

function priceField(
  context: string,
  value: number,
  hedge: Claim["hedge"],
  record: FactRecord,
): string | null {
  const equal = (["price", "close_price", "original_price"] as const).find((one) => {
    const known = record[one];
    return typeof known === "number" && says(value, known, hedge);
  });
  if (/\b(?:sold|closed)\b/.test(context) && record.close_price != null) return "close_price";
  if (
    /\b(?:originally|original|reduced from|was|down from|listed|initially|first)\b/.test(context) &&
    record.original_price != null &&
    equal !== "price"
  )
    return "original_price";
  if (equal === "price") return equal;
  return otherMoney.test(context) && value < (record.price ?? 0) / 5 ? null : "price";
}

function yearField(value: number, context: string, record: FactRecord): string | null {
  const day = (["close_date", "listed_at", "contract_date"] as const).find((one) =>
    record[one]?.startsWith(String(value)),
  );
  if (day && /\b(?:sold|closed|listed|market|contract|sale)\b/.test(context)) return day;
  return "year_built";
}

const dateField = (said: string, record: FactRecord) =>
  (["listed_at", "close_date", "contract_date"] as const).find((one) => {
    const known = record[one];
    return typeof known === "string" && saysDay(said, known);
  }) ?? null;

function holds(claim: Claim, known: unknown, record: FactRecord): boolean {
  const { kind, value, hedge, of, to } = claim;
  if (typeof known === "string")
    return kind === "year_built"
      ? known.startsWith(String(value))
      : kind === "date" || known === String(value) || known.startsWith(`${value}-`);
  if (typeof known !== "number" || typeof value !== "number") return false;
  if (to !== undefined) return value <= known && known <= to && to <= value * 1.05;
  switch (kind) {
    case "full_bathrooms":
      return value === Math.floor(known);
    case "part_bathrooms":
      return value === 1 && partsFit(of, known % 1);
    case "year_built":
      if (of === "decade") return Math.floor(known / 10) * 10 === value;
      return value === known || (hedge === "about" && Math.abs(value - known) <= 2);
    case "price_band":
      return isInBand(value, known, of);
    case "money_per_sqft":
      return Math.round(value) === Math.round(known / record.size_sqft!);
    case "money_per_acre":
      return Math.round(value) === Math.round((known / record.lot_sqft!) * sqftOfAcre);
    case "lot_sqft":
    case "size_sqft":
      return areaHolds(claim, value, known);
    default:
      return says(value, known, hedge);
  }
}

const partsFit = (of: string, fraction: number) =>
  /three|3\/4/.test(of) ? fraction === 0.75 : /^quarter/.test(of) ? fraction === 0.25 : fraction === 0.5;

function areaHolds({ of, hedge, decimals }: Claim, value: number, known: number): boolean {
  if (of === "acre") return saysConverted(value, known / sqftOfAcre, decimals, hedge);
  if (of !== "sqm") return says(value, known, hedge);
  const metres = known / sqftOfSqm;
  return Math.abs(value - metres) <= 0.5 * 10 ** -(decimals ?? 0) || says(value, metres, hedge);
}

/** "High $700s": the upper third of 700,000 to 799,999; without a word all of it. */
function isInBand(said: number, known: number, of: string): boolean {
  const value = said < 10_000 ? said * 1000 : said;
  const width = value % 1_000_000 === 0 ? 1_000_000 : value % 100_000 === 0 ? 100_000 : 10_000;
  const [from, to] =
    of === "low" ? [0, 0.34] : /^mid/.test(of) ? [0.33, 0.67] : /high|upper/.test(of) ? [0.66, 1] : [0, 1];
  return known >= value + from * width && known < value + to * width;
}
