import { flatKm } from "./nearest.ts";
import type { Home } from "./sale.ts";

/** Sources round coordinates to five or six decimals. */
const sameSpotKm = 0.005;
/** One geocoder finds the roof, another the street or the middle of the block. */
const sameAddressKm = 0.5;
const sizeTolerance = 0.01;
const flats: readonly unknown[] = ["condo", "multi_family", "other", undefined];

/**
 * Whether two records are of one home: by an address that both have, at about one place, or by the very spot and the
 * size. Flats share spots, and addresses that leave the unit out: they need the address and the size. Two addresses
 * with other numbers are two homes.
 */
export function isSameHome(a: Home, b: Home): boolean {
  if (haveOtherAddresses(a, b)) return false;
  const [one, other] = [streetAddress(a), streetAddress(b)];
  const isFlat = flats.includes(a.property_type) || flats.includes(b.property_type);
  const km = flatKm(a, b);
  const alike = agree(a.size_sqft, b.size_sqft);
  if (one !== undefined && one === other) return km <= sameAddressKm && (!isFlat || alike);
  return km <= sameSpotKm && !isFlat && alike && sameFacts.every((fact) => agree(a[fact], b[fact]));
}

/** Whether both have an address, and with other numbers: of the house or of the unit. */
export function haveOtherAddresses(a: Home, b: Home): boolean {
  const [one, other] = [streetAddress(a), streetAddress(b)];
  return one !== undefined && other !== undefined && numbersIn(one) !== numbersIn(other);
}

/** Houses of a row stand on one spot as coordinates go and differ in their lots. */
const sameFacts = ["year_built", "bedrooms", "lot_sqft"] as const;

const agree = (a: number | undefined, b: number | undefined) =>
  a === undefined || b === undefined || Math.abs(a - b) <= sizeTolerance * Math.max(Math.abs(a), Math.abs(b));

/** An address without case and punctuation; undefined for a key or a title that stands in the place of one. */
function streetAddress({ address }: Home): string | undefined {
  if (!address || !/\S\s+\S/.test(address)) return undefined;
  const plain = address
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return /(^| )\d{1,6}\p{L}?( |$)/u.test(plain) ? plain : undefined;
}

const numbersIn = (address: string) =>
  address
    .split(" ")
    .filter((word) => /\d/.test(word))
    .join(" ");
