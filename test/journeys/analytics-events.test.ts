import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import { createAnalyticsEvents } from "../../functions/analytics/create-analytics-events.ts";
import { getProperty } from "../../functions/properties/get-property.ts";
import { getPublicProperty } from "../../functions/public/get-public-property.ts";
import { eventsOfDay, shards } from "../../shared/data/events.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import type { StoredEvent } from "../../shared/domain/analytics/event.ts";
import type { NewEvent } from "../../shared/domain/analytics/new-events.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { userRecord } from "../../shared/domain/user.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { asked, question, withModel } from "../ai/asking.ts";
import { says } from "../ai/step.ts";
import { eventsOf, gathered } from "../analytics.ts";
import { operations } from "../answers.ts";
import { type Metered, meter } from "../bench/meter.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, api, brokerageOf, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { anApprovedCma, linkTo } from "../contract/makers.ts";
import { makeWorld } from "../contract/rows.ts";
import { importFile } from "../imports.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { tokenFor } from "../mail.ts";
import { house } from "../properties.ts";

type Told = z.input<typeof NewEvent>;

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let other: SignedIn;
let customer: SignedIn;
/** The website's: it may send events and nothing else. */
let key: string;
/** The agent's. */
let home: string;

const day = 86_400_000;
const ago = (milliseconds: number) => new Date(Date.now() - milliseconds).toISOString();
const view = (more: Partial<Told> = {}): Told => ({
  ...{ entity_type: "property", entity_id: home, metric_type: "detailed_view" },
  ...more,
});
const send = (events: readonly Told[], { token }: Pick<SignedIn, "token"> = admin, headers = {}) =>
  ok(client.createAnalyticsEvents({ token, body: { events: [...events] }, headers }));

/** The events of the brokerage, as they are stored. */
async function stored(holds: (event: StoredEvent) => boolean, by: SignedIn = admin): Promise<StoredEvent[]> {
  return (await gathered(eventsOf(brokerageOf(by)))).filter(holds);
}
/** The same, once there are so many. */
const noted = (count: number, holds: (event: StoredEvent) => boolean) =>
  waitFor(async () => {
    const found = await stored(holds);
    return found.length >= count ? found : undefined;
  });
const isOf = (metric: string, id: string) => (event: StoredEvent) =>
  event.metric_type === metric && [event.entity_id, event.about.client_id].includes(id);
const listed = async (query: object, { token }: Pick<SignedIn, "token"> = admin) =>
  (await ok(client.listAnalyticsEvents({ token, query }))).items;

beforeAll(async () => {
  admin = await signUp();
  [agent, other, customer] = [
    await addUser(admin, "agent"),
    await addUser(admin, "agent"),
    await addUser(admin, "client"),
  ];
  const grants = ["analytics:write:brokerage"];
  key = (await ok(client.createApiKey({ token: admin.token, body: { name: "Website", grants } }))).key!;
  const body = { ...house, city: "Seattle" };
  home = (await ok(client.createProperty({ token: agent.token, body }))).id;
  const { token } = admin;
  const { version } = await ok(client.getBrokerage({ token }));
  await ok(client.updateBrokerage({ token, version, body: { public_listings: true } }));
});

