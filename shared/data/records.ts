import type { Invocation } from "../domain/invocation.ts";
import type { ProblemCode } from "../domain/problem.ts";
import type { AnyRecordType, Meta, RecordOf, Unique } from "../domain/record-type.ts";
import { mergePatch } from "../domain/schemas.ts";
import { count } from "./kept-one.ts";
import {
  aliveIn,
  complete,
  fromItem,
  isAlive,
  recordKey,
  toDeletedItem,
  toErasedItem,
  toItem,
} from "./record-item.ts";
import {
  type CheckWrite,
  ConditionFailed,
  type DeleteWrite,
  type Item,
  type Key,
  type PutWrite,
  type StoredItem,
  type TableReader,
  type TableWriter,
  type Write,
} from "./table.ts";

/** The time and the write stamp of an invocation. */
export type Stamp = Pick<Invocation, "now" | "written">;

/** What of a record may be changed: its fields, and what is stored beside them. */
type Fields<T extends AnyRecordType> = Omit<
  RecordOf<T>,
  Exclude<keyof Meta, "shares" | "handed" | "erased_at">
>;

type NullableNames<F> = { [Name in keyof F]-?: null extends F[Name] ? Name : never }[keyof F];
/** A new record's fields; what is not known may be left out. */
type NewFields<T extends AnyRecordType> = Omit<Fields<T>, NullableNames<Fields<T>>> &
  Partial<Pick<Fields<T>, NullableNames<Fields<T>>>>;

/** Changes of a record and of nothing else: a name that its type does not have does not compile. */
type Changes<T extends AnyRecordType, C> = C &
  Partial<Fields<T>> & {
    readonly [Name in Exclude<keyof C, keyof Fields<T>>]: never;
  };

/** Types with unique values also need deletes, to release them; all others are written by puts only. */
type WriteOf<T extends AnyRecordType> = T extends { readonly unique: object }
  ? PutWrite | DeleteWrite
  : PutWrite;

/** A record and the writes that store it. */
interface Made<T extends AnyRecordType> {
  readonly record: RecordOf<T>;
  readonly writes: readonly WriteOf<T>[];
}

/** Reads a record, strongly consistent; undefined where there is none, it is deleted, or its parent is. */
export async function loadRecord<T extends AnyRecordType>(
  table: TableReader,
  type: T,
  brokerageId: string,
  id: string,
): Promise<RecordOf<T> | undefined> {
  return (await loadGuarded(table, type, brokerageId, id))?.record;
}

/** The same, with the record that decides who may read or write it: the record itself, or its parent. */
export async function loadGuarded<T extends AnyRecordType>(
  table: TableReader,
  type: T,
  brokerageId: string,
  id: string,
): Promise<{ readonly record: RecordOf<T>; readonly guarded: object } | undefined> {
  const item = await table.get(recordKey(brokerageId, type, id));
  if (!isAlive(item)) return undefined;
  const record = fromItem(type, item);
  const { parent } = type as AnyRecordType;
  if (!parent) return { record, guarded: record };
  const above = await loadParent(table, parent, brokerageId, parent.idOf(record));
  if (!above) return undefined;
  const { listed, shares } = above as Item & { listed: object };
  return { record, guarded: { ...listed, shares } };
}

/** The item of a parent, or of the one that it was merged into; undefined where that is deleted. */
async function loadParent(
  table: TableReader,
  parent: { readonly name: string },
  brokerageId: string,
  id: string,
): Promise<Item | undefined> {
  const item = await table.get(recordKey(brokerageId, parent, id));
  if (!isAlive(item)) return undefined;
  const { merged_into } = (item.detail ?? {}) as { merged_into?: string };
  return merged_into ? loadParent(table, parent, brokerageId, merged_into) : item;
}

/** Reads a deleted record that is neither purged nor erased; undefined where there is none. */
export async function loadDeleted<T extends AnyRecordType>(
  table: TableReader,
  type: T,
  brokerageId: string,
  id: string,
): Promise<RecordOf<T> | undefined> {
  const item = await table.get(recordKey(brokerageId, type, id));
  return item?.deleted && !item.erased_at ? fromItem(type, item) : undefined;
}

/** A new record: written where there is none, with the values that only one record may hold. */
export function createRecord<T extends AnyRecordType>(
  type: T,
  brokerageId: string,
  fields: NewFields<T> & { readonly id?: string },
  { now, written, newId }: Stamp & Pick<Invocation, "newId">,
): Made<T> {
  const at = now.toISOString();
  const record = complete(type, {
    ...fields,
    brokerage_id: brokerageId,
    id: fields.id ?? newId(),
    version: 1,
    created_at: at,
    updated_at: at,
    written,
  });
  const writes = [...hold(type, undefined, record), create(toItem(type, record))];
  return made(record, [...writes, ...count(type, undefined, record)]);
}

/** The next version of a record: written over the one that was read, and over no other. */
export function changeRecord<T extends AnyRecordType, const C extends object>(
  type: T,
  record: RecordOf<T>,
  changes: Changes<T, C>,
  { now, written }: Stamp,
): Made<T> {
  return changed(type, record, { ...record, ...changes, ...nextVersion(record, { now, written }) });
}

