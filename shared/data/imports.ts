import type { StoredImport } from "../domain/import.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, StoredItem } from "./table.ts";

/** A property as it was before an import changed it, beside the import. */
export const beforeKey = (job: Key, propertyId: string): Key => ({ pk: job.pk, sk: `before#${propertyId}` });

/** Days that a file is kept, and with it the values before: as long as an import can be undone. */
const undoDays = 90;

/** The item that keeps a property's value before. */
export function beforeItem(jobKey: Key, { asked }: StoredImport, value: Item, now: Date): StoredItem {
  const until = new Date(now.getTime() + undoDays * 86_400_000);
  const key = beforeKey(jobKey, String(value.id));
  return withSchemaVersion("before", { ...key, value, written: asked, ttl: ttl(until) });
}