describe("events that are sent", () => {
  test("are taken one by one: each that is not says why", async () => {
    const answer = await send([
      view({ value: unique() }),
      view({ metric_type: "listed" }),
      view({ metric_type: "x_brochure", value: "A4" }),
      view({ occurred_at: ago(8 * day) }),
      view({ occurred_at: ago(-10 * 60_000) }),
      view({ entity_id: unique() }),
      view({ entity_id: admin.user.id }),
      view({ metric_type: "x_long", value: "ä".repeat(150) }),
      view({ occurred_at: ago(6 * day), metric_type: "share" }),
      { ...view(), colour: "red" } as never,
      view({ value: null as never }),
    ]);
    expect(answer.accepted).toBe(3);
    expect(answer.rejected.map(({ index, path }) => [index, path])).toEqual([
      [1, "/metric_type"],
      [3, "/occurred_at"],
      [4, "/occurred_at"],
      [5, "/entity_id"],
      [6, "/entity_id"],
      [7, "/value"],
      [9, "/colour"],
      [10, "/value"],
    ]);
  });

  test("are refused as a whole where the body has another shape", async () => {
    const { token } = admin;
    const told = (events: unknown) => client.createAnalyticsEvents({ token, body: { events } as never });
    for (const events of [[], Array.from({ length: 101 }, () => view()), ["view"], {}])
      await refused("invalid_input", told(events));
  });

  test("count once by their event_id and day, and the first stays", async () => {
    const [event_id, occurred_at] = [unique(), ago(day)];
    const told = view({ event_id, occurred_at, metric_type: "x_once", value: 1 });
    expect(await send([told, { ...told, value: 2 }])).toEqual({ accepted: 2, rejected: [] });
    expect(await send([{ ...told, value: 3 }])).toEqual({ accepted: 1, rejected: [] });
    await send([{ ...told, occurred_at: ago(2 * day), value: 4 }]);
    const isIt = ({ metric_type }: StoredEvent) => metric_type === "x_once";
    expect((await stored(isIt)).map(({ value }) => value).sort()).toEqual([1, 4]);
    // Another sender counts by ids of its own.
    await send([{ ...told, value: 6 }], { token: agent.token });
    expect((await stored(isIt)).map(({ value }) => value).sort()).toEqual([1, 4, 6]);
    // Sabotage: without the condition the last one stays.
    const loose = await inProcess(withTable(createAnalyticsEvents, unconditional) as unknown as Operation);
    await loose({ token: admin.token, body: { events: [{ ...told, value: 5 }] } });
    expect((await stored(isIt)).map(({ value }) => value).sort()).toEqual([4, 5, 6]);
  });

  test("count once under an Idempotency-Key, also where the first try broke off", async () => {
    const [key, metric] = [unique(), `x_${unique()}`];
    const request = {
      token: admin.token,
      headers: { "idempotency-key": key },
      body: { events: [view({ metric_type: metric }), view({ metric_type: metric })] },
    };
    const crashing = withTable(createAnalyticsEvents, (real) => ({
      ...real,
      commit(writes) {
        if (JSON.stringify(writes).includes("answer#")) throw new Error("The process ended");
        return real.commit(writes);
      },
    }));
    const isIt = ({ metric_type }: StoredEvent) => metric_type === metric;
    const broken = await inProcess(crashing as unknown as Operation);
    expect((await broken(request)).status).toBe(500);
    expect(await stored(isIt)).toHaveLength(2);
    const call = await inProcess(createAnalyticsEvents as unknown as Operation);
    for (let times = 0; times < 2; times++)
      expect((await call(request)).body).toEqual({ accepted: 2, rejected: [] });
    expect(await stored(isIt)).toHaveLength(2);
  });

  test("count for whoever has the listing at that moment, and keep no name of a visitor", async () => {
    const visitor = `someone-${unique()}`;
    for (let times = 0; times < 2; times++)
      await send([view({ value: visitor, event_id: unique() })], { token: key });
    const seen = await stored((event) => event.about.visitor !== undefined && event.user_id === null);
    const marks = Map.groupBy(seen, ({ about }) => about.visitor!);
    const [mark] = [...marks].find(([, events]) => events.length === 2)!;
    expect(mark).toMatch(/^[\w-]{8}$/);
    expect(marks.get(mark)![0]).toMatchObject({
      ...{ value: 1, user_id: null, entity_id: home },
      about: { user_id: agent.user.id, property_id: home, property_type: "house", city: "Seattle" },
    });
    expect(JSON.stringify(seen)).not.toContain(visitor);
  });

  test("keep a sender's word of its own kinds alone", async () => {
    const word = `someone-${unique()}@mail.example`;
    const kinds = ["share", "favorited", "submission_of_lead_form", "x_word"];
    await send(kinds.map((metric_type) => view({ metric_type, value: word })));
    const kept = (await stored(({ value }) => value === word)).map(({ metric_type }) => metric_type);
    expect(kept).toEqual(["x_word"]);
  });

  test("of a property that a website may not read are taken, and count for nothing", async () => {
    const unknown = admin.user.id as string;
    expect(await send([view({ entity_id: unknown })], { token: key })).toEqual({ accepted: 1, rejected: [] });
    expect(await stored(isOf("detailed_view", unknown))).toMatchObject([{ about: {} }]);
    // An agent adds to own numbers alone.
    expect((await send([view()], agent)).rejected).toEqual([]);
    expect((await send([view()], other)).rejected).toMatchObject([{ index: 0, path: "/entity_id" }]);
    const [theirs] = await stored(({ user_id }) => user_id === agent.user.id);
    expect(theirs).toMatchObject({ entity_id: home });
  });

  test("cost two write units each, and one read of what they are about", async () => {
    const call = await inProcess(createAnalyticsEvents as unknown as Operation);
    const events = Array.from({ length: 100 }, (_, at) =>
      view(at % 2 ? { value: unique() } : { metric_type: "x_words", value: "w".repeat(200) }),
    );
    const { result, requests } = await meter(() => call({ token: admin.token, body: { events } }));
    expect(result.body).toEqual({ accepted: 100, rejected: [] });
    const puts = requests.filter(({ action }) => action === "PutItem");
    expect([puts.length, unitsOf(puts)]).toEqual([100, 200]);
    // Beside the caller's own read.
    expect(requests.filter(({ action }) => action !== "PutItem")).toHaveLength(2);
  });

  test("are all that a website's key can send: it reads nothing", async () => {
    const needIt = operations.filter(({ permission }) => permission === "analytics:write");
    expect(needIt.map(({ id }) => id)).toEqual(["createAnalyticsEvents"]);
    for (const path of ["analytics-events", "properties", `properties/${home}`, "clients", "me", "users"])
      expect([path, (await api("GET", `/v1/${path}`, { token: key })).status]).toEqual([path, 403]);
    await refused(
      "forbidden",
      client.createAnalyticsEvents({ token: customer.token, body: { events: [view()] } }),
    );
  });
});

