import { createHash } from "node:crypto";
import type { NewProperty } from "../../property.ts";
import { uuidv7 } from "../../uuid.ts";
import { sameAddress } from "./address.ts";

/** What makes a row the same record in every import: its id at the source, and the day it was sold. */
export interface Identity {
  readonly source: readonly string[];
  readonly sale_date: string | undefined;
}

const undated = "2000-01-01";

/**
 * The id of the property that a row is about: a UUIDv7 of its sale date whose random bits are a hash of brokerage
 * and identity. So the key is the identity: importing a row again finds its property, and a house sold twice is two.
 */
export function propertyId(brokerageId: string, { source, sale_date }: Identity): string {
  const hash = createHash("sha256").update(JSON.stringify([brokerageId, source, sale_date ?? null]));
  const at = Math.max(0, Date.parse(`${sale_date ?? undated}T00:00:00Z`));
  return uuidv7(new Date(at), hash.digest());
}

/** A row's identity: its source's key, else its address, else all that it says. */
export function identityOf(said: Partial<NewProperty>): Identity {
  const { source_system, source_key, address, postal_code, city, close_date } = said;
  const sale_date = close_date ?? undefined;
  if (source_key) return { source: ["key", source_system ?? "", source_key], sale_date };
  if (address)
    return {
      source: ["address", sameAddress(address), sameAddress(postal_code), sameAddress(city)],
      sale_date,
    };
  return { source: ["row", JSON.stringify(said)], sale_date };
}
