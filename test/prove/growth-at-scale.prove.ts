import { expect, test } from "vitest";
import { queued } from "../../shared/data/cmas.ts";
import { appendToLog, entriesAtOnce } from "../../shared/data/log.ts";
import { audienceEntries } from "../../shared/data/record-item.ts";
import { createRecord } from "../../shared/data/records.ts";
import type { PutWrite } from "../../shared/data/table.ts";
import { apiKeyRecord } from "../../shared/domain/api-key.ts";
import { importRecord } from "../../shared/domain/import.ts";
import type { Happening } from "../../shared/domain/log.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { newImport } from "../../shared/domain/new-import.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { roleRecord } from "../../shared/domain/role.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { teamRecord } from "../../shared/domain/team.ts";
import { newUser, userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { named } from "../answers.ts";
import { type Metered, meter } from "../bench/meter.ts";
import { addUser, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { handlerOf } from "../contract/inside.ts";
import { filled } from "../contract/makers.ts";
import { eventOf } from "../contract/subject.ts";
import { table } from "../in-process.ts";
import { soldHouses } from "../sales.ts";
import { anotherSession } from "../sessions.ts";

/** Records of the small brokerage and of the large one: `GROWTH=1000000` for a million. */
const small = 1000;
const large = Number(process.env.GROWTH ?? 200_000);
/** Calls of each read in each brokerage, in turns, after some that warm up; three times as many where it is slow. */
const calls = 60;
const warmUp = 10;
const transactionsAtOnce = 2;

interface Office {
  readonly admin: SignedIn;
  readonly agent: SignedIn;
  readonly client: SignedIn;
  /** What paths and queries name. */
  readonly params: Readonly<Record<string, string>>;
}

/** DynamoDB Local gives up on a lock when the machine is busy; nothing is written then. */
async function patiently(write: () => Promise<void>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await write();
    } catch (error) {
      if ((error as Error).name !== "InternalServerError" || tries === 10) throw error;
    }
}

/**
 * A brokerage with so many records: four properties to a task, an eighth of them on the market, owners in turns; in
 * proportion to them users, teams, imports, analyses of a property and entries of the log. Of the first thousand records
 * a fifth each is the agent's, of either team of theirs, shared with agent and client, and shared with a team of both.
 */
async function grow(records: number): Promise<Office> {
  const { brokerage, ...admin } = await signUp();
  const [agent, client] = await Promise.all([addUser(admin, "agent"), addUser(admin, "client")]);
  const teams = [await teamOf(admin, agent, client), await teamOf(admin, agent, client)] as const;
  await letReadTeams(admin, agent);
  const invoked = invocation(admin.user.id, null);
  const [property_id, task_id, cma_id] = [invoked.newId(), invoked.newId(), invoked.newId()];
  const houses = soldHouses();
  // Each owner has as many, whatever the size: an office grows by its people.
  const colleagues = some(records / 500, invoked.newId);
  const byColleague = (at: number) => ({ owner_user_id: colleagues[at % colleagues.length]! });
  const read = { access: "read" } as const;
  const fifths = [
    { owner_user_id: agent.user.id as string },
    { team_id: teams[0] },
    { team_id: teams[1] },
    { shares: { [`user:${agent.user.id}`]: read, [`user:${client.user.id}`]: read } },
    { shares: { [`team:${teams[0]}`]: read } },
  ];

  const made = <T extends AnyRecordType>(type: T, fields: object): PutWrite[] => {
    const { record, writes } = createRecord(type, brokerage.id, fields as never, invoked);
    // As the stream's consumer would.
    return [
      ...writes,
      ...[...audienceEntries(type, record).values()].map((Item) => ({ Put: { Item } })),
    ] as PutWrite[];
  };
  const madeAt = (at: number) => {
    const of = { ...byColleague(Math.floor(at / 5)), ...(at < 1000 ? fifths[Math.floor(at / 5) % 5] : {}) };
    if (at % 5 === 4) {
      const due_date = new Date(Date.now() + at * 60_000).toISOString();
      const task = newTask({ title: `Call number ${at}`, due_date } as never, { team_id: null, ...of });
      return made(taskRecord, { ...task, ...(at === 4 ? { id: task_id } : {}) });
    }
    const { close_price, close_date, contract_date, ...house } = houses[(at * 211) % houses.length]!;
    const { lat, lng } = house.location;
    const location = { lat: lat + (Math.random() - 0.5) / 100, lng: lng + (Math.random() - 0.5) / 100 };
    const sold = { ...house, close_price, close_date, contract_date };
    const listing = at % 8 === 0 ? { ...house, status: "active" as const, location } : { ...sold, location };
    const property = { ...newProperty(listing, { ...of, now: new Date() }), ...of };
    const shares = Object.fromEntries(colleagues.slice(0, 20).map((id) => [`user:${id}`, read]));
    return made(propertyRecord, { ...property, ...(at === 0 ? { id: property_id, shares } : {}) });
  };
  let next = 0;
  const write = async () => {
    while (next < records) {
      const from = next;
      next += 20;
      await put(Array.from({ length: 20 }, (_, at) => madeAt(from + at)).flat());
    }
  };
  await Promise.all(Array.from({ length: transactionsAtOnce }, write));

  const person = { first_name: "Una", last_name: "Colleague", role: "agent" } as const;
  const queuedCma = { ...queued, property_id, effective_date: "2026-01-01", currency: "USD" };
  const asked = { resource: "property", format: "csv", size_bytes: 1000 } as Parameters<typeof newImport>[0];
  const by = { owner_user_id: admin.user.id, task_id, asked: invoked.written };
  const key = { name: "Website", owner_user_id: admin.user.id, grants: ["property:read:own"], hash: "hash" };
  const role = { is_default: false, is_built_in: false, permissions: [], users: 0, description: "" };
  await put([
    ...colleagues.flatMap((id) => {
      const user = newUser({ ...person, email: `${unique()}@users.example` }, "hash");
      return made(userRecord, { ...user, id });
    }),
    ...some(records / 2000, (at) => made(teamRecord, { name: `Team ${at}`, members: [] })).flat(),
    ...some(records / 1000, () => made(importRecord, newImport(asked, by))).flat(),
    ...some(records / 100, (at) =>
      made(cmaRecord, { ...queuedCma, ...byColleague(at), ...(at === 0 ? { id: cma_id } : {}) }),
    ).flat(),
    // Of these a brokerage has 50 at most.
    ...some(Math.min(records / 1000, 20), () => made(apiKeyRecord, { ...key, id: invoked.newId() })).flat(),
    ...some(0, (at) => made(roleRecord, { ...role, name: `Role ${at}` })).flat(),
  ]);

  const happenings = Array.from({ length: 500 + records / 5 }, (_, at): Happening => {
    const who = at % 5 === 0 ? (agent.user.id as string) : byColleague(at).owner_user_id;
    const id = at % 10 === 0 ? property_id : invoked.newId();
    return {
      ...{ brokerage_id: brokerage.id, type: "record_changed", change: "changed" },
      ...{ entity: "property", id, version: at + 2, at: invoked.now.toISOString() },
      ...{ by: who, actor: who, operation_id: invoked.newId(), fields: ["price"] },
      particulars: { changes: [{ field: "price", before: 500_000, after: 510_000 }] },
      item: "record",
    };
  });
  for (let at = 0; at < happenings.length; at += entriesAtOnce)
    await patiently(() =>
      appendToLog(table, brokerage.id, happenings.slice(at, at + entriesAtOnce), invoked),
    );
  const params = { property_id, task_id, cma_id, team_id: teams[0], user_id: agent.user.id };
  return { admin, agent, client, params };
}

/** Somewhat more than a page, and so many more. */
const some = <T>(more: number, make: (at: number) => T): T[] =>
  Array.from({ length: 30 + Math.ceil(more) }, (_, at) => make(at));

async function put(writes: readonly PutWrite[]): Promise<void> {
  for (let at = 0; at < writes.length; at += 100)
    await patiently(() => table.commit(writes.slice(at, at + 100)));
}

/** A team with some members; its id. */
async function teamOf({ token }: SignedIn, ...members: readonly SignedIn[]): Promise<string> {
  const { id } = await expectStatus(201, "POST", "/v1/teams", { token, body: { name: "Ballard" } });
  for (const { user } of members)
    await expectStatus(200, "PUT", `/v1/teams/${id}/members/${user.id}`, { token, body: {} });
  return id;
}

/** Gives somebody a role that reads the tasks of their teams. */
async function letReadTeams({ token }: SignedIn, { user }: SignedIn): Promise<void> {
  const role = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: "Teammate" } });
  const permissions = [{ resource: "task", action: "read", scope: "team" }];
  const asked = { token, headers: { "if-match": '"1"' } };
  await expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, { ...asked, body: { permissions } });
  const { version } = await expectStatus(200, "GET", `/v1/users/${user.id}`, { token });
  const headers = { "if-match": `"${version}"` };
  const body = { role_ids: [role.id] };
  await expectStatus(200, "PUT", `/v1/users/${user.id}/roles`, { token, headers, body });
}

