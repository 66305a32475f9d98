import type { WriteStamp } from "../domain/invocation.ts";
import { stepsOf, upToDate } from "../domain/migration.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { countKey } from "./kept-one.ts";
import { entriesIn } from "./list.ts";
import {
  aliveIn,
  audienceEntries,
  fromItem,
  isAlive,
  recordKey,
  toDeletedItem,
  toItem,
} from "./record-item.ts";
import { create, lookupsOf, tryCommit } from "./records.ts";
import { type ItemName, schemas, withSchemaVersion } from "./schema.ts";
import { writeWords } from "./search-words.ts";
import { recordTypes } from "./stored-kinds.ts";
import type {
  DeleteWrite,
  Item,
  Key,
  PutWrite,
  StoredItem,
  TableQuerier,
  TableReader,
  TableWriter,
} from "./table.ts";

type Migrating = TableReader & TableWriter<PutWrite | DeleteWrite>;

/** How often an item is read again because others wrote it meanwhile. */
const tries = 10;

/**
 * Brings an item to the shape of this release, with the entries and lookups that follow from a record; true if it had an
 * older one. It is replaced only as it was read: whoever writes it meanwhile wins, and it is read again. A record's
 * version stays, for nothing that its readers see has changed.
 */
export async function migrateItem(
  table: Migrating,
  kind: string,
  key: Key,
  written: WriteStamp,
  steps = stepsOf(kind),
): Promise<boolean> {
  const type = recordTypes.find(({ name }) => name === kind);
  const schema = steps.at(-1)?.to ?? versionOf(kind);
  for (let tried = 0; tried < tries; tried++) {
    const item = await table.get(key);
    if (!item || Number(item.schema) >= schema) return false;
    // The record last: after a crash it is found again, and with it what follows from it.
    if (type && isAlive(item)) await migrateFollowing(table, type, item);
    const next = type ? recordItem(type, item) : upToDate(kind, item.schema, item, steps);
    const stamped = next && { ...next, schema, ...(item.written ? { written } : {}) };
    if (await tryCommit(table, [stamped ? replace(item, stamped) : remove(item)])) return true;
  }
  throw new Error(`A ${kind} still changes after ${tries} attempts`);
}

/**
 * Counts anew the records of which a brokerage must keep one: a release before the count wrote them without it. Whoever
 * makes or unmakes one meanwhile changes the count, and all are counted again. A record made just before may not be in
 * the index yet: then the count is too low until the next run, and the last one stays all the same.
 */
export async function recount(
  table: TableQuerier & TableWriter<PutWrite>,
  kind: string,
  brokerageId: string,
): Promise<void> {
  const type = recordTypes.find(({ name }) => name === kind);
  if (!type?.keepsOne) return;
  const key = countKey(brokerageId, type.keepsOne.name);
  for (let tried = 0; tried < tries; tried++) {
    const item = await table.get(key);
    const keys: Key[] = [];
    for await (const { id } of entriesIn(table, "kind_at", { brokerage_id: brokerageId, kind }))
      keys.push(recordKey(brokerageId, type, String(id)));
    let count = 0;
    for (let at = 0; at < keys.length; at += 100)
      for (const one of await table.getMany(keys.slice(at, at + 100))) {
        const record = aliveIn(type, one);
        if (record && type.keepsOne.isOne(record)) count++;
      }
    const next = withSchemaVersion("count", { changes: 0, ...item, ...key, count });
    if (await tryCommit(table, [item ? replace(item, next) : create(next)])) return;
  }
  throw new Error(`The ${type.keepsOne.name} still change after ${tries} attempts`);
}

/** The version of the shape that this release writes. */
export const versionOf = (kind: string): number =>
  recordTypes.find(({ name }) => name === kind)?.schema ?? schemas[kind as ItemName];

/** The record's item as this release writes it: its indexes follow from its fields. */
function recordItem(type: AnyRecordType, item: Item): StoredItem {
  const record = fromItem(type, item);
  return item.deleted ? toDeletedItem(type, record, new Date(String(item.due_at))) : toItem(type, record);
}

/** The record's entries in the lists of its audiences, and the lookups of its unique values. */
async function migrateFollowing(table: Migrating, type: AnyRecordType, item: Item): Promise<void> {
  const record = fromItem(type, item);
  const following = [...audienceEntries(type, record).values(), ...lookupsOf(type, record)];
  await Promise.all(
    following.map(async (next) => {
      const old = await table.get(next);
      // The stream's consumer is about to write one that is missing or older, in the new shape.
      if (!old || old.id !== record.id || old.version !== next.version || old.schema === type.schema) return;
      await tryCommit(table, [replace(old, { ...old, ...next })]);
    }),
  );
  await writeWords(table, type, record);
}

const remove = (item: Item): DeleteWrite => ({
  Delete: { Key: { pk: item.pk, sk: item.sk }, ...asRead(item, []) },
});

const replace = (item: Item, next: StoredItem): PutWrite => ({
  Put: { Item: next, ...asRead(item, Object.keys(next)) },
});

/**
 * Condition: the item is as it was read, and has none of the attributes that are added to it. Its version would not do:
 * not every write counts one.
 */
function asRead(item: Item, added: readonly string[]) {
  const names = Object.keys(item);
  const new_ = added.filter((name) => !names.includes(name));
  return {
    ConditionExpression: [
      ...names.map((_, at) => `#${at} = :${at}`),
      ...new_.map((_, at) => `attribute_not_exists(#${names.length + at})`),
    ].join(" AND "),
    ExpressionAttributeNames: Object.fromEntries([...names, ...new_].map((name, at) => [`#${at}`, name])),
    ExpressionAttributeValues: Object.fromEntries(names.map((name, at) => [`:${at}`, item[name]])),
  };
}