/** The next version after a JSON merge patch: null removes, objects merge, the rest replaces. */
export function patchRecord<T extends AnyRecordType, const C extends object>(
  type: T,
  record: RecordOf<T>,
  patch: { readonly [Name in keyof C]: Name extends keyof Fields<T> ? C[Name] : never },
  stamp: Stamp,
): Made<T> {
  return changed(type, record, { ...mergePatch(record, patch), ...nextVersion(record, stamp) });
}

/** Deletes a record: it leaves every list and releases its unique values, and can be restored until it is purged. */
export function deleteRecord<T extends AnyRecordType>(
  type: T,
  record: RecordOf<T>,
  stamp: Stamp,
): WriteOf<T>[] {
  const { hoursDeleted = 0 } = type as AnyRecordType;
  const purgedAt = new Date(stamp.now.getTime() + hoursDeleted * 3_600_000);
  const deleted = { ...record, ...nextVersion(record, stamp) };
  const writes = [...hold(type, record, undefined), replace(toDeletedItem(type, deleted, purgedAt))];
  return [...writes, ...count(type, record, undefined)] as WriteOf<T>[];
}

/** Brings a deleted record back, with its values: a conflict where another record holds one of them by now. */
export function restoreRecord<T extends AnyRecordType>(
  type: T,
  deleted: RecordOf<T>,
  { now, written }: Stamp,
): Made<T> {
  const record = { ...deleted, ...nextVersion(deleted, { now, written }) };
  const item = toItem(type, record);
  const back: PutWrite = {
    Put: { Item: item, ...atVersion(deleted.version, "due_at > :now", { ":now": now.toISOString() }) },
    ifConditionFails: "not_found",
  };
  return made(record, [...hold(type, undefined, record), back, ...count(type, undefined, record)]);
}

/** Days for which it is known that a record was erased: a change of before may be set aside and sent again until then. */
const daysErased = 35;

/** Erases a record with all its data, deleted or not: nothing of it can be restored, and its unique values are free. */
export function eraseRecord<T extends AnyRecordType>(
  type: T,
  record: RecordOf<T>,
  isDeleted: boolean,
  stamp: Stamp,
): WriteOf<T>[] {
  const erased = { ...record, ...nextVersion(record, stamp) };
  const until = new Date(stamp.now.getTime() + daysErased * 86_400_000);
  const put: PutWrite = {
    Put: {
      Item: toErasedItem(type, erased, until),
      ...atVersion(record.version, "attribute_not_exists(erased_at)"),
    },
    ifConditionFails: "conflict",
  };
  return [...(isDeleted ? [] : hold(type, record, undefined)), put] as WriteOf<T>[];
}

const changed = <T extends AnyRecordType>(type: T, record: RecordOf<T>, next: RecordOf<T>): Made<T> =>
  made(next, [...hold(type, record, next), replace(toItem(type, next)), ...count(type, record, next)]);

const made = <T extends AnyRecordType>(record: RecordOf<T>, writes: readonly Write[]): Made<T> => ({
  record,
  writes: writes as unknown as readonly WriteOf<T>[],
});

const nextVersion = ({ version }: Meta, { now, written }: Stamp) => ({
  version: version + 1,
  updated_at: now.toISOString(),
  written,
});

/** Writes an item that must not be there yet. */
export function create(item: StoredItem, ifConditionFails: ProblemCode = "conflict"): PutWrite {
  return { Put: { Item: item, ConditionExpression: "attribute_not_exists(pk)" }, ifConditionFails };
}

/** Writes the next version of a record over the one that was read, and over no other. */
function replace(next: StoredItem): PutWrite {
  return {
    Put: { Item: next, ...atVersion(Number(next.version) - 1, "attribute_not_exists(deleted)") },
    ifConditionFails: "stale_version",
  };
}

/**
 * The same writes for a caller who sent no version: when somebody else was first, it is a conflict and no stale version.
 */
export const orConflict = (writes: readonly Write[]): PutWrite[] =>
  writes.map((write) =>
    write.ifConditionFails === "stale_version" ? { ...write, ifConditionFails: "conflict" } : write,
  ) as PutWrite[];

const atVersion = (version: number, and: string, values = {}) => ({
  ConditionExpression: `#version = :read AND ${and}`,
  ExpressionAttributeNames: { "#version": "version" },
  ExpressionAttributeValues: { ":read": version, ...values },
});

/** Condition: the record exists and is not deleted. What is added to it must not outlive it. */
export function mustExist(brokerageId: string, type: AnyRecordType, id: string): CheckWrite {
  return {
    ConditionCheck: {
      Key: recordKey(brokerageId, type, id),
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(deleted)",
    },
    ifConditionFails: "not_found",
  };
}

/** Condition: the record is as it was read. */
export const mustBeAsRead = (type: AnyRecordType, { brokerage_id, id, version }: Meta): CheckWrite => ({
  ConditionCheck: {
    Key: recordKey(brokerage_id, type, id),
    ...atVersion(version, "attribute_not_exists(deleted)"),
  },
  ifConditionFails: "conflict",
});

