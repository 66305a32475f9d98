import { type Caller, decide } from "../domain/access.ts";
import { clientRecord, emailsOf, phonesOf, type StoredClient } from "../domain/client.ts";
import { type Candidate, Problem } from "../domain/problem.ts";
import { nameWord, phoneWord } from "../domain/words.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { lookupKey } from "./records.ts";
import { idsWith } from "./search.ts";
import type { TableQuerier, TableReader } from "./table.ts";

/** Who asks, and when: of the clients that are known, a problem names those whom they may read. */
interface Asked {
  readonly caller: Caller;
  readonly now: Date;
}

/**
 * Throws 409 `duplicate` where the brokerage knows another client of a phone of this one, or of the same name. One Query
 * for the name and for each phone; they find a client some seconds after it was written.
 */
export async function checkUnknown(table: TableQuerier, client: StoredClient, asked: Asked): Promise<void> {
  const words = [nameWord(client.name), ...phonesOf(client).map(phoneWord)].filter((word) => word !== "=");
  const ids = await Promise.all(words.map((word) => idsWith(table, client.brokerage_id, clientRecord, word)));
  const known = (await others(table, client, ids.flat())).filter((one) => matchOf(one, client));
  if (known.length === 0) return;
  const named = await withEmailOf(table, client);
  throw duplicate(
    "There is a client of this phone or name: allow_duplicate=true adds another",
    [...named, ...known.filter(({ id }) => !named.some((one) => one.id === id))],
    client,
    asked,
  );
}

/** Saves a client. Throws 409 `duplicate` where an email is another's. */
export async function saveUnique<R>(
  table: TableReader,
  client: StoredClient,
  asked: Asked,
  save: () => Promise<R>,
): Promise<R> {
  try {
    return await save();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "duplicate") throw error;
    throw duplicate("Another client has the email", await withEmailOf(table, client), client, asked);
  }
}

function duplicate(
  detail: string,
  known: readonly StoredClient[],
  client: StoredClient,
  { caller, now }: Asked,
): Problem {
  const candidates = known
    .filter((one) => decide(caller, "client:read", one, now).allowed)
    .map(({ id, name, ...one }) => ({ id, name, matched_by: matchOf({ name, ...one }, client) ?? "email" }));
  return new Problem("duplicate", detail, { candidates });
}

type Matched = Pick<StoredClient, "name" | "email" | "more_emails" | "phone" | "more_phones">;

/** What tells most that two clients are one person; undefined where nothing does. */
function matchOf(one: Matched, other: Matched): Candidate["matched_by"] | undefined {
  const share = (valuesOf: (client: Matched) => readonly string[]) =>
    valuesOf(one).some((value) => valuesOf(other).includes(value));
  if (share(emailsOf)) return "email";
  if (share(phonesOf)) return "phone";
  return nameWord(one.name) === nameWord(other.name) ? "name" : undefined;
}

/** The other clients that have an email of one. */
async function withEmailOf(table: TableReader, client: StoredClient): Promise<StoredClient[]> {
  const lookups = await table.getMany(
    emailsOf(client).map((email) => lookupKey(clientRecord, "email", email, client.brokerage_id)),
  );
  return others(
    table,
    client,
    lookups.flatMap((lookup) => (lookup ? [String(lookup.id)] : [])),
  );
}

/** The clients of some ids, other than one, that are neither deleted nor merged into others. */
async function others(
  table: TableReader,
  { brokerage_id, id }: StoredClient,
  ids: readonly string[],
): Promise<StoredClient[]> {
  const found = [...new Set(ids)].filter((one) => one !== id).slice(0, mostCompared);
  const items = await table.getMany(found.map((one) => recordKey(brokerage_id, clientRecord, one)));
  return items
    .flatMap((item) => aliveIn(clientRecord, item) ?? [])
    .filter(({ merged_into }) => merged_into === null);
}

/** How many clients of the same phones and name are compared: as many as one request may read. */
const mostCompared = 100;
