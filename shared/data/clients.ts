import { type Caller, decide } from "../domain/access.ts";
import { clientRecord, emailsOf, type StoredClient } from "../domain/client.ts";
import { type Candidate, Problem } from "../domain/problem.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { loadRecord, lookupKey } from "./records.ts";
import type { TableReader } from "./table.ts";

/** A client whom the caller may read; throws 404 where there is none. */
export async function readableClient(
  table: TableReader,
  caller: Caller,
  id: string,
  now: Date,
): Promise<StoredClient> {
  const client = await loadRecord(table, clientRecord, caller.brokerage_id, id);
  if (!client || !decide(caller, "client:read", client, now).allowed)
    throw new Problem("not_found", "There is no such client, or you may not read it");
  return client;
}

/** Saves a client; where an email is another's, the problem names those with it whom the caller may read. */
export async function checkedSave<R>(
  table: TableReader,
  caller: Caller,
  client: StoredClient,
  now: Date,
  save: () => Promise<R>,
): Promise<R> {
  try {
    return await save();
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "duplicate") throw error;
    const candidates = await withEmailOf(table, caller, client, now);
    throw new Problem("duplicate", "Another client has the email", { candidates });
  }
}

/** The other clients with one of a client's emails whom the caller may read. */
async function withEmailOf(
  table: TableReader,
  caller: Caller,
  client: StoredClient,
  now: Date,
): Promise<Candidate[]> {
  const { brokerage_id, id } = client;
  const lookups = await table.getMany(
    emailsOf(client).map((email) => lookupKey(clientRecord, "email", email, brokerage_id)),
  );
  const ids = new Set(lookups.flatMap((lookup) => (lookup && lookup.id !== id ? [String(lookup.id)] : [])));
  if (ids.size === 0) return [];
  const items = await table.getMany([...ids].map((one) => recordKey(brokerage_id, clientRecord, one)));
  return items.flatMap((item) => {
    const found = aliveIn(clientRecord, item);
    return found && decide(caller, "client:read", found, now).allowed
      ? [{ id: found.id, name: found.name, matched_by: "email" as const }]
      : [];
  });
}
