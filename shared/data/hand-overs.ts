import type { Handed, Search, SkippedRecord, StoredHandOver } from "../domain/hand-over.ts";
import { handOverRecord } from "../domain/hand-over.ts";
import { ownedTypes } from "../domain/owned-types.ts";
import { onlyTeam } from "../domain/ownership.ts";
import type { AnyRecordType, HandOverMark, RecordOf } from "../domain/record-type.ts";
import type { StoredUser } from "../domain/user.ts";
import { writeAll } from "./bulk.ts";
import { entriesFrom } from "./list.ts";
import { aliveIn, audience, fromItem, recordKey } from "./record-item.ts";
import { changeRecord, type Stamp } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, PutWrite, TableQuerier, TableReader, TableWriter, Write } from "./table.ts";

/** Records that a delivery hands over: some seconds of work, a fraction of the worker's time. */
const atOnce = 200;

/** Names a record of a batch. */
export interface Named {
  readonly entity: string;
  readonly id: string;
}

/** The next records of the user who leaves, and where the search goes on; one Query of each type at least. */
export async function findRecords(
  table: TableQuerier,
  { id, brokerage_id, from_user_id }: StoredHandOver,
  { entity, from }: Search,
): Promise<{ readonly found: readonly Named[]; readonly search: Search | undefined }> {
  const found: Named[] = [];
  let position = from as Item | undefined;
  const first = ownedTypes.findIndex(({ name }) => name === entity);
  for (const type of ownedTypes.slice(first)) {
    const partition = { brokerage_id, audience: audience(type, `owner:${from_user_id}`) };
    do {
      const limit = atOnce - found.length;
      if (limit <= 0) return { found, search: { entity: type.name, from: position } };
      const { items, last } = await entriesFrom(table, "audience_at", partition, position, limit);
      // The task that shows the hand-over stays with whoever asked for it.
      found.push(...items.filter((item) => item.id !== id).map((item) => named(type, item)));
      position = last;
    } while (position);
  }
  return { found, search: undefined };
}

const named = ({ name }: AnyRecordType, { id }: Item): Named => ({ entity: name, id: String(id) });

const batchKey = ({ brokerage_id, id }: StoredHandOver, batch: number) => ({
  pk: recordKey(brokerage_id, handOverRecord, id).pk,
  sk: `batch#${String(batch).padStart(6, "0")}`,
});

/** Keeps the records of a batch beside the hand-over. */
export const putBatch = (job: StoredHandOver, batch: number, records: readonly Named[]): PutWrite => ({
  Put: { Item: withSchemaVersion("handOverBatch", { ...batchKey(job, batch), records, written: job.asked }) },
});

async function readBatch(table: TableReader, job: StoredHandOver, batch: number): Promise<readonly Named[]> {
  const item = await table.get(batchKey(job, batch));
  return (item?.records ?? []) as readonly Named[];
}

/**
 * Hands the job's batch over to its new owner, into their only team. Each record once, however often this runs: its mark
 * says which batch did it. Answers the counts, and which records were handed over.
 */
export async function handOverBatch(
  table: TableWriter,
  job: StoredHandOver,
  heir: StoredUser,
  now: Date,
): Promise<Handed & { readonly records: readonly Named[] }> {
  const batch = await readBatch(table, job, job.batch);
  const all = await decideAll(table, job, batch, (type, item) => handOver(job, heir, type, item, now));
  const handed = new Set(all.flatMap(({ outcome, record }) => (outcome === "handed" ? [record] : [])));
  // In the order of the batch, whichever was written first: a delivery that comes again writes the same.
  const records = batch.filter((record) => handed.has(record));
  const those = (wanted: string) => all.filter(({ outcome }) => outcome === wanted).length;
  return { handed: records.length, skipped: those("skipped"), known: those("known"), records };
}

