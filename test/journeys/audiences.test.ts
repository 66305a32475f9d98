import { beforeAll, describe, expect, test } from "vitest";
import { type Listing, listRecords, type Order } from "../../shared/data/list.ts";
import { toItem } from "../../shared/data/record-item.ts";
import { changeRecord, createRecord, deleteRecord } from "../../shared/data/records.ts";
import { searchPage } from "../../shared/data/search.ts";
import type { Item, StoredItem, Write } from "../../shared/data/table.ts";
import {
  type Caller,
  decide,
  defaultGrants,
  type Guarded,
  type Role,
  roles,
  type Scope,
  scopes,
} from "../../shared/domain/access.ts";
import { clientRecord, newClient, nurtureStatuses } from "../../shared/domain/client.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { newImport } from "../../shared/domain/new-import.ts";
import { NewProperty, propertyStatuses } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import type { AnyRecordType, RecordOf } from "../../shared/domain/record-type.ts";
import { newTask, taskRecord, taskStatuses } from "../../shared/domain/task.ts";
import { updateAudienceEntries } from "../../shared/effects/audiences.ts";
import { updateSearchWords } from "../../shared/effects/search-words.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { table } from "../in-process.ts";
import { house } from "../properties.ts";

// "May read this record" has two faces: the check of one record, and the sources of a list. They must agree.

const dice = (sides: number) => Math.floor(Math.random() * sides);
const one = <T>(of: readonly T[]): T => of[dice(of.length)]!;
const { newId } = invocation("test", null);
const brokerage_id = newId();
const users = Array.from({ length: 4 }, newId);
const teams = Array.from({ length: 3 }, newId);
const now = new Date();
const [past, future] = [-1, 1].map((days) => new Date(now.getTime() + days * 86_400_000).toISOString());

/** Whose a record is and with whom it is shared: with shares that have ended, and in two of a caller's teams. */
function belonging() {
  const grantees = [...users.map((id) => `user:${id}`), ...teams.map((id) => `team:${id}`)];
  const shares = Array.from({ length: dice(4) }, () => [
    one(grantees),
    { access: one(["read", "write"] as const), until: one([past, future, undefined]) },
  ]);
  return {
    owner_user_id: one(users),
    team_id: one([...teams, null]),
    ...(shares.length > 0 ? { shares: Object.fromEntries(shares) } : {}),
  };
}

const sharedWith = (grantee: string, until?: string) => ({
  ...{ name: "Kestrel", owner_user_id: users[0]!, team_id: null },
  shares: { [grantee]: { access: "read", until } },
});
/** Owner and shares of two records of each type, which are no matter of chance: the sabotages need them. */
const certain = [sharedWith(`team:${teams[1]}`), sharedWith(`user:${users[1]}`, past)];

const properties = Array.from({ length: 3 }, newId);
const clients = Array.from({ length: 3 }, newId);

/** A record of each type that has an owner, as its operation would make it. */
const names = ["Kestrel Kestner", "Old kestrel", "Kestner and kestrels", "Kest"];
const makers = {
  property() {
    const body = NewProperty.parse({
      ...house,
      title: one(names),
      price: 1000 * dice(20) + 1,
      bedrooms: one([0, 1, 2, 3]),
    });
    const { bedrooms, ...property } = newProperty(body, { owner_user_id: users[0]!, now });
    return { ...property, bedrooms: one([bedrooms, null]), status: one(propertyStatuses), ...belonging() };
  },
  task() {
    const due = one([null, `2027-01-0${1 + dice(9)}T00:00:00.000Z`]);
    const body = {
      title: one(names),
      status: one(taskStatuses),
      due_date: due,
      property_id: one([...properties, null]),
      client_id: one([...clients, null]),
    };
    return { ...newTask(body as never, { owner_user_id: users[0]!, team_id: null }), ...belonging() };
  },
  client() {
    const owned = { owner_user_id: users[0]!, team_id: null };
    const body = { name: one(names), phone: "+12065550142", nurture_status: one(nurtureStatuses) };
    const client = newClient(body, owned, { now, by: "test" });
    return { ...client, lead_score: 10 * dice(11), ...belonging() };
  },
  cma: () => ({
    ...{ property_id: one(properties), effective_date: "2026-01-01", currency: "USD", status: "completed" },
    ...{ suggested_price: 1, price_range: null, market_position: null, confidence: null, asking_price: null },
    ...belonging(),
  }),
  import: () => ({
    ...newImport(
      { resource: "property", format: "csv", size_bytes: 1 },
      {
        ...{ owner_user_id: users[0]!, task_id: newId() },
        asked: invocation("test", null).written,
      },
    ),
    ...belonging(),
  }),
};