type Who = "admin" | "agent" | "client";
const ofProperty = { entity: "property", id: "{property_id}" };

/** The reads, by what they ask for and as whom; queries name records as paths do. */
const reads: readonly (readonly [id: string, who: Who, query: Readonly<Record<string, string>>])[] = [
  ["getMe", "agent", {}],
  ["getBrokerage", "agent", {}],
  ["listUsers", "agent", {}],
  ["getUser", "agent", {}],
  ["listTeams", "agent", {}],
  ["getTeam", "agent", {}],
  ["listRoles", "admin", {}],
  ["listApiKeys", "admin", {}],
  ["listImports", "admin", {}],
  ["getProperty", "agent", {}],
  ["listPropertyHistory", "agent", {}],
  ["listPropertyShares", "agent", {}],
  ["listMedia", "agent", {}],
  ["listCmas", "admin", {}],
  ["getCma", "admin", {}],
  ["listProperties", "agent", {}],
  ["listProperties", "client", {}],
  ["listProperties", "agent", { status: "active" }],
  ["listProperties", "agent", { status: "sold", sort: "-price", max_price: "900000" }],
  ["listProperties", "agent", { sort: "price" }],
  ["listProperties", "agent", { sort: "-updated_at" }],
  ["listProperties", "agent", { sort: "bedrooms", min_bedrooms: "3", status: "sold" }],
  ["listProperties", "agent", { near: "{place}", radius_km: "10" }],
  ["getTask", "admin", {}],
  ["listTasks", "admin", {}],
  ["listTasks", "agent", {}],
  ["listTasks", "agent", { sort: "due_date", status: "pending" }],
  ["listTasks", "admin", { sort: "due_date", status: "pending" }],
  ["listTasks", "admin", { sort: "-updated_at" }],
  ["listTasks", "agent", { sort: "-updated_at" }],
  [
    "listTasks",
    "agent",
    { owner_user_id: "{user_id}", is_finished: "false", due_before: "2028-01-01T00:00:00Z" },
  ],
  ["listTasks", "admin", { is_finished: "false", due_before: "2028-01-01T00:00:00Z" }],
  ["getAccess", "admin", { ...ofProperty, permission: "property:read", user_id: "{user_id}" }],
  ["listAllowedUsers", "admin", { ...ofProperty, permission: "property:write" }],
  ["listAuditEvents", "admin", {}],
  ["listAuditEvents", "admin", { user_id: "{user_id}" }],
  ["listAuditEvents", "admin", ofProperty],
  ["listChanges", "admin", { since: "200" }],
];

