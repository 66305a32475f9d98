import { apiKeyRecord } from "../domain/api-key.ts";
import { clientRecord, phonesOf } from "../domain/client.ts";
import type { StoredErasure } from "../domain/erasure.ts";
import { mentioning } from "../domain/mentions.ts";
import { userRecord } from "../domain/user.ts";
import { clientsOf, type Named, namedIn } from "./erasure-records.ts";
import { entriesFrom, partitionItems } from "./list.ts";
import { entryIn, entryKey, markPartition, markPrefix } from "./log.ts";
import { recordKey } from "./record-item.ts";
import { loadRecord, lookupKey, lookupsOf, tryCommit } from "./records.ts";
import { removeWords, writeWords } from "./search-words.ts";
import type { DeleteWrite, Item, Key, PutWrite, TableQuerier, TableWriter, UpdateWrite } from "./table.ts";

/** What a step found to be erased, and where the phase goes on; without `next` it has ended. */
export interface Part {
  /** Erases one of it each; they can be done again. */
  readonly todo: readonly (() => Promise<unknown>)[];
  readonly next?: Readonly<Record<string, unknown>> | undefined;
  /** Something has not happened yet that must come first: the same step again in so many seconds. */
  readonly wait?: number;
}

/** Owners of kept answers whose partitions a step reads. */
const ownersAtOnce = 20;

/**
 * Finds the answers kept for Idempotency-Keys that name the clients or what hung on them, to be emptied: a repeat of such a
 * request is told that it was done.
 */
export async function answersOf(
  table: TableQuerier & TableWriter<UpdateWrite>,
  job: StoredErasure,
): Promise<Part> {
  const { brokerage_id, position } = job;
  const kinds = [userRecord.name, apiKeyRecord.name];
  const [at, from] = [Number(position?.kind ?? 0), position?.from as Item | undefined];
  const kind = kinds[at];
  if (kind === undefined) return { todo: [] };
  const { items, last } = await entriesFrom(table, "kind_at", { brokerage_id, kind }, from, ownersAtOnce);
  const names = namesOf(await namedIn(table, job), job);
  const todo: (() => Promise<unknown>)[] = [];
  for (const { pk } of items)
    for await (const answer of partitionItems(table, pk, { prefix: "answer#" })) {
      if (answer.is_erased || !names(JSON.stringify(answer.body ?? null))) continue;
      const emptied: UpdateWrite = {
        Update: {
          Key: { pk: answer.pk, sk: answer.sk },
          UpdateExpression: "SET is_erased = :true, body = :nothing",
          ConditionExpression: "attribute_exists(pk)",
          ExpressionAttributeValues: { ":true": true, ":nothing": null },
        },
      };
      todo.push(() => tryCommit(table, [emptied]));
    }
  return { todo, next: last ? { kind: at, from: last } : { kind: at + 1 } };
}

const ids = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/g;

/** Whether a text names the clients, or a record that hung on them, by its id or otherwise. */
function namesOf(records: readonly Named[], job: StoredErasure): (text: string) => boolean {
  const known = new Set([...clientsOf(job), ...records].map(({ id }) => id));
  const mentions = mentioning(clientsOf(job));
  return (text) => (text.match(ids) ?? []).some((id) => known.has(id)) || mentions(text);
}

/** Records whose entries of the log a step erases. */
const loggedAtOnce = 25;

/**
 * Finds the log's entries whose values, addresses and salts are to be erased: those about the clients and what hung on them, and of those about the
 * clients with whom they were merged once where these name them. The chain has their salted hash, and stays as it is. A
 * record whose erasure is not logged yet may have changes of before on their way: it is waited for.
 */
export async function loggedOf(
  table: TableQuerier & TableWriter<UpdateWrite>,
  job: StoredErasure,
): Promise<Part> {
  const from = Number(job.position?.from ?? 0);
  const mentions = mentioning(clientsOf(job));
  const client = (id: string) => ({ entity: clientRecord.name, id });
  const own = [...clientsOf(job).map(({ id }) => client(id)), ...(await namedIn(table, job))];
  const all = [
    ...own.map((one) => ({ ...one, isWhole: true })),
    ...job.partners.map((id) => ({ ...client(id), isWhole: false })),
  ];
  const todo: (() => Promise<unknown>)[] = [];
  for (const { entity, id, isWhole } of all.slice(from, from + loggedAtOnce)) {
    const item = await table.get(recordKey(job.brokerage_id, { name: entity }, id));
    const entries = await entriesOf(table, job.brokerage_id, entity, id);
    if (isWhole && item?.erased_at && !entries.some(({ type }) => type === "erased"))
      return { todo: [], next: { from }, wait: 2 };
    for (const entry of entries)
      if (entry.particulars !== undefined && (isWhole || mentions(String(entry.particulars))))
        todo.push(() => table.commit([withoutParticulars(job.brokerage_id, entryIn(entry).sequence)]));
  }
  const next = from + loggedAtOnce;
  return { todo, next: next < all.length ? { from: next } : undefined };
}

/** The log's entries about a record. */
async function entriesOf(
  table: TableQuerier,
  brokerageId: string,
  entity: string,
  id: string,
): Promise<Item[]> {
  const sequences: number[] = [];
  for await (const mark of partitionItems(table, markPartition(brokerageId, entity, id), {
    prefix: markPrefix,
  }))
    sequences.push(Number(mark.sequence));
  const found: Item[] = [];
  for (let at = 0; at < sequences.length; at += 100) {
    const keys = sequences.slice(at, at + 100).map((sequence) => entryKey(brokerageId, sequence));
    found.push(...(await table.getMany(keys)).flatMap((item) => item ?? []));
  }
  return found;
}

const withoutParticulars = (brokerageId: string, sequence: number): UpdateWrite => ({
  Update: {
    Key: entryKey(brokerageId, sequence),
    UpdateExpression: "REMOVE particulars, salt",
    ConditionExpression: "attribute_exists(pk)",
  },
});

const release = (Key: Key, id: string): DeleteWrite => ({
  Delete: {
    Key,
    ConditionExpression: "id = :id",
    ExpressionAttributeValues: { ":id": id },
  },
});

/**
 * Removes what is left beside the clients, and the words that they were found by: all but the marks of the log. Of those
 * with whom they were merged once only the words that have ended.
 */
export async function eraseRest(
  table: TableQuerier & TableWriter<DeleteWrite | PutWrite>,
  job: StoredErasure,
): Promise<void> {
  const { brokerage_id } = job;
  for (const client of clientsOf(job)) {
    await removeWords(table, clientRecord, client, [client]);
    // Leads leave one at a phone.
    const phones = phonesOf(client).map((phone) => lookupKey(clientRecord, "phone", phone, brokerage_id));
    for (const { pk, sk } of [...lookupsOf(clientRecord, client), ...phones])
      await tryCommit(table, [release({ pk, sk }, client.id)]);
    const { pk, sk } = recordKey(brokerage_id, clientRecord, client.id);
    for await (const beside of partitionItems(table, pk))
      if (beside.sk !== sk && !beside.sk.startsWith(markPrefix))
        await table.commit([{ Delete: { Key: { pk, sk: beside.sk } } }]);
  }
  for (const id of job.partners) {
    await removeWords(table, clientRecord, { brokerage_id, id }, []);
    const partner = await loadRecord(table, clientRecord, brokerage_id, id);
    if (partner) await writeWords(table, clientRecord, partner);
  }
}
