import { isDeepStrictEqual } from "node:util";
import type * as z from "zod/mini";
import type { Shares } from "../domain/access.ts";
import { listedUpToDate, upToDate } from "../domain/migration.ts";
import type { AnyRecordType, IndexAttributes, ListedOf, RecordOf } from "../domain/record-type.ts";
import { firstEnd } from "../domain/share.ts";
import type { Item, Key, StoredItem } from "./table.ts";

/** The key of a record. */
export const recordKey = (brokerageId: string, { name }: { readonly name: string }, id: string): Key => ({
  pk: `${brokerageId}#${name}#${id}`,
  sk: "record",
});

/** The lists of due work, over all brokerages. */
export type DueList = "deadlines" | "purge" | "reminders" | "leads" | "stock" | "scores";

const meta = [
  "brokerage_id",
  "id",
  "version",
  "created_at",
  "updated_at",
  "written",
  "shares",
  "handed",
  "erased_at",
] as const;

/** The fields that lists show, those that are null where nothing is known, what is assumed; made once for each type. */
interface Shape {
  readonly listed: ReadonlySet<string>;
  readonly nullable: readonly string[];
  readonly nullableListed: readonly string[];
  readonly assumedListed: object;
}
const shapes = new Map<AnyRecordType, Shape>();

function shapeOf(type: AnyRecordType): Shape {
  const known = shapes.get(type);
  if (known) return known;
  const own = (schema: AnyRecordType["fields"]) =>
    Object.entries(schema.shape).filter(([name]) => !meta.some((one) => one === name));
  const nullable = (schema: AnyRecordType["fields"]) =>
    own(schema).flatMap(([name, field]) => ((field as z.ZodMiniType).safeParse(null).success ? [name] : []));
  const listed = new Set(own(type.listed).map(([name]) => name));
  const shape = {
    listed,
    nullable: nullable(type.fields),
    nullableListed: nullable(type.listed),
    assumedListed: Object.fromEntries(
      Object.entries(type.assumed ?? {}).filter(([name]) => listed.has(name)),
    ),
  };
  shapes.set(type, shape);
  return shape;
}

/**
 * The item of a record that is not deleted: its fields without the nulls (no index takes one) and without what its type
 * assumes, those that lists show apart, and the attributes of the indexes that its type declares.
 */
export function toItem<T extends AnyRecordType>(type: T, record: RecordOf<T>): StoredItem {
  const { listed } = shapeOf(type);
  const { assumed = {} } = type as AnyRecordType;
  const fields = Object.entries(record).filter(
    ([name, value]) =>
      value !== null &&
      value !== undefined &&
      !isDeepStrictEqual(value, assumed[name]) &&
      !meta.some((one) => one === name),
  );
  const detail = fields.filter(([name]) => !listed.has(name));
  return {
    ...recordKey(record.brokerage_id, type, record.id),
    ...metaOf(type, record),
    listed: Object.fromEntries(fields.filter(([name]) => listed.has(name))),
    ...(detail.length > 0 ? { detail: Object.fromEntries(detail) } : {}),
    ...indexed(type, record),
  };
}

/** The item of a deleted record: all its data, in no index but `due`, which says when it is purged. */
export function toDeletedItem<T extends AnyRecordType>(
  type: T,
  record: RecordOf<T>,
  purgedAt: Date,
): StoredItem {
  const { listed, detail, client_id, at } = toItem(type, record) as Item;
  return {
    ...recordKey(record.brokerage_id, type, record.id),
    ...metaOf(type, record),
    deleted_at: record.updated_at,
    deleted: { listed, ...(detail ? { detail } : {}) },
    // Who erases a client finds what of it was deleted.
    ...(client_id ? { client_id, child: deletedChild(type.name), at } : {}),
    due_list: "purge" satisfies DueList,
    due_at: purgedAt.toISOString(),
  };
}

/** What deleted records are among what belongs to a client. */
export const deletedChild = (type: string): string => `deleted ${type}`;

/**
 * The item of a record whose data was erased: that it was there and when it was erased, until no change of before can come
 * again. Beside it stand the marks of its changes in the log.
 */
export function toErasedItem<T extends AnyRecordType>(
  type: T,
  { brokerage_id, id, version, created_at, updated_at, written }: RecordOf<T>,
  purgedAt: Date,
): StoredItem {
  return {
    ...recordKey(brokerage_id, type, id),
    entity: type.name,
    schema: type.schema,
    ...{ brokerage_id, id, version, created_at, updated_at, written },
    ...{ erased_at: updated_at, deleted_at: updated_at, deleted: { listed: {} } },
    due_list: "purge" satisfies DueList,
    due_at: purgedAt.toISOString(),
  };
}

function metaOf(type: AnyRecordType, record: RecordOf<AnyRecordType>) {
  return {
    entity: type.name,
    schema: type.schema,
    ...Object.fromEntries(meta.flatMap((name) => (record[name] == null ? [] : [[name, record[name]]]))),
    // Again, for the compiler.
    id: record.id,
    written: record.written,
    version: record.version,
  };
}

/** True for the item of a record that is not deleted. */
export const isAlive = <T extends Key>(item: T | undefined): item is T =>
  item !== undefined && !("deleted" in item);

/** The record in an item; undefined where there is none or a deleted one. */
export const aliveIn = <T extends AnyRecordType>(type: T, item: Item | undefined): RecordOf<T> | undefined =>
  isAlive(item) ? fromItem(type, item) : undefined;

