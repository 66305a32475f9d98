import { expect, test } from "vitest";
import { createRecord } from "../../shared/data/records.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { named } from "../answers.ts";
import { type Metered, meter } from "../bench/meter.ts";
import { addUser, type SignedIn, signUp } from "../cloud.ts";
import { eventOf, handlerOf } from "../contract/subject.ts";
import { table } from "../in-process.ts";
import { soldHouses } from "../sales.ts";
import { anotherSession } from "../sessions.ts";

/** Records of the small brokerage and of the large one: `GROWTH=1000000` for a million. */
const small = 1000;
const large = Number(process.env.GROWTH ?? 200_000);
/** Calls of each read in each brokerage, in turns, after some that warm up. */
const calls = 60;
const warmUp = 10;
const transactionsAtOnce = 2;

interface Office {
  readonly admin: SignedIn;
  readonly agent: SignedIn;
  readonly client: SignedIn;
  readonly property_id: string;
  readonly task_id: string;
}

/** A brokerage with so many records: four properties to a task, an eighth of them on the market, owners in turns. */
async function grow(records: number): Promise<Office> {
  const { brokerage, ...admin } = await signUp();
  const [agent, client] = await Promise.all([addUser(admin, "agent"), addUser(admin, "client")]);
  const invoked = invocation(admin.user.id, null);
  const houses = soldHouses();
  const colleagues = Array.from({ length: Math.ceil(records / 500) }, invoked.newId);
  // Each owner has as many, whatever the size: an office grows by its people.
  const ownerOf = (at: number) =>
    at % 10 === 0 && at < 1000 ? agent.user.id : colleagues[at % colleagues.length]!;
  const first = { property: "", task: "" };
  const made = (at: number) => {
    const owner_user_id = ownerOf(Math.floor(at / 5));
    if (at % 5 === 4) {
      const due_date = new Date(Date.now() + at * 60_000).toISOString();
      const task = newTask({ title: `Call number ${at}`, due_date } as never, owner_user_id);
      const { record, writes } = createRecord(taskRecord, brokerage.id, task, invoked);
      first.task ||= record.id;
      return writes;
    }
    const { close_price, close_date, contract_date, ...house } = houses[(at * 211) % houses.length]!;
    const { lat, lng } = house.location;
    const location = { lat: lat + (Math.random() - 0.5) / 100, lng: lng + (Math.random() - 0.5) / 100 };
    const sold = { ...house, close_price, close_date, contract_date };
    const listing = at % 8 === 0 ? { ...house, status: "active" as const, location } : { ...sold, location };
    const property = newProperty(listing, { owner_user_id, now: new Date() });
    const { record, writes } = createRecord(propertyRecord, brokerage.id, property, invoked);
    first.property ||= record.id;
    return writes;
  };
  let next = 0;
  const write = async () => {
    while (next < records) {
      const from = next;
      next += 50;
      const writes = Array.from({ length: 50 }, (_, at) => made(from + at)).flat();
      // DynamoDB Local gives up on a lock when the machine is busy; nothing is written then.
      const isBusy = (error: Error) => error.name === "InternalServerError";
      for (let tries = 1; ; tries++)
        try {
          await table.commit(writes);
          break;
        } catch (error) {
          if (!isBusy(error as Error) || tries === 10) throw error;
        }
    }
  };
  await Promise.all(Array.from({ length: transactionsAtOnce }, write));
  return { admin, agent, client, property_id: first.property, task_id: first.task };
}

type Who = "admin" | "agent" | "client";
const center = "47.61,-122.33";

/** The reads, by what they ask for and as whom. */
const reads: readonly (readonly [id: string, who: Who, query: Readonly<Record<string, string>>])[] = [
  ["getMe", "agent", {}],
  ["getBrokerage", "agent", {}],
  ["listUsers", "agent", {}],
  ["getProperty", "agent", {}],
  ["listPropertyHistory", "agent", {}],
  ["listMedia", "agent", {}],
  ["listCmas", "admin", {}],
  ["listProperties", "agent", {}],
  ["listProperties", "client", {}],
  ["listProperties", "agent", { status: "active" }],
  ["listProperties", "agent", { status: "sold", sort: "-price", max_price: "900000" }],
  ["listProperties", "agent", { sort: "price" }],
  ["listProperties", "agent", { sort: "-updated_at" }],
  ["listProperties", "agent", { sort: "bedrooms", min_bedrooms: "3", status: "sold" }],
  ["listProperties", "agent", { near: center, radius_km: "10" }],
  ["getTask", "admin", {}],
  ["listTasks", "admin", {}],
  ["listTasks", "agent", {}],
  ["listTasks", "agent", { sort: "due_date", status: "pending" }],
  ["listTasks", "admin", { sort: "due_date", status: "pending" }],
  ["listTasks", "admin", { sort: "-updated_at" }],
];

interface Seen {
  readonly requests: string;
  readonly units: number;
  readonly items: number;
  readonly took: number[];
}

test(`from ${small} records to ${large} each read asks as much, costs as much, and takes as long`, async () => {
  const begun = Date.now();
  const offices = { small: await grow(small), large: await grow(large) };
  console.log(`${small + large} records written in ${Math.round((Date.now() - begun) / 1000)} s`);
  const rows: { read: string; small: Seen; large: Seen }[] = [];
  for (const [id, who, query] of reads) {
    const operation = named(id);
    const handler = await handlerOf(operation);
    const sessions = {
      small: await anotherSession(offices.small[who]),
      large: await anotherSession(offices.large[who]),
    };
    const call = async (size: "small" | "large", seen?: Seen): Promise<Seen> => {
      const { property_id, task_id } = offices[size];
      const known = { caller: sessions[size], params: { property_id, task_id }, version: undefined };
      const request = { token: undefined, params: {}, query, body: "", contentType: undefined };
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
      };
    };
    for (let count = 0; count < warmUp; count++)
      for (const size of ["small", "large"] as const) await call(size);
    const seen: { small?: Seen; large?: Seen } = {};
    for (let count = 0; count < calls; count++)
      for (const size of ["small", "large"] as const) seen[size] = await call(size, seen[size]);
    const read = [id, who === "agent" ? "" : `(${who})`, new URLSearchParams(query)].filter(String).join(" ");
    rows.push({ read, small: seen.small!, large: seen.large! });
  }
  console.log(rows.map(line).join("\n"));
  for (const { read, small, large } of rows) {
    // Around a place there are fewer cells to read where there is more in each of them.
    const isNear = read.includes("near=");
    if (isNear) expect(count(large.requests), read).toBeLessThanOrEqual(count(small.requests));
    else expect(large.requests, read).toBe(small.requests);
    expect(large.items, read).toBe(small.items);
    // A page's records differ by some bytes: half a unit.
    expect(large.units, read).toBeLessThanOrEqual(small.units + (isNear ? 2 : 0.5));
    expect(p95(large) / p95(small), `${read}: p95`).toBeLessThanOrEqual(1.5);
  }
});

const p95 = ({ took }: Seen) => took.toSorted((a, b) => a - b)[Math.floor(took.length * 0.95)]!;
const count = (requests: string) => requests.split(" ").length;

function line({ read, small, large }: { read: string; small: Seen; large: Seen }): string {
  const pair = (of: (seen: Seen) => number, digits: number) =>
    `${of(small).toFixed(digits)} → ${of(large).toFixed(digits)}`.padEnd(18);
  const requests = pair((seen) => count(seen.requests), 0);
  return `${read.padEnd(66)} requests ${requests} units ${pair(({ units }) => units, 1)} p95 ms ${pair(p95, 1)}`;
}
