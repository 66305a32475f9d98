import { beforeAll, expect, test } from "vitest";
import { recordKey } from "../../shared/data/record-item.ts";
import { createRecord, deleteRecord } from "../../shared/data/records.ts";
import { schemas } from "../../shared/data/schema.ts";
import { reachOf, recordTypes } from "../../shared/data/stored-kinds.ts";
import { deletedPart, itemsOf, type Place } from "../../shared/data/stored-walk.ts";
import type { Key } from "../../shared/data/table.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { signUp } from "../cloud.ts";
import { table } from "../in-process.ts";

// A brokerage with items of every kind, written past the API: a walk asks of them no more than their keys and indexes.

let brokerageId: string;
/** The keys of every item, by kind: of the brokerage's, and of its deleted records and what belongs to those. */
const alive = new Map<string, string[]>();
const deleted = new Map<string, string[]>();

const nameOf = ({ pk, sk }: Key) => `${pk} ${sk}`;
const kinds = [...recordTypes.map(({ name }) => name), ...Object.keys(schemas)];
const reached = kinds.filter((kind) => !("unreached" in reachOf(kind)));

/** Sort keys of items beside a record, by the record's type. */
const beside: Readonly<Record<string, readonly (readonly [kind: string, sk: string])[]>> = {
  user: many("session", "session#"),
  property: [
    ["history", "history#000000000002"],
    ["mediaCount", "media-count"],
  ],
  role: [["userCount", "user-count"]],
  cma: [
    ["analysis", "analysis"],
    ["link", "link#a"],
    ["link", "link#b"],
  ],
  import: many("before", "before#"),
  client: [
    ["interest", "interest#a"],
    ["interest", "interest#b"],
  ],
};

/** More than a page of a Query. */
function many(kind: string, prefix: string) {
  return Array.from({ length: 120 }, (_, at) => [kind, `${prefix}${String(at).padStart(3, "0")}`] as const);
}

beforeAll(async () => {
  const { brokerage, user } = await signUp();
  brokerageId = brokerage.id;
  const { pk } = recordKey(brokerageId, recordTypes[0]!, brokerageId);
  note(alive, "brokerage", { pk, sk: "record" });
  note(alive, "policy", { pk, sk: "policy" });
  const own = recordTypes.find(({ name }) => name === "user")!;
  await addBeside(own, user.id, alive);
  for (const type of recordTypes) {
    if (type.name === "brokerage" || type.name === "user" || "below" in reachOf(type.name)) continue;
    const ids = [await add(type, {}, alive), await add(type, {}, alive), await add(type, {}, deleted)];
    if (type.name === "client") await add(type, { merged_into: ids[0] }, alive);
    for (const child of recordTypes.filter(({ name }) => belowOf(name) === type.name)) {
      const [first, , gone] = ids.map((id) => ({ [`${type.name}_id`]: id }));
      await add(child, first!, alive);
      await add(child, first!, alive);
      await add(child, gone!, deleted, false);
      if (child.hoursDeleted) await add(child, first!, deleted);
    }
  }
});

/** The type of record that a kind is found below. */
function belowOf(kind: string): string | undefined {
  const reach = reachOf(kind);
  return "below" in reach ? reach.below : undefined;
}

function note(where: Map<string, string[]>, kind: string, key: Key) {
  where.set(kind, [...(where.get(kind) ?? []), nameOf(key)]);
}

/** Writes a record, deleted where it is among those, with the items beside it; answers its id. */
async function add(type: AnyRecordType, fields: object, where: typeof alive, isDeleted = where === deleted) {
  const invoked = invocation("test", null);
  const { unique: _, job: __, ...plain } = type;
  const made = createRecord(plain as AnyRecordType, brokerageId, { ...bare, ...fields } as never, invoked);
  const writes = isDeleted
    ? [...made.writes, ...deleteRecord(plain as AnyRecordType, made.record, invoked)]
    : made.writes;
  for (const write of writes) if ("Put" in write) await table.commit([{ Put: { Item: write.Put.Item } }]);
  const { id } = made.record as { id: string };
  note(where, type.name, recordKey(brokerageId, type, id));
  await addBeside(type, id, where);
  return id;
}

/** What index attributes and words are made of. */
const bare = {
  ...{ owner_user_id: "somebody", status: "draft", due_date: null, price: 1, location: null },
  ...{ name: "Somebody", email: "somebody@walk.example", more_emails: [], more_phones: [] },
  ...{ nurture_status: "new", lead_score: 0, occurred_at: "2026-01-01T00:00:00.000Z" },
};

async function addBeside(type: AnyRecordType, id: string, where: typeof alive) {
  const { pk } = recordKey(brokerageId, type, id);
  const items = (beside[type.name] ?? []).map(([kind, sk]) => [kind, { pk, sk, schema: 1 }] as const);
  for (const [kind, item] of items) note(where, kind, item);
  for (let at = 0; at < items.length; at += 100)
    await table.commit(items.slice(at, at + 100).map(([, Item]) => ({ Put: { Item } })));
}

const ours = ({ pk }: Key) => pk.includes(brokerageId);

test.each(reached)(
  "a walk finds every %s once, deleted ones and what belongs to those included",
  async (kind) => {
    for (const [part, expected] of [
      [brokerageId, alive.get(kind) ?? []],
      [deletedPart, deleted.get(kind) ?? []],
    ] as const) {
      const found: string[] = [];
      for await (const { entry } of itemsOf(table, kind, part))
        if (entry && ours(entry)) found.push(nameOf(entry));
      const unexpected = found.filter((name) => !expected.includes(name));
      expect(found.filter((name) => expected.includes(name)).sort(), part).toEqual([...expected].sort());
      // The admin, and the session of the sign-up.
      expect(unexpected.length, unexpected.join()).toBeLessThanOrEqual(part === deletedPart ? 0 : 1);
    }
  },
);

test.each(reached)("a walk to every %s that is interrupted at each step goes on from there", async (kind) => {
  const whole: string[] = [];
  for await (const { entry } of itemsOf(table, kind, brokerageId)) if (entry) whole.push(nameOf(entry));
  const found: string[] = [];
  let from: Place | undefined = {};
  for (let steps = 0; from && steps < 1000; steps += stride) from = await stretch(kind, from, found);
  expect(found).toEqual(whole);
});

/** Steps between two interruptions. */
const stride = 7;

/** Takes some steps of a walk, whose place passes through the table as JSON would; undefined at the end. */
async function stretch(kind: string, from: Place, found: string[]): Promise<Place | undefined> {
  let steps = 0;
  for await (const { entry, after } of itemsOf(table, kind, brokerageId, from)) {
    if (entry) found.push(nameOf(entry));
    if (++steps === stride) return JSON.parse(JSON.stringify(after));
  }
  return undefined;
}