/** The record in an item, deleted or not, in the shape of this release: what the item leaves out is null, or assumed. */
export function fromItem<T extends AnyRecordType>(type: T, item: Item): RecordOf<T> {
  const { listed, detail } = (item.deleted ?? item) as { listed: object; detail?: object };
  const fields = upToDate(type.name, item.schema, { ...listed, ...detail, ...pick(item, meta) });
  return { ...nulls(shapeOf(type).nullable), ...(type as AnyRecordType).assumed, ...fields } as RecordOf<T>;
}

/** A record as it is read back: what is not known is null. */
export function complete<T extends AnyRecordType>(type: T, record: object): RecordOf<T> {
  const known = Object.entries(record).filter(([, value]) => value !== undefined);
  return { ...nulls(shapeOf(type).nullable), ...Object.fromEntries(known) } as RecordOf<T>;
}

/** What lists show of the record in an entry of an index. */
export function listedIn<T extends AnyRecordType>(type: T, entry: Item): ListedOf<T> {
  return {
    ...nulls(shapeOf(type).nullableListed),
    ...shapeOf(type).assumedListed,
    ...listedUpToDate(type.name, entry.listed as object),
    ...pick(entry, ["id", "version", "created_at", "updated_at", "brokerage_id", "shares"]),
  } as ListedOf<T>;
}

const nulls = (names: readonly string[]) => Object.fromEntries(names.map((name) => [name, null]));
/** Some attributes of an item, those that it has. */
export const pick = (item: Item, names: readonly string[]) =>
  Object.fromEntries(names.flatMap((name) => (item[name] === undefined ? [] : [[name, item[name]]])));

/** An audience as a value of the `audience` attribute: `<kind> owner:<user>`, `<kind> team:<team>` and so on. */
export const audience = ({ name }: { readonly name: string }, of: string) => `${name} ${of}`;

/** Where records that are in no list are found, beside the brokerage's list of their type: migrations reach these, too. */
export const unlistedKind = (type: string): string => `unlisted ${type}`;

function indexed(type: AnyRecordType, record: RecordOf<AnyRecordType>) {
  if (type.isUnlisted?.(record))
    return { at: record.created_at, kind: unlistedKind(type.name), ...deadlineOf(type, record) };
  const { property_id, client_id, at, ...roles } = indexAttributesOf(type, record);
  const owner = "owner_user_id" in record ? audience(type, `owner:${record.owner_user_id}`) : undefined;
  const lists = (name: AnyRecordType["lists"][number]) => type.lists.includes(name);
  const isDesk = owner !== undefined && lists("desk");
  return {
    at: at ?? record.created_at,
    ...roles,
    ...(lists("brokerage") ? { kind: type.name } : {}),
    ...(lists("changes") || isDesk ? { changed_at: record.updated_at } : {}),
    ...(owner !== undefined && lists("owner") ? { audience: owner } : {}),
    ...(isDesk ? { desk: owner } : {}),
    ...(property_id || client_id ? { child: type.name, property_id, client_id } : {}),
    ...deadlineOf(type, record),
  };
}

/**
 * The entries that put a record into the lists of its team and of the users and teams it is shared with. They are in
 * its partition, repeat what lists show, are updated from the table's stream, and are in no other index.
 */
export function audienceEntries<T extends AnyRecordType>(
  type: T,
  record: RecordOf<T>,
): Map<string, StoredItem> {
  if (type.isUnlisted?.(record)) return new Map();
  const { listed, at, changed_at, desk, state, rank, bedrooms } = toItem(type, record) as Item;
  const { pk } = recordKey(record.brokerage_id, type, record.id);
  const { brokerage_id, id, version, created_at, updated_at, written, team_id, shares = {} } = record;
  const entry = (name: string, until?: string): [string, StoredItem] => [
    name,
    {
      pk,
      sk: entrySortKey(name),
      schema: type.schema,
      brokerage_id,
      id,
      version,
      created_at,
      updated_at,
      written,
      listed,
      until,
      audience: audience(type, name),
      at,
      changed_at,
      state,
      rank,
      bedrooms,
      ...(desk ? { desk: audience(type, name) } : {}),
    },
  ];
  return new Map([
    ...(team_id ? [entry(`team:${team_id}`)] : []),
    ...Object.entries(shares as Shares).map(([grantee, { until }]) => entry(`shared-${grantee}`, until)),
  ]);
}

/** The sort key of an audience's entry, in the record's partition. */
export const entrySortKey = (audience: string) => `for#${audience}`;

function indexAttributesOf(type: AnyRecordType, record: RecordOf<AnyRecordType>): IndexAttributes {
  const roles = Object.entries(type.indexAttributes?.(record) ?? {});
  return Object.fromEntries(roles.filter(([, value]) => value !== null && value !== undefined));
}

/** When there is first something to do about the record: its job has timed out, or something in it has ended. */
function deadlineOf(type: AnyRecordType, record: RecordOf<AnyRecordType>) {
  const [due_at] = [jobDeadline(type, record), firstEnd(record.shares), endOf(type, record)]
    .filter((at) => at !== undefined)
    .sort();
  return due_at === undefined ? {} : { due_list: "deadlines" satisfies DueList, due_at };
}

/** When what ends by itself in a record does. */
export const endOf = ({ ends }: AnyRecordType, record: RecordOf<AnyRecordType>): string | undefined =>
  ends?.at(record) ?? undefined;

/** The deadline of a record's job in its current state; undefined when the job has no work to do. */
export function jobDeadline({ job }: AnyRecordType, record: RecordOf<AnyRecordType>): string | undefined {
  const minutes = job?.deadlines[String((record as { status?: unknown }).status)];
  if (minutes === undefined) return undefined;
  return new Date(Date.parse(record.updated_at) + minutes * 60_000).toISOString();
}