/** The lists of each type that there are, or that its indexes are for. */
type Part = Pick<
  Listing<AnyRecordType>,
  "order" | "descending" | "range" | "state" | "owner" | "ofProperty" | "ofClient"
>;
const inOrders = (orders: readonly Order[], parts: readonly Part[]) =>
  orders.flatMap((order) =>
    [true, false].flatMap((descending) => parts.map((part) => ({ order, descending, ...part }))),
  );
const types: readonly [AnyRecordType, keyof typeof makers, readonly Part[]][] = [
  [
    propertyRecord,
    "property",
    [
      {},
      ...inOrders(
        ["created", "changed", "rank", "bedrooms"],
        [
          {},
          { state: "active" },
          { state: "sold" },
          { owner: users[1]! },
          { owner: users[1]!, state: "sold" },
        ],
      ),
      { order: "rank", range: { min: 5000, max: 12_000 } },
      { order: "bedrooms", range: { min: 2 }, owner: users[0]! },
    ],
  ],
  [
    taskRecord,
    "task",
    [
      {},
      ...inOrders(
        ["created", "changed", "rank"],
        [
          {},
          { state: "pending" },
          { owner: users[2]! },
          { owner: users[1]!, state: ["pending", "processing"] },
          { ofProperty: properties[0]! },
          { ofClient: clients.slice(0, 2) },
        ],
      ),
      { order: "rank", range: { max: Date.parse("2027-01-05") }, state: "completed" },
    ],
  ],
  [
    clientRecord,
    "client",
    [
      {},
      ...inOrders(
        ["created", "changed", "rank"],
        [{}, { state: "hot" }, { owner: users[1]! }, { owner: users[2]!, state: "cold" }],
      ),
      { order: "rank", range: { min: 50 }, descending: true },
    ],
  ],
  [cmaRecord, "cma", properties.map((ofProperty) => ({ ofProperty }))],
  [importRecord, "import", [{}, { owner: users[3]! }, { order: "created", descending: false }]],
];

/** The same write, so that the schedule which removes ended shares does not find the record. */
function notDue(write: Write): Write {
  if (!("Put" in write)) return write;
  const { due_list: _, due_at: __, ...Item } = write.Put.Item as StoredItem & Item;
  return { ...write, Put: { ...write.Put, Item } };
}

const all = new Map<AnyRecordType, RecordOf<AnyRecordType>[]>();

beforeAll(async () => {
  for (const [type, maker] of types) {
    const records = await Promise.all(
      Array.from({ length: 32 }, async (_, at) => {
        const stamp = invocation("test", null, new Date(now.getTime() - 1000 * dice(30)));
        const made = { ...makers[maker](), ...certain[at - 1] };
        const { record, writes } = createRecord(type, brokerage_id, made as never, stamp);
        const [changed, later] = [
          !certain[at - 1] && dice(2) === 0,
          invocation("test", null, new Date(now.getTime() + at)),
        ];
        const images: (Item | undefined)[] = [undefined, toItem(type, record)];
        await table.commit(writes.map(notDue));
        let last: RecordOf<AnyRecordType> | undefined = record;
        if (changed) {
          // Another owner, team and shares: what was an audience is none any more.
          const next = changeRecord<AnyRecordType, object>(
            type,
            record,
            { shares: undefined, ...belonging() },
            later,
          );
          await table.commit(next.writes.map(notDue));
          images.push(toItem(type, next.record));
          last = next.record;
        }
        if (at % 8 === 0) {
          const gone = deleteRecord(type, last, later);
          await table.commit(gone);
          images.push(gone.flatMap((write) => ("Put" in write ? [write.Put.Item] : []))[0]);
          last = undefined;
        }
        const effects = [
          updateAudienceEntries(type),
          ...("searched" in type ? [updateSearchWords(type)] : []),
        ];
        const changes = images.slice(1).map((image, at) => [images[at], image]);
        // The first comes once more, when the others were done.
        for (const [before, after] of [...changes, ...changes.slice(0, 1)])
          for (const effect of effects) await effect.run({ ...later, change: { before, after } }, { table });
        return last ?? [];
      }),
    );
    all.set(type, records.flat());
  }
});