function handOver(
  job: StoredHandOver,
  heir: StoredUser,
  type: AnyRecordType,
  item: Item | undefined,
  now: Date,
): Decision<"handed" | "skipped" | "known"> {
  const mark = markOf(job, type, item);
  // Whoever changed it since has the last word, even by giving it back.
  if (mark) return { outcome: mark.batch === job.batch ? "handed" : "known", writes: [] };
  const record = aliveIn(type, item);
  if (record?.owner_user_id !== job.from_user_id) return { outcome: "skipped", writes: [] };
  const { version, team_id = null } = record;
  const handed: HandOverMark = {
    ...{ hand_over_id: job.id, batch: job.batch, version: version + 1, team_id },
    is_returned: false,
  };
  const owned = { owner_user_id: heir.id, team_id: onlyTeam(heir.team_ids) };
  return {
    outcome: "handed",
    writes: changed(type, record, { ...owned, handed }, { now, written: job.asked }),
  };
}

/**
 * Gives the records of the undo's next batch back to their former owner, in their former team if the owner is still in
 * it; leaves those that were changed or deleted since. Answers how many it gave back, and what it left.
 */
export async function returnBatch(
  table: TableWriter,
  job: StoredHandOver,
  former: StoredUser,
  now: Date,
): Promise<{ readonly returned: number; readonly left: readonly SkippedRecord[] }> {
  const all = await decideAll(table, job, await readBatch(table, job, job.undo_batch), (type, item) =>
    giveBack(job, former, type, item, now),
  );
  const left = all.flatMap(({ outcome: reason, record }) =>
    reason === "changed" || reason === "deleted" ? [{ ...record, reason }] : [],
  );
  return { returned: all.filter(({ outcome }) => outcome === "returned").length, left };
}

function giveBack(
  job: StoredHandOver,
  former: StoredUser,
  type: AnyRecordType,
  item: Item | undefined,
  now: Date,
): Decision<"returned" | "changed" | "deleted" | "untouched"> {
  const mark = markOf(job, type, item);
  if (mark?.is_returned) return { outcome: "returned", writes: [] };
  // A batch in which a hand-over failed has records that it did not reach.
  if (!mark && job.undo_batch >= job.batch) return { outcome: "untouched", writes: [] };
  const record = aliveIn(type, item);
  if (!record) return { outcome: "deleted", writes: [] };
  if (!mark || record.version !== mark.version) return { outcome: "changed", writes: [] };
  const { team_ids } = former;
  const isStillIn = mark.team_id === null || team_ids.includes(mark.team_id);
  const owned = { owner_user_id: former.id, team_id: isStillIn ? mark.team_id : onlyTeam(team_ids) };
  const stamp = { now, written: job.undo_asked! };
  const handed = { ...mark, is_returned: true };
  return { outcome: "returned", writes: changed(type, record, { ...owned, handed }, stamp) };
}

interface Decision<Outcome> {
  readonly outcome: Outcome;
  readonly writes: readonly Write[];
}

/** Reads each record, decides and writes; again where somebody else wrote it in between. */
async function decideAll<Outcome>(
  table: TableWriter,
  { brokerage_id }: StoredHandOver,
  records: readonly Named[],
  decide: (type: AnyRecordType, item: Item | undefined) => Decision<Outcome>,
): Promise<readonly (Decision<Outcome> & { readonly record: Named })[]> {
  const typeOf = ({ entity }: Named) => ownedTypes.find(({ name }) => name === entity)!;
  return writeAll(
    table,
    records,
    (record) => [recordKey(brokerage_id, typeOf(record), record.id)],
    (record, [item]) => ({ ...decide(typeOf(record), item), record }),
  );
}

/** The mark that this hand-over left on a record, deleted or not. */
function markOf(
  { id }: StoredHandOver,
  type: AnyRecordType,
  item: Item | undefined,
): HandOverMark | undefined {
  const mark: HandOverMark | undefined = item && fromItem(type, item).handed;
  return mark?.hand_over_id === id ? mark : undefined;
}

const changed = (
  type: AnyRecordType,
  record: RecordOf<AnyRecordType>,
  changes: object,
  stamp: Stamp,
): readonly Write[] => changeRecord<AnyRecordType, object>(type, record, changes, stamp).writes;
