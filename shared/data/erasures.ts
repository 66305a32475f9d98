import type { Guarded } from "../domain/access.ts";
import { checkNotMerged, clientRecord, idsOf, type StoredClient } from "../domain/client.ts";
import { erasingAgain, erasureRecord, newErasure, type StoredErasure } from "../domain/erasure.ts";
import type { Invocation } from "../domain/invocation.ts";
import { mergeRecord } from "../domain/merge.ts";
import type { Owned } from "../domain/ownership.ts";
import { jobTask, taskRecord } from "../domain/task.ts";
import { aliveIn, fromItem, isAlive, recordKey } from "./record-item.ts";
import { changeRecord, createRecord, eraseRecord, orConflict } from "./records.ts";
import type { Item, PutWrite, TableReader } from "./table.ts";

/** A client that is to be erased, deleted or not; or its erasure, once that has begun. */
export interface Erasable extends Pick<Guarded, "owner_user_id" | "team_id" | "shares"> {
  readonly client?: StoredClient | undefined;
  readonly isDeleted: boolean;
  readonly erasure?: StoredErasure | undefined;
}

/** Reads it; undefined where there is neither. */
export async function loadErasable(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<Erasable | undefined> {
  const keys = [clientRecord, erasureRecord].map((type) => recordKey(brokerageId, type, id));
  const [item, erasing] = await table.getMany(keys);
  const erasure = aliveIn(erasureRecord, erasing);
  if (erasure) return { erasure, isDeleted: true };
  if (!item || item.erased_at) return undefined;
  const client = fromItem(clientRecord, item);
  const { owner_user_id, team_id, shares } = client;
  return { client, isDeleted: !isAlive(item), owner_user_id, team_id, shares };
}

/** Begins an erasure that failed anew; nothing to write where it goes on, or is done. */
export function eraseAgain(erasure: StoredErasure, invoked: Invocation) {
  return erasure.status === "failed"
    ? changeRecord(erasureRecord, erasure, erasingAgain(), invoked)
    : { record: erasure, writes: [] };
}

/**
 * Erases a client and those that were merged into it: at once from their records, lists and lookups, in one transaction
 * with the job that does the rest and the task that shows it. Throws 409 for one that was merged.
 */
export async function eraseClient(
  table: TableReader,
  client: StoredClient,
  isDeleted: boolean,
  owned: Owned,
  invoked: Invocation,
): Promise<{ readonly record: StoredErasure; readonly writes: readonly PutWrite[] }> {
  checkNotMerged(client);
  const { brokerage_id } = client;
  const read = async (
    type: { readonly name: string },
    ids: readonly string[],
  ): Promise<(Item | undefined)[]> =>
    ids.length > 0 ? table.getMany(ids.map((id) => recordKey(brokerage_id, type, id))) : [];
  const others = (await read(clientRecord, idsOf(client).slice(1))).filter(stands);
  const merges = await read(
    mergeRecord,
    (client.merges ?? []).map(({ merge_id }) => merge_id),
  );
  const task = createRecord(taskRecord, brokerage_id, jobTask("erasure", "Erase a client", owned), invoked);
  const clients = others.map((item) => fromItem(clientRecord, item));
  const asked = newErasure([client, ...clients], task.record.id, invoked.written);
  const erasure = createRecord(erasureRecord, brokerage_id, asked, invoked);
  const writes = [
    ...eraseRecord(clientRecord, client, isDeleted, invoked),
    // What imports know them by is released by the job: one transaction would not hold it.
    ...clients.flatMap((one) => eraseRecord(clientRecord, one, true, invoked)),
    ...merges.flatMap((item) => {
      const merge = aliveIn(mergeRecord, item);
      return merge ? changeRecord(mergeRecord, merge, { status: "erased", moved: null }, invoked).writes : [];
    }),
    ...erasure.writes,
    ...task.writes,
  ];
  return { record: erasure.record, writes: orConflict(writes) };
}

const stands = (item: Item | undefined): item is Item => item !== undefined && !item.erased_at;