const callerOf = (over: Partial<Caller>): Caller => ({
  ...{ brokerage_id, user_id: users[0]!, session_id: "s", role: "agent", team_ids: [], grants: [] },
  ...over,
});

/** Everyone who may list a type: the built-in roles, and each scope, in no team, in one and in two. */
function callersOf({ guard }: AnyRecordType): [string, Caller][] {
  const permission = `${guard as "property"}:read` as const;
  const inTeams = [[], teams.slice(0, 1), teams.slice(0, 2)];
  return [
    ...roles.map((role: Role): [string, Caller] => [
      role,
      callerOf({ role, grants: defaultGrants[role], team_ids: inTeams[2]! }),
    ]),
    ...scopes.flatMap((scope: Scope) =>
      inTeams.map((team_ids): [string, Caller] => [
        `${scope} scope, ${team_ids.length} teams`,
        callerOf({ user_id: users[1]!, team_ids, grants: [`${permission}:${scope}`] }),
      ]),
    ),
  ];
}

async function listed(type: AnyRecordType, caller: Caller, part: Part, at = now): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const filters = [
      {
        answeredBy: "state" as const,
        holds: (record: State) => statesOf(part).includes(stateIn(record)),
      },
      {
        answeredBy: "owner" as const,
        holds: ({ owner_user_id }: { owner_user_id: string }) => !part.owner || owner_user_id === part.owner,
      },
    ];
    const query = { limit: 17, cursor };
    const page = await listRecords(table, { type, caller, now: at, cursorKey: "k", query, filters, ...part });
    found.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

type State = { readonly status?: string; readonly nurture_status?: string };
const stateIn = ({ status, nurture_status }: State): string => String(status ?? nurture_status);

const attributes = { created: "at", changed: "changed_at", rank: "rank", bedrooms: "bedrooms" } as const;

const statesOf = ({ state = everyState }: Part): readonly string[] => [state].flat();
const everyState = [...propertyStatuses, ...taskStatuses, ...nurtureStatuses, "awaiting_upload"];

/** The records that the check allows, in the list's order, by an account of its own. */
function allowed(type: AnyRecordType, caller: Caller, part: Part): string[] {
  const {
    order = "created",
    descending = part.order === undefined,
    range: { min, max } = {},
    owner,
    ofProperty,
    ofClient,
  } = part;
  const entries = all.get(type)!.filter((record) => {
    const { owner_user_id, property_id, client_id } = record as unknown as Record<string, string>;
    return (
      decide(caller, `${type.guard as "property"}:read`, record, now).allowed &&
      statesOf(part).includes(stateIn(record as State)) &&
      (!owner || owner_user_id === owner) &&
      (!ofProperty || property_id === ofProperty) &&
      (!ofClient || ofClient.includes(client_id!))
    );
  });
  const value = (record: RecordOf<AnyRecordType>) => {
    const { updated_at } = record;
    return order === "changed" ? updated_at : (toItem(type, record) as Item)[attributes[order]];
  };
  const sign = descending ? -1 : 1;
  return entries
    .map((record) => ({ id: record.id, value: value(record) as string | number | undefined }))
    .filter(
      ({ value }) =>
        value !== undefined && (min === undefined || value >= min) && (max === undefined || value <= max),
    )
    .sort((a, b) => sign * (a.value! < b.value! ? -1 : a.value! > b.value! ? 1 : a.id < b.id ? -1 : 1))
    .map(({ id }) => id);
}

