import { type Caller, decide } from "../domain/access.ts";
import { clientRecord } from "../domain/client.ts";
import { invalidInput } from "../domain/problem.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { StoredTask } from "../domain/task.ts";
import { loadRecord } from "./records.ts";
import type { TableReader } from "./table.ts";

/** Checks that the caller may read the property and the client that a task is about. Throws 400. */
export async function checkTaskLinks(
  table: TableReader,
  caller: Caller,
  { property_id, client_id }: Partial<Pick<StoredTask, "property_id" | "client_id">>,
  now: Date,
): Promise<void> {
  const { brokerage_id } = caller;
  const [property, client] = await Promise.all([
    property_id ? loadRecord(table, propertyRecord, brokerage_id, property_id) : undefined,
    client_id ? loadRecord(table, clientRecord, brokerage_id, client_id) : undefined,
  ]);
  if (property_id && !(property && decide(caller, "property:read", property, now).allowed))
    throw invalidInput("/property_id", "must be a property that you may read");
  if (client_id && !(client && decide(caller, "client:read", client, now).allowed))
    throw invalidInput("/client_id", "must be a client whom you may read");
}
