import { clientRecord } from "../domain/client.ts";
import { importRecord, type StoredImport } from "../domain/import.ts";
import { recordKey } from "./record-item.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, StoredItem } from "./table.ts";

/** Days that a file is kept, and with it what an undo goes by: as long as an import can be undone. */
const undoDays = 90;
const undoneUntil = (now: Date) => ttl(new Date(now.getTime() + undoDays * 86_400_000));

const jobKey = ({ brokerage_id, id }: StoredImport): Key => recordKey(brokerage_id, importRecord, id);

/** A property as it was before an import changed it, beside the import. */
export const beforeKey = (job: StoredImport, propertyId: string): Key => ({
  pk: jobKey(job).pk,
  sk: `before#${propertyId}`,
});

/** The item that keeps a property's value before. */
export const beforeItem = (job: StoredImport, value: Item, now: Date): StoredItem =>
  withSchemaVersion("before", {
    ...beforeKey(job, String(value.id)),
    value,
    written: job.asked,
    ttl: undoneUntil(now),
  });

/** What the former values of a client begin with: they stand beside the client, so that they end with it. */
export const beforePrefix = "before#";

/** A client as it was before an import changed it, beside the client. */
export const clientBeforeKey = ({ brokerage_id, id }: StoredImport, clientId: string): Key => ({
  pk: recordKey(brokerage_id, clientRecord, clientId).pk,
  sk: `${beforePrefix}${id}`,
});

/** The item that keeps a client's value before. */
export const clientBeforeItem = (job: StoredImport, value: Item, now: Date): StoredItem =>
  withSchemaVersion("clientBefore", {
    ...clientBeforeKey(job, String(value.id)),
    value,
    written: job.asked,
    ttl: undoneUntil(now),
  });

/** The row of an import that first changed a client, beside the import: the client may be found by nothing else later. */
export const changedByKey = (job: StoredImport, row: number): Key => ({
  pk: jobKey(job).pk,
  sk: `row#${row}`,
});

/** The item that says which client a row changed. */
export const changedByItem = (job: StoredImport, row: number, clientId: string, now: Date): StoredItem =>
  withSchemaVersion("importRow", {
    ...changedByKey(job, row),
    client_id: clientId,
    written: job.asked,
    ttl: undoneUntil(now),
  });