const unitsOf = (requests: readonly Metered[]) =>
  requests.reduce((sum, { writeUnits }) => sum + writeUnits, 0);

describe("events of what happens in Gable", () => {
  test("tell a listing's life", async () => {
    const { token } = agent;
    const body = { ...house, price: 500_000, city: "Tacoma" };
    const listing = await ok(client.createProperty({ token, body }));
    const params = { property_id: listing.id };
    const change = async (version: number, body: object) =>
      (await ok(client.updateProperty({ token, params, version, body }))).version;
    const reduced = await change(listing.version, { price: 480_000 });
    const offered = await change(reduced, { status: "under_offer" });
    await change(offered, { status: "sold", close_price: 475_000 });
    const life = await noted(5, ({ entity_id }) => entity_id === listing.id);
    expect(life.map(({ metric_type, value }) => `${metric_type} ${value}`).sort()).toEqual([
      "closed 475000",
      "listed 1",
      "price_changed -20000",
      "status_changed active>under_offer",
      "status_changed under_offer>sold",
    ]);
    for (const { about, user_id } of life) {
      expect(about).toMatchObject({ user_id: agent.user.id, property_id: listing.id, city: "Tacoma" });
      expect(user_id).toBe(agent.user.id);
    }
  });

  test("tell an enquiry, the answer to it and what follows", async () => {
    const { token } = admin;
    const person = { name: "Nora", email: `${unique()}@events.example` };
    const body = { source: "zillow", person, property_id: home };
    const { client: nora } = (await ok(client.createLead({ token, body }))) as { client: { id: string } };
    const params = { client_id: nora.id };
    expect(await noted(1, isOf("lead_received", nora.id))).toMatchObject([
      { entity_type: "client", about: { client_id: nora.id, source: "zillow", lead_score: 0 } },
    ]);
    expect(await noted(1, isOf("submission_of_lead_form", nora.id))).toMatchObject([
      { entity_type: "property", entity_id: home, about: { user_id: agent.user.id, property_id: home } },
    ]);
    await ok(client.createInteraction({ token, params, body: { type: "call" } }));
    await ok(
      client.createInteraction({ token, params, body: { type: "meeting", occurred_at: ago(30 * day) } }),
    );
    await ok(client.createInteraction({ token, params, body: { type: "note", notes: "Likes it" } }));
    const [response] = await noted(1, isOf("first_response", nora.id));
    expect(Number(response!.value)).toBeLessThan(2);
    const contacts = await noted(2, isOf("contact", nora.id));
    expect(contacts.map(({ value }) => value).sort()).toEqual(["call", "meeting"]);
    for (const { about } of contacts) expect(about.user_id).toBe(admin.user.id);
    // What was noted so late counts on the day on which it was noted: the days before are final.
    expect(contacts.every(({ occurred_at }) => occurred_at > ago(day))).toBe(true);
    expect(await noted(1, isOf("appointment", nora.id))).toHaveLength(1);
    const { version } = await ok(client.getClient({ token, params }));
    await ok(client.updateClient({ token, params, version, body: { nurture_status: "hot" } }));
    // From where, the score says: it moves the status, too.
    const moves = async () =>
      (await stored(isOf("client_status_changed", nora.id))).map(({ value }) => String(value));
    await waitFor(async () => (await moves()).some((move) => move.endsWith(">hot")) || undefined);
    expect(await moves()).toContain(">new");
    const interest = { client_id: nora.id, property_id: home };
    const like = (interest_: "favorite" | "discard") =>
      ok(client.putClientProperty({ token, params: interest, body: { interest: interest_ } }));
    await like("favorite");
    expect(await noted(1, isOf("favorited", nora.id))).toMatchObject([{ entity_id: home }]);
    // A second enquiry of the same person is no second lead.
    await ok(client.createLead({ token, body }));
    await noted(2, isOf("submission_of_lead_form", nora.id));
    expect(await stored(isOf("lead_received", nora.id))).toHaveLength(1);
  });

  test("measure no response to who did not come by an enquiry", async () => {
    const { token } = agent;
    const met = await ok(client.createClient({ token, body: { name: `Met ${unique()}` } }));
    const params = { client_id: met.id };
    await ok(client.createInteraction({ token, params, body: { type: "email" } }));
    await noted(1, isOf("contact", met.id));
    await noted(1, isOf("client_status_changed", met.id));
    expect(await stored(isOf("first_response", met.id))).toEqual([]);
    expect(await stored(isOf("lead_received", met.id))).toEqual([]);
  });

  test("count no enquiry of the past as a lead, and measure no response to it", async () => {
    const { token } = admin;
    const person = { name: `Past ${unique()}`, email: `${unique()}@events.example` };
    const body = { source: "zillow", person, occurred_at: ago(3 * day), property_id: home };
    const { client: past } = (await ok(client.createLead({ token, body }))) as { client: { id: string } };
    await ok(client.createInteraction({ token, params: { client_id: past.id }, body: { type: "call" } }));
    await noted(1, isOf("contact", past.id));
    for (const metric of ["lead_received", "first_response"])
      expect(await stored(isOf(metric, past.id))).toEqual([]);
  });

  test("tell of an analysis, and of each look at its report", async () => {
    const world = await makeWorld();
    const broker = world.home.users.admin;
    const { cma_id } = await anApprovedCma(world);
    const { token } = await linkTo(world, { cma_id });
    for (let looks = 0; looks < 2; looks++) await ok(client.getSharedReport({ params: { token } }));
    const theirs = (metric: string) => stored(isOf(metric, cma_id), broker);
    const seen = await waitFor(async () => {
      const found = await theirs("report_viewed");
      return found.length === 2 ? found : undefined;
    });
    const about = { user_id: broker.user.id, property_id: expect.any(String) };
    for (const event of [...seen, ...(await theirs("analysis_completed"))])
      expect(event).toMatchObject({ value: 1, user_id: null, about });
    expect(await theirs("analysis_completed")).toHaveLength(1);
  });

  test("tell once of a request that the assistant completed, and of none that failed", async () => {
    const used = (id: string) => stored(isOf("assistant_used", id));
    await withModel([says("Nothing is due.")], async (model) => {
      const done = await asked(agent, question(`What is due? ${model.to}`));
      expect(done.status).toBe("completed");
      const [event] = await noted(1, isOf("assistant_used", done.id));
      expect(event).toMatchObject({ value: 1, entity_type: "ai_request", about: { user_id: agent.user.id } });
      expect(await used(done.id)).toHaveLength(1);
    });
    await withModel([], async (model) => {
      const { id, status } = await asked(agent, question(`And now? ${model.to}`));
      expect(status).toBe("failed");
      expect(await used(id)).toEqual([]);
    });
  });

  test("tell of an import once, and of none of its rows", async () => {
    const rows = Array.from({ length: 20 }, (_, at) => `${unique()},${at} Event St,Kent,300000,active`);
    const file = ["id,address,city,price,status", ...rows].join("\n");
    const { id, rows_created } = await importFile(admin.token, file);
    expect(rows_created).toBe(20);
    await noted(1, isOf("records_imported", id));
    expect(await stored(({ about }) => about.city === "Kent")).toEqual([]);
  });
});

