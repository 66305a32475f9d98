import { fromItem, recordKey, toItem } from "../shared/data/record-item.ts";
import type { Item, Key } from "../shared/data/table.ts";
import type { AnyRecordType, RecordOf } from "../shared/domain/record-type.ts";
import { table } from "./in-process.ts";

/** Reads a record as it is stored, deleted or not; undefined where there is none. */
export async function stored<T extends AnyRecordType>(
  type: T,
  brokerageId: string,
  id: string,
): Promise<RecordOf<T> | undefined> {
  const item = await table.get(recordKey(brokerageId, type, id));
  return item && fromItem(type, item);
}

/** Reads many items, in the order of their keys, in as few requests as can be. */
export async function itemsAt(keys: readonly Key[]): Promise<(Item | undefined)[]> {
  const items: (Item | undefined)[] = [];
  for (let at = 0; at < keys.length; at += 100)
    items.push(...(await table.getMany(keys.slice(at, at + 100))));
  return items;
}

/** Reads many records of a type as they are stored, in their order. */
export async function storedAll<T extends AnyRecordType>(
  type: T,
  brokerageId: string,
  ids: readonly string[],
): Promise<(RecordOf<T> | undefined)[]> {
  const items = await itemsAt(ids.map((id) => recordKey(brokerageId, type, id)));
  return items.map((item) => item && fromItem(type, item));
}

/** Writes a record over whatever is there, past every condition. */
export const overwrite = <T extends AnyRecordType>(type: T, record: RecordOf<T>): Promise<void> =>
  table.commit([{ Put: { Item: toItem(type, record) } }]);

/** Makes a record so many minutes older: as if nobody had written it since. */
export async function makeOlder<T extends AnyRecordType>(
  type: T,
  brokerageId: string,
  id: string,
  minutes: number,
  changes: Partial<RecordOf<T>> = {},
): Promise<void> {
  const at = new Date(Date.now() - minutes * 60_000).toISOString();
  const record = (await stored(type, brokerageId, id))!;
  await overwrite(type, { ...record, created_at: at, updated_at: at, ...changes });
}

/** An item with its fields beside its key: what an assertion looks at. */
export const flat = (item: Item): Item & Record<string, unknown> => ({
  ...(item.listed as object),
  ...(item.detail as object),
  ...item,
});

/** Lets a record's deleted time run out. */
export async function makeDue({ pk, sk }: Key): Promise<void> {
  const past = new Date(Date.now() - 60_000).toISOString();
  await table.commit([
    {
      Update: {
        Key: { pk, sk },
        UpdateExpression: "SET due_at = :past",
        ExpressionAttributeValues: { ":past": past },
      },
    },
  ]);
}