describe.each(types)("lists of %o", (type, _, parts) => {
  test.each(callersOf(type))("%s: what the check allows, in order, each once", async (_, caller) => {
    for (const part of parts)
      expect(await listed(type, caller, part), JSON.stringify(part)).toEqual(allowed(type, caller, part));
  });
});

/** What a search finds: as a list, by the beginning of a word. */
async function found(
  type: AnyRecordType,
  caller: Caller,
  part: Part,
  q: string,
  at = now,
): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  const owner = { holds: (record: Guarded) => !part.owner || record.owner_user_id === part.owner };
  const state = { holds: (record: State) => statesOf(part).includes(stateIn(record)) };
  do {
    const query = { limit: 17, cursor };
    const filters = part.owner || part.state ? [owner, state] : [];
    const search = { type, caller, now: at, cursorKey: "k", query, q, filters, ...part };
    const page = await searchPage<AnyRecordType>(table, search);
    ids.push(...page.items.map(({ id }: { id: string }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return ids.sort();
}

const searched = types.filter(([type]) => type.searched);
describe.each(searched)("searches of %o", (type, _, parts) => {
  const asked = parts.filter(({ order, descending }) => !order || (order === "created" && descending));
  test.each(callersOf(type))("%s: what the check allows, each once", async (_, caller) => {
    for (const part of asked.filter(({ ofProperty, ofClient }) => !ofProperty && !ofClient))
      for (const q of ["kest", ...(type.hasPhones ? ["206 555 0142"] : [])])
        expect(await found(type, caller, part, q), `${q} ${JSON.stringify(part)}`).toEqual(
          allowed(type, caller, part).sort(),
        );
  });
});

test.each([0, 1, 2, 3])(
  "a page of limited scope costs two queries and two a team: %i teams",
  async (count) => {
    const caller = callerOf({ team_ids: teams.slice(0, count), grants: ["task:read:team"] });
    let queries = 0;
    const counting = {
      ...table,
      query: (input: Parameters<typeof table.query>[0]) => {
        queries++;
        return table.query(input);
      },
    };
    for (const order of ["created", "changed"] as const) {
      queries = 0;
      await listRecords(counting, {
        ...{ type: taskRecord, caller, now, order, cursorKey: "k", query: { limit: 25 } },
      });
      expect(queries, order).toBe(2 + 2 * count);
    }
  },
);

test("what is due of one's own costs a query for each state that is asked for, in any number of teams", async () => {
  const caller = callerOf({ team_ids: teams, grants: ["task:read:team"] });
  const asked: unknown[] = [];
  const counting = {
    ...table,
    query: (input: Parameters<typeof table.query>[0]) => {
      asked.push(input.IndexName);
      return table.query(input);
    },
  };
  await listRecords(counting, {
    ...{ type: taskRecord, caller, now, cursorKey: "k", query: { limit: 25 }, owner: caller.user_id },
    ...{ order: "rank", range: { max: Date.parse("2027-01-05") }, state: ["pending", "processing"] },
  });
  expect(asked).toEqual(["desk_rank", "desk_rank"]);
});

describe("sabotage: the comparison sees", () => {
  test("a search that forgets a team", async () => {
    const caller = callerOf({ user_id: users[1]!, team_ids: teams.slice(0, 2), grants: ["client:read:own"] });
    const forgetful = { ...caller, team_ids: teams.slice(0, 1) };
    const clients = allowed(clientRecord, caller, {}).sort();
    expect(await found(clientRecord, forgetful, {}, "kest")).not.toEqual(clients);
  });

  const caller = callerOf({ user_id: users[1]!, team_ids: teams.slice(0, 2), grants: ["task:read:own"] });

  test("a list that forgets a team", async () => {
    const forgetful = { ...caller, team_ids: teams.slice(0, 1) };
    expect(await listed(taskRecord, forgetful, {})).not.toEqual(allowed(taskRecord, caller, {}));
  });

  test("a list that shows what is no longer shared", async () => {
    const beforeTheyEnded = new Date(now.getTime() - 2 * 86_400_000);
    expect(await listed(taskRecord, caller, {}, beforeTheyEnded)).not.toEqual(
      allowed(taskRecord, caller, {}),
    );
  });
});