describe("a look at a listing", () => {
  const browser = { "user-agent": "Mozilla/5.0 (X11; Linux x86_64) Firefox/140.0" };
  const path = () => `/v1/public/${admin.brokerage.slug}/properties/${home}`;
  const looks = () => stored((event) => isOf("detailed_view", home)(event) && event.user_id === null);

  test("by anyone is noted once for each, and by a program never", async () => {
    const before = (await looks()).length;
    for (const address of ["198.51.100.7", "198.51.100.7", "198.51.100.8"])
      await api("GET", path(), { headers: { ...browser, "x-forwarded-for": address } });
    expect((await looks()).length).toBe(before + 3);
    for (const agent of ["Googlebot/2.1 (+http://www.google.com/bot.html)", "curl/8.9"])
      expect((await api("GET", path(), { headers: { "user-agent": agent } })).status).toBe(200);
    expect((await looks()).length).toBe(before + 3);
    expect(JSON.stringify(await looks())).not.toContain("198.51.100");
  });

  test("that cannot be noted is still shown", async () => {
    let tries = 0;
    const failing = withTable(getPublicProperty, (real) => ({
      ...real,
      commit: async () => {
        tries++;
        throw new Error("Throttled");
      },
    }));
    const call = await inProcess(failing as unknown as Operation);
    const params = { slug: admin.brokerage.slug as string, property_id: home };
    expect((await call({ params, headers: browser })).status).toBe(200);
    expect(tries).toBe(1);
  });

  test("that cannot be shown is not noted: whoever asks again looks once", async () => {
    const { pk } = recordKey(admin.brokerage.id, userRecord, agent.user.id);
    const failing = withTable(getPublicProperty, (real) => ({
      ...real,
      async get(key) {
        if (key.pk !== pk) return real.get(key);
        await sleep(200);
        // A look that was noted meanwhile is in the table by now.
        throw new Problem("busy");
      },
    }));
    const call = await inProcess(failing as unknown as Operation);
    const params = { slug: admin.brokerage.slug as string, property_id: home };
    const before = (await looks()).length;
    expect((await call({ params, headers: browser })).status).toBe(503);
    expect((await looks()).length).toBe(before);
  });

  test("by a client is noted, with the client that they are; by an agent it is one request that writes nothing", async () => {
    const params = { property_id: home };
    const call = await inProcess(getProperty as unknown as Operation);
    const measured = async ({ token }: SignedIn) => {
      const { result, requests } = await meter(() => call({ token, params }));
      expect(result.status).toBe(200);
      return requests.map(({ action }) => action);
    };
    for (const who of [admin, agent, other]) expect(await measured(who)).toEqual(["BatchGetItem", "GetItem"]);
    expect(await measured(customer)).toEqual(["BatchGetItem", "GetItem", "PutItem"]);
    const theirs = ({ user_id }: StoredEvent) => user_id === customer.user.id;
    expect(await stored(theirs)).toMatchObject([{ entity_id: home, about: { user_id: agent.user.id } }]);
    expect((await stored(theirs))[0]!.about.client_id).toBeUndefined();

    const body = { name: "The customer", email: customer.email };
    const known = await ok(client.createClient({ token: admin.token, body }));
    const token = await tokenFor(brokerageOf(admin), customer.user.id, "email");
    await ok(client.verifyEmail({ body: { token } }));
    await measured(customer);
    expect((await stored(theirs)).map(({ about }) => about.client_id)).toContain(known.id);
    // The same person both times.
    expect(new Set((await stored(theirs)).map(({ about }) => about.visitor)).size).toBe(1);
  });
});