interface Seen {
  readonly requests: string;
  readonly units: number;
  readonly items: number;
  readonly took: readonly number[];
  /** Of each call. */
  readonly counts: readonly number[];
  readonly allUnits: readonly number[];
}

interface Pair {
  small: Seen;
  large: Seen;
}

test(`from ${small} records to ${large} each read asks as much, costs as much, and takes as long`, async () => {
  const begun = Date.now();
  const offices = { small: await grow(small), large: await grow(large) };
  console.log(`${small + large} records written in ${Math.round((Date.now() - begun) / 1000)} s`);
  const rows: (Pair & { readonly read: string })[] = [];
  const houses = soldHouses();
  for (const [id, who, query] of reads) {
    const operation = named(id);
    const handler = await handlerOf(operation);
    const sessions = {
      small: await anotherSession(offices.small[who]),
      large: await anotherSession(offices.large[who]),
    };
    const call = async (size: "small" | "large", at: number, seen?: Seen): Promise<Seen> => {
      const { lat, lng } = houses[(at * 107) % houses.length]!.location;
      const params = { ...offices[size].params, place: `${lat},${lng}` };
      const known = { caller: sessions[size], params, version: undefined };
      const filledIn = Object.fromEntries(
        Object.entries(query).map(([name, text]) => [name, filled(text, params)]),
      );
      const request = { token: undefined, params: {}, query: filledIn, body: "", contentType: undefined };
      const event = eventOf(operation, { ...request, ifMatch: undefined, idempotencyKey: undefined }, known);
      const start = performance.now();
      const { result, requests } = await meter(() => handler(event));
      const took = performance.now() - start;
      if (result.status !== 200) throw new Error(`${id}: ${result.status} ${result.text}`);
      const units = requests.reduce((sum, { readUnits }: Metered) => sum + readUnits, 0);
      const asked = requests
        .map(({ action }) => action)
        .sort()
        .join(" ");
      return {
        requests: asked,
        units: Math.max(units, seen?.units ?? 0),
        items: JSON.parse(result.text).items?.length ?? 1,
        took: [...(seen?.took ?? []), took],
        counts: [...(seen?.counts ?? []), requests.length],
        allUnits: [...(seen?.allUnits ?? []), units],
      };
    };
    for (let count = 0; count < warmUp; count++)
      for (const size of ["small", "large"] as const) await call(size, count);
    const seen: Partial<Pair> = {};
    const measure = async (times: number) => {
      for (let count = 0; count < times; count++)
        for (const size of ["small", "large"] as const) seen[size] = await call(size, count, seen[size]);
    };
    await measure(calls);
    // A moment in which the machine was busy weighs less among more calls; what grows is slow in all of them.
    if (p95Ratio(seen as Pair) > mostP95Ratio) await measure(2 * calls);
    const said = Object.entries(query).map(([name, text]) => `${name}=${text}`);
    const read = [id, ...(who === "agent" ? [] : [`(${who})`]), ...said].join(" ");
    rows.push({ read, ...(seen as Pair) });
  }
  console.log(rows.map(line).join("\n"));
  for (const { read, small, large } of rows) {
    expect(large.items, read).toBe(small.items);
    // How many cells are read depends on the place: the median of the places must not grow.
    if (read.includes("near=")) {
      expect(median(large.counts), read).toBeLessThanOrEqual(median(small.counts) + 2);
      expect(median(large.allUnits), read).toBeLessThanOrEqual(median(small.allUnits) * 1.2);
      continue;
    }
    expect(large.requests, read).toBe(small.requests);
    // A page's records differ by some bytes: half a unit.
    expect(large.units, read).toBeLessThanOrEqual(small.units + 0.5);
  }
  for (const { read, ...seen } of rows)
    expect(p95Ratio(seen), `${read}: p95`).toBeLessThanOrEqual(mostP95Ratio);
});

const p95 = ({ took }: Seen) => took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)]!;
const p95Ratio = ({ small, large }: Pair) => p95(large) / p95(small);
const mostP95Ratio = 1.5;
const median = (all: readonly number[]) => all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)]!;
const count = (requests: string) => requests.split(" ").length;

function line({ read, small, large }: Pair & { readonly read: string }): string {
  const pair = (of: (seen: Seen) => number, digits: number) =>
    `${of(small).toFixed(digits)} → ${of(large).toFixed(digits)}`.padEnd(18);
  const isNear = read.includes("near=");
  const requests = pair((seen) => (isNear ? median(seen.counts) : count(seen.requests)), 0);
  const units = pair((seen) => (isNear ? median(seen.allUnits) : seen.units), 1);
  const costs = `requests ${requests} units ${units} p95 ms ${pair(p95, 1)}`;
  return `${read.padEnd(66)} items ${pair(({ items }) => items, 0)} ${costs}`;
}
