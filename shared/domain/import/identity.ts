import { createHash } from "node:crypto";
import { uuidv7 } from "../uuid.ts";

/** What makes a row the same record in every import: its source's words for it, and the day it was sold. */
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