/** Condition: the item is as it was read, or is not there as it was not then. */
export const asRead = (version: number | undefined) =>
  version === undefined
    ? { ConditionExpression: "attribute_not_exists(pk)" }
    : {
        ConditionExpression: "#version = :read",
        ExpressionAttributeNames: { "#version": "version" },
        ExpressionAttributeValues: { ":read": version },
      };

/** The lookup item of a value that only one record may hold. */
export function lookupKey(type: AnyRecordType, name: string, value: string, brokerageId?: string): Key {
  return { pk: `${brokerageId ? `${brokerageId}#${type.name}#` : ""}${name}#${value}`, sk: "lookup" };
}

/** Claims the unique values of a record and releases those that it held before. */
function hold<T extends AnyRecordType>(
  type: T,
  before: RecordOf<T> | undefined,
  after: RecordOf<T> | undefined,
): Write[] {
  return (type.unique ?? []).flatMap((unique: Unique<RecordOf<T>>) => {
    const [had, has] = [before, after].map((one) => new Set(one ? unique.valuesOf(one) : []));
    const key = (value: string, { brokerage_id }: Meta) =>
      lookupKey(type, unique.name, value, unique.over === "brokerage" ? brokerage_id : undefined);
    const taken = [...has!]
      .filter((value) => !had!.has(value))
      .map((value) => create(lookup(key(value, after!), type, unique, after!), unique.problem));
    const released = [...had!]
      .filter((value) => !has!.has(value))
      .map(
        (value): DeleteWrite => ({
          Delete: {
            Key: key(value, before!),
            ConditionExpression: "id = :id",
            ExpressionAttributeValues: { ":id": before!.id },
          },
        }),
      );
    return [...taken, ...released];
  });
}

/** The writes of several records as one commit: a value that one of them releases and another claims moves in one write. */
export function moving<W extends Write>(writes: readonly W[]): W[] {
  const name = ({ pk, sk }: Partial<Key>) => `${pk}\n${sk}`;
  const released = new Map(
    writes.flatMap((one) => ("Delete" in one ? [[name(one.Delete.Key!), one.Delete]] : [])),
  );
  const claimed = new Set(writes.flatMap((one) => ("Put" in one ? [name(one.Put.Item)] : [])));
  return writes.flatMap((one) => {
    if ("Delete" in one) return claimed.has(name(one.Delete.Key!)) ? [] : [one];
    const before = "Put" in one ? released.get(name(one.Put.Item)) : undefined;
    if (!before) return [one];
    const { Key: _, ...condition } = before;
    return [
      { ...one, Put: { Item: (one as PutWrite).Put.Item, ...condition }, ifConditionFails: "conflict" } as W,
    ];
  });
}

/** The lookup items of all unique values of a record. */
export const lookupsOf = <T extends AnyRecordType>(type: T, record: RecordOf<T>): StoredItem[] =>
  hold(type, undefined, record).flatMap((write) => ("Put" in write ? [write.Put.Item] : []));

function lookup<T extends AnyRecordType>(
  key: Key,
  { schema }: AnyRecordType,
  unique: Unique<RecordOf<T>>,
  record: RecordOf<T>,
): StoredItem {
  const { brokerage_id, id, written } = record;
  return { ...key, schema, brokerage_id, id, written, ...unique.also?.(record) };
}

/** What a worker changes beside its own fields: that is no change of the record since its hand-over. */
export const stillAsHanded = ({ version, handed }: Meta): Pick<Meta, "handed"> =>
  handed?.version === version ? { handed: { ...handed, version: version + 1 } } : {};

/** Whether who read a version of a record may still change it: no more has changed since than what is computed. */
export const mayStillChange = (
  type: AnyRecordType,
  record: RecordOf<AnyRecordType>,
  version: number,
): boolean => version <= record.version && version >= (type.lastEdit?.(record) ?? record.version);

/** How often a worker repeats a change when others write the same record. */
const changeTries = 10;

/**
 * Loads a record and commits what `step` makes of it; on a conflicting write, loads it again and repeats. False when
 * the record does not exist or `step` returns undefined. For workers only: a caller gets the conflict instead.
 */
export async function changeInTurn<T extends AnyRecordType>(
  table: TableWriter,
  type: T,
  brokerageId: string,
  id: string,
  step: (record: RecordOf<T>) => readonly Write[] | undefined | Promise<readonly Write[] | undefined>,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const record = aliveIn(type, await table.get(recordKey(brokerageId, type, id)));
    const writes = record && (await step(record));
    if (!writes) return false;
    try {
      await table.commit(writes);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || tries === changeTries) throw error;
    }
  }
}

/** Commits; false when a condition did not hold: somebody else was first, and nothing was written. */
export async function tryCommit<W extends Write>(
  table: TableWriter<W>,
  writes: readonly W[],
): Promise<boolean> {
  try {
    await table.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

/** Seconds since the epoch, as DynamoDB's time to live reads them. */
export const ttl = (date: Date): number => Math.ceil(date.getTime() / 1000);
