import { type Caller, decide } from "../domain/access.ts";
import { clientRecord, type StoredClient } from "../domain/client.ts";
import { Problem } from "../domain/problem.ts";
import { loadRecord } from "./records.ts";
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
