import { flatKm } from "./nearest.ts";
import type { Home } from "./sale.ts";

/** Sources round coordinates to five or six decimals. */
const sameSpotKm = 0.005;
/** One geocoder finds the roof, another the street or the middle of the block. */
const sameAddressKm = 0.5;
/** So near, an address in another spelling is known by its house number. */
const sameNumberKm = 0.05;
const tolerance = 0.01;
const flats: readonly unknown[] = ["condo", "multi_family", "other", undefined];

/**
 * Whether two records are of one home: by an address that both have, at about one place; by the house number and the
 * facts nearer by; or by the very spot and the facts. Flats share spots, and addresses that leave the unit out: they need
 * the number and the size.
 */
export function isSameHome(a: Home, b: Home): boolean {
  if (haveOtherAddresses(a, b)) return false;
  const [one, other] = [addressOf(a), addressOf(b)];
  const isFlat = flats.includes(a.property_type) || flats.includes(b.property_type);
  const km = flatKm(a, b);
  const sizesAgree = agree(a.size_sqft, b.size_sqft);
  if (one && one.plain === other?.plain) return km <= sameAddressKm && (!isFlat || sizesAgree);
  const alike = sizesAgree && sameFacts.every((fact) => agree(a[fact], b[fact]));
  if (one && other) return km <= sameNumberKm && one.unit === other.unit && alike;
  return km <= sameSpotKm && !isFlat && alike;
}

/** Houses of a row stand on one spot as coordinates go and differ in their lots. */
const sameFacts = ["year_built", "bedrooms", "lot_sqft"] as const;

/** Whether both have an address, and with other numbers: of the house, or of the unit where both say one. */
export function haveOtherAddresses(a: Home, b: Home): boolean {
  const [one, other] = [addressOf(a), addressOf(b)];
  if (!one || !other) return false;
  return one.house !== other.house || (one.unit ?? other.unit) !== (other.unit ?? one.unit);
}

/** Whether two records of one price can be one sale of one home: the same number, whatever the spelling, and size. */
export function haveSameNumbers(a: Home, b: Home): boolean {
  const known = addressOf(a) !== undefined && addressOf(b) !== undefined;
  return known && !haveOtherAddresses(a, b) && agree(a.size_sqft, b.size_sqft);
}

const agree = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined || Math.abs(a - b) <= tolerance * Math.max(Math.abs(a), Math.abs(b));

interface Address {
  /** Without case and punctuation. */
  readonly plain: string;
  readonly house: string;
  readonly unit: string | undefined;
}

/** The parts of an address; undefined for a key or a title that stands in the place of one. */
function addressOf({ address }: Home): Address | undefined {
  if (!address || !/\S\s+\S/.test(address)) return undefined;
  const lower = address.toLowerCase();
  const plain = lower.replace(/[^\p{L}\p{N}]+/gu, " ").trim();
  const house = /(?:^| )(\d{1,6}\p{L}?)(?= |$)/u.exec(plain)?.[1];
  const unit = /(?:#|\b(?:apt|apartment|unit|suite|ste|flat)\b\.?)\s*([\p{L}\p{N}]+)/u.exec(lower)?.[1];
  return house === undefined ? undefined : { plain, house, unit };
}
