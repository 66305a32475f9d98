import { createHash } from "node:crypto";
import { uuidv7 } from "../../uuid.ts";
import { nameKey } from "./names.ts";
import type { ClientRow, Source } from "./row.ts";

const hashed = (said: readonly unknown[]) => createHash("sha256").update(JSON.stringify(said));

/** A mark under which a client is looked up: a hash, so that no name or phone stands in a key. */
const mark = (...said: readonly unknown[]) => hashed(said).digest("base64url").slice(0, 22);

/** The mark of a client's id at its source. */
export const sourceMark = ({ system, key }: Source): string => mark("id", system, key);

/**
 * The marks under which imports know a client beside its emails: its id at the source, each phone with the name, and
 * for who has neither these nor an email all that the row says. They stay when the client is edited, so that the same
 * row finds it again.
 */
export function marksOf(row: ClientRow): string[] {
  const { source, emails, phones, called, name } = row;
  const ids = source ? [sourceMark(source)] : [];
  const numbers = phones.map((phone) => mark("phone", phone, name === undefined ? "" : nameKey(name)));
  if (ids.length + numbers.length + emails.length > 0) return [...ids, ...numbers];
  const { tags, lead_source, nurture_status, last_contacted_at, custom } = row;
  return [mark("row", called, tags, lead_source, nurture_status, last_contacted_at, custom)];
}

/** The id of the client that an import makes of a row: known again without any lookup. */
export const clientIdOf = (importId: string, row: number, at: Date): string =>
  uuidv7(at, hashed([importId, row]).digest());