describe("the list", () => {
  test("shows the latest arrival first, page by page, each once", async () => {
    const metric = `x_${unique()}`;
    for (let times = 0; times < 3; times++)
      await send(
        Array.from({ length: 20 }, (_, at) => view({ metric_type: metric, value: times * 20 + at })),
      );
    const found: number[] = [];
    await waitFor(async () =>
      (await listed({ metric_type: metric, limit: "100" })).length === 60 ? true : undefined,
    );
    let cursor: string | null | undefined;
    do {
      const query = { metric_type: metric, limit: "7", ...(cursor ? { cursor } : {}) };
      const page = await ok(client.listAnalyticsEvents({ token: admin.token, query }));
      found.push(...page.items.map(({ value }) => Number(value)));
      cursor = page.next_cursor;
    } while (cursor);
    expect(found.map((value) => Math.floor(value / 20))).toEqual([
      ...Array(20).fill(2),
      ...Array(20).fill(1),
      ...Array(20).fill(0),
    ]);
    expect([...found].sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, at) => at));
    await refused(
      "invalid_cursor",
      client.listAnalyticsEvents({ token: admin.token, query: { cursor: "AAAA" } }),
    );
  });

  test("narrows by what, of what and when", async () => {
    const metric = `x_${unique()}`;
    await send([
      view({ metric_type: metric, occurred_at: ago(3 * day) }),
      view({ metric_type: metric, occurred_at: ago(day) }),
      { entity_type: "search", metric_type: metric },
    ]);
    const count = async (query: object) => (await listed({ metric_type: metric, ...query })).length;
    await waitFor(async () => ((await count({})) === 3 ? true : undefined));
    expect(await count({ entity_type: "property", entity_id: home })).toBe(2);
    expect(await count({ entity_type: "search" })).toBe(1);
    expect(await count({ from: ago(2 * day) })).toBe(2);
    expect(await count({ from: ago(4 * day), to: ago(2 * day) })).toBe(1);
    const query = { entity_id: home };
    await refused("invalid_input", client.listAnalyticsEvents({ token: admin.token, query }));
  });

  test("shows an agent what they did and what counts for them, and no client anything", async () => {
    await waitFor(async () =>
      (await listed({ metric_type: "listed" }, agent)).length >= 2 ? true : undefined,
    );
    const all = await stored(() => true);
    const theirs = all.filter(({ user_id, about }) => [user_id, about.user_id].includes(agent.user.id));
    const seen = new Set<string>();
    let cursor: string | null | undefined;
    do {
      const query = { limit: "100", ...(cursor ? { cursor } : {}) };
      const page = await ok(client.listAnalyticsEvents({ token: agent.token, query }));
      for (const { id, occurred_at } of page.items) seen.add(`${occurred_at} ${id}`);
      cursor = page.next_cursor;
    } while (cursor);
    const names = (events: readonly StoredEvent[]) =>
      events.map(({ id, occurred_at }) => `${occurred_at} ${id}`).sort();
    expect([...seen].sort()).toEqual(names(theirs));
    expect(theirs.length).toBeLessThan(all.length);
    await refused("forbidden", client.listAnalyticsEvents({ token: customer.token }));
    const stranger = await signUp();
    expect(await listed({}, stranger)).toEqual([]);
  });

  test("and the fold find by arrival what stands by day", async () => {
    const arrived = await noted(1, () => true);
    const standing: StoredEvent[] = [];
    for (let days = -1; days <= 8; days++)
      for (const shard of shards) {
        const onDay = ago(days * day).slice(0, 10);
        standing.push(...(await gathered(eventsOfDay(table, brokerageOf(admin), onDay, shard))));
      }
    const byPlace = (one: StoredEvent, two: StoredEvent) =>
      `${one.occurred_at} ${one.id}` < `${two.occurred_at} ${two.id}` ? -1 : 1;
    expect(arrived.sort(byPlace)).toEqual(standing.sort(byPlace));
  });
});
