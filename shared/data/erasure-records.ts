import { aiRequestRecord } from "../domain/ai-request.ts";
import type { Position, StoredErasure } from "../domain/erasure.ts";
import { erasureRecord } from "../domain/erasure.ts";
import { exportRecord } from "../domain/export.ts";
import { interactionRecord } from "../domain/interaction.ts";
import { proposalRecord } from "../domain/proposal.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { taskRecord } from "../domain/task.ts";
import { forgetWork } from "./ai-requests.ts";
import { writeAll } from "./bulk.ts";
import { entriesFrom } from "./list.ts";
import { deletedChild, fromItem, isAlive, recordKey } from "./record-item.ts";
import { changeRecord, eraseRecord, type Stamp, tryCommit } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import { removeWords } from "./search-words.ts";
import type { Item, Key, TableQuerier, TableReader, TableWriter, Write } from "./table.ts";

/** Names a record of a batch. */
export interface Named {
  readonly entity: string;
  readonly id: string;
}

/** Records of a step: some seconds of work at most. */
const atOnce = 50;

const types: readonly AnyRecordType[] = [
  ...[interactionRecord, taskRecord, exportRecord, aiRequestRecord, proposalRecord],
];
const typeOf = ({ entity }: Named) => types.find(({ name }) => name === entity)!;

/** The clients whose data is erased. */
export const clientsOf = ({ erased_clients }: StoredErasure) => erased_clients ?? [];

/**
 * What is looked for: of each client what was said with them and tasks about them, and what of these was deleted; then
 * what an assistant wrote and proposed about them.
 */
const listsOf = (job: StoredErasure) => [
  ...clientsOf(job).flatMap(({ id }) =>
    [interactionRecord, taskRecord].flatMap(({ name }) =>
      [name, deletedChild(name)].map((child) => ({ entity: name, client_id: id, child })),
    ),
  ),
  ...clientsOf(job).flatMap(({ id: client_id }) =>
    [aiRequestRecord, proposalRecord].map(({ name }) => ({ entity: name, client_id, child: name })),
  ),
];

interface Found {
  readonly records: readonly Named[];
  /** Where the search goes on; undefined at its end. */
  readonly next: Position | undefined;
}

/** The next records that hang on the clients, from a position on. */
export async function findHanging(table: TableQuerier, job: StoredErasure): Promise<Found> {
  const { brokerage_id, position } = job;
  const lists = listsOf(job);
  const records: Named[] = [];
  let [at, from] = [Number(position?.list ?? 0), position?.from as Item | undefined];
  for (; at < lists.length; at++) {
    const { entity, client_id, child } = lists[at]!;
    do {
      const limit = atOnce - records.length;
      if (limit <= 0) return { records, next: { list: at, ...(from ? { from } : {}) } };
      const { items, last } = await entriesFrom(
        table,
        "of_client",
        { brokerage_id, client_id, child },
        from,
        limit,
      );
      records.push(...items.map(({ id }) => ({ entity, id: String(id) })));
      from = last;
    } while (from);
  }
  return { records, next: undefined };
}

const batchKey = ({ brokerage_id, id }: StoredErasure, batch: number): Key => ({
  pk: recordKey(brokerage_id, erasureRecord, id).pk,
  sk: `batch#${String(batch).padStart(6, "0")}`,
});

/** The names of a batch, if that was found. */
export async function readBatch(
  table: TableReader,
  job: StoredErasure,
  batch: number,
): Promise<Found | undefined> {
  return table.get<Key & Found>(batchKey(job, batch));
}

/**
 * Erases the records of a batch. Their names are kept before: whoever goes on after a crash knows them, though no list
 * shows them any more, and what the log says of them is erased last. Answers how many it erased.
 */
export async function eraseBatch(
  table: TableQuerier & TableWriter,
  job: StoredErasure,
  { records, next }: Found,
  stamp: Stamp,
): Promise<number> {
  const batch = withSchemaVersion("erasureBatch", {
    ...batchKey(job, job.batches),
    ...{ records, next, written: job.asked },
  });
  await table.commit([{ Put: { Item: batch } }]);
  const ids = new Set(clientsOf(job).map(({ id }) => id));
  const decided = await writeAll(
    table,
    records,
    (one) => [recordKey(job.brokerage_id, typeOf(one), one.id)],
    (one, [item]) => ({ ...decide(one, item, ids, stamp), item, one }),
  );
  for (const { entity, id } of records)
    if (entity === aiRequestRecord.name) await tryCommit(table, [forgetWork(job.brokerage_id, id)]);
  // An alive task's own change removes its words; of a deleted one they have ended, and are still there.
  for (const { writes, item, one } of decided)
    if (writes.length > 0 && item && !isAlive(item))
      await removeWords(table, typeOf(one), fromItem(typeOf(one), item), [fromItem(typeOf(one), item)]);
  return decided.filter(({ writes }) => writes.length > 0).length;
}

/** The records of all batches. */
export async function namedIn(table: TableReader, job: StoredErasure): Promise<Named[]> {
  const batches = await Promise.all(
    Array.from({ length: job.batches }, (_, batch) => readBatch(table, job, batch)),
  );
  return batches.flatMap((batch) => batch?.records ?? []);
}

function decide(
  { entity }: Named,
  item: Item | undefined,
  clients: ReadonlySet<string>,
  stamp: Stamp,
): { readonly writes: readonly Write[] } {
  const type = types.find(({ name }) => name === entity)!;
  if (!item || (item.erased_at && item.deleted)) return { writes: [] };
  const record = fromItem(type, item) as ReturnType<typeof fromItem> & {
    readonly client_id?: string;
    readonly about_client_id?: string;
    readonly request_payload?: { readonly client_id?: string };
    readonly filters?: object;
  };
  const about = record.client_id ?? record.about_client_id ?? record.request_payload?.client_id;
  if (entity === exportRecord.name && Object.keys(record.filters ?? {}).length === 0) return { writes: [] };
  if (entity === exportRecord.name)
    return { writes: changed(type, record, { filters: {}, erased_at: stamp.now.toISOString() }, stamp) };
  if (!clients.has(String(about))) return { writes: [] };
  if (entity === taskRecord.name && isAlive(item)) {
    const blank = { title: "Erased", description: null, client_id: null };
    return { writes: changed(type, record, { ...blank, erased_at: stamp.now.toISOString() }, stamp) };
  }
  return { writes: eraseRecord(type, record, !isAlive(item), stamp) as readonly Write[] };
}

const changed = (type: AnyRecordType, record: ReturnType<typeof fromItem>, changes: object, stamp: Stamp) =>
  changeRecord<AnyRecordType, object>(type, record, changes, stamp).writes as readonly Write[];
