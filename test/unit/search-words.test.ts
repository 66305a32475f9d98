import { expect, test } from "vitest";
import { toItem } from "../../shared/data/record-item.ts";
import { changeRecord, createRecord, deleteRecord } from "../../shared/data/records.ts";
import {
  ConditionFailed,
  type Item,
  type Key,
  type StoredItem,
  type Write,
} from "../../shared/data/table.ts";
import { NewProperty } from "../../shared/domain/property.ts";
import { propertyRecord, type StoredProperty } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import { updateSearchWords } from "../../shared/effects/search-words.ts";
import { invocation } from "../../shared/entry/invocation.ts";

// The effect on a table in memory, which counts its requests: as an import and late repeats make them.

const invoked = invocation("test", null);
const brokerage = invoked.newId();

function inMemory() {
  const items = new Map<string, Item>();
  const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
  const calls: string[] = [];
  const table = {
    async getMany(keys: readonly Key[]) {
      calls.push(`read ${keys.length}`);
      return keys.map((key) => items.get(nameOf(key)));
    },
    async putMany(all: readonly StoredItem[]) {
      calls.push(`put ${all.length}`);
      for (const item of all) items.set(nameOf(item), item);
    },
    async query() {
      return { items: [], last: undefined };
    },
    async commit([write]: readonly Write[]) {
      calls.push("write");
      if (write && "Delete" in write) items.delete(nameOf(write.Delete.Key as Key));
      if (!write || !("Put" in write)) return;
      const { Item } = write.Put;
      const stands = items.get(nameOf(Item));
      if (stands && !(Number(stands.version) < Number(Item.version))) throw new ConditionFailed(new Map());
      items.set(nameOf(Item), Item);
    },
  };
  const run = (before: StoredItem | undefined, after: StoredItem | undefined) =>
    updateSearchWords(propertyRecord).run({ ...invoked, change: { before, after } }, { table });
  const words = () =>
    [...items.values()]
      .filter(({ sk, words }) => sk.startsWith("word#") && words !== undefined)
      .map(({ sk }) => sk.split("#")[1])
      .sort();
  const store = (item: StoredItem) => void items.set(nameOf(item), item);
  return { items, calls, run, words, store };
}

const made = (title: string): StoredProperty => {
  const body = NewProperty.parse({ title, property_type: "house", price: 1 });
  const owned = { owner_user_id: brokerage, team_id: null, now: invoked.now };
  return createRecord(propertyRecord, brokerage, newProperty(body, owned), invoked).record;
};
const renamed = (property: StoredProperty, title: string) =>
  changeRecord(propertyRecord, property, { title }, invoked).record;

test("a hundred changes at a time are read together and written together", async () => {
  const { calls, run, words, store } = inMemory();
  const items = Array.from({ length: 100 }, (_, at) => toItem(propertyRecord, made(`Wren ${100 + at}`)));
  items.forEach(store);
  await Promise.all(items.map((item) => run(undefined, item)));
  expect(calls).toEqual(["read 100", "put 200"]);
  expect(words()).toHaveLength(200);
});

test("a change that is no change of words reads nothing", async () => {
  const { calls, run } = inMemory();
  const one = made("Wren");
  const cheaper = changeRecord(propertyRecord, one, { price: 2 }, invoked).record;
  await run(toItem(propertyRecord, one), toItem(propertyRecord, cheaper));
  expect(calls).toEqual([]);
});

test("what comes again or late leaves the words of the newest version, in whatever order", async () => {
  const first = made("Wren one");
  const second = renamed(first, "Dunlin two");
  const third = changeRecord(propertyRecord, second, { price: 3 }, invoked).record;
  const [one, two, three] = [first, second, third].map((record) => toItem(propertyRecord, record)) as [
    StoredItem,
    StoredItem,
    StoredItem,
  ];
  const changes: [StoredItem | undefined, StoredItem][] = [
    [undefined, one],
    [one, two],
    [two, three],
  ];
  for (const order of [
    [0, 1, 2],
    [0, 1, 2, 0, 1],
    [1, 0, 2],
    [2, 1, 0],
    [2, 0, 1, 1],
  ]) {
    const { run, words, store } = inMemory();
    store(three);
    for (const at of order) await run(...changes[at]!);
    expect(words(), order.join()).toEqual(["dunlin", "two"]);
  }
});

test("a deleted record has none, a purged one leaves none, nor what comes after it", async () => {
  const { run, words, items, store } = inMemory();
  const record = made("Wren one");
  const item = toItem(propertyRecord, record);
  store(item);
  await run(undefined, item);
  expect(words()).toEqual(["one", "wren"]);
  const [gone] = deleteRecord(propertyRecord, record, invoked);
  const deleted = (gone as { Put: { Item: StoredItem } }).Put.Item;
  store(deleted);
  await run(item, deleted);
  await run(undefined, item);
  expect(words()).toEqual([]);
  items.clear();
  await run(undefined, item);
  expect([...items]).toEqual([]);
});
