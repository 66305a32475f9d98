import { beforeAll, describe, expect, test } from "vitest";
import { getAnalytics } from "../../functions/analytics/get-analytics.ts";
import { takeStock } from "../../functions/analytics/take-stock.ts";
import { writeFolded } from "../../shared/data/bucket-writes.ts";
import { readBuckets } from "../../shared/data/buckets.ts";
import { foldMarketOf } from "../../shared/data/market-view.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { refreshStock } from "../../shared/data/stock.ts";
import type { Table } from "../../shared/data/table.ts";
import { defaultGrants } from "../../shared/domain/access.ts";
import type { Subject, ViewName } from "../../shared/domain/analytics/views.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { dayIn, daysAfter } from "../../shared/domain/days.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { meter } from "../bench/meter.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, api, brokerageOf, cloud, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { fill, house } from "../properties.ts";
import { stored } from "../records.ts";

const zone = "America/Los_Angeles";
const today = dayIn(zone, new Date());

/** Notes what was counted of some subjects' day, as a fold does. */
async function count(
  by: SignedIn,
  view: ViewName,
  subjects: readonly Subject[],
  day: string,
  { counts = {}, samples = {}, seen = {}, final = false }: Counted,
) {
  const marks = Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, { marks: all }]));
  const foldings = subjects.map((subject) => ({
    ...{ id: { view, subject, day }, seen: Object.keys(seen).length > 0 },
    next: () => ({ counts, samples, seen: marks }),
  }));
  const folded = { upTo: `${day}T12:00:00.000Z`, time_zone: zone, final };
  await writeFolded(table, brokerageOf(by), foldings, folded);
}
interface Counted {
  readonly counts?: Record<string, number>;
  readonly samples?: Record<string, Record<string, number>>;
  readonly seen?: Record<string, string[]>;
  readonly final?: boolean;
}

const shown = (view: string, { token }: Pick<SignedIn, "token">, query: object = {}) =>
  client.getAnalytics({ token, params: { view }, query });

let admin: SignedIn;
let agent: SignedIn;
let other: SignedIn;

beforeAll(async () => {
  admin = await signUp();
  [agent, other] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

describe("what a view answers", () => {
  test("every view: definition, zone, a row for each of the last 28 days, the running one not final", async () => {
    for (const view of [
      "listing-performance",
      "agent-performance",
      "pipeline",
      "office",
      "lead-conversion",
    ]) {
      const { rows, ...answer } = await ok(shown(view, await signUp()));
      expect(answer).toMatchObject({ view, time_zone: zone, granularity: "day", definition: { version: 1 } });
      expect(rows).toHaveLength(28);
      expect(rows.at(-1)).toMatchObject({ from: today, to: daysAfter(today, 1), final: false });
      expect(rows[0]).toMatchObject({ final: true });
    }
  });

  test("days, weeks and months of the same numbers; medians and visitors over all their days", async () => {
    const office = await signUp();
    await count(office, "agent-performance", ["office"], "2026-03-01", {
      ...{ counts: { leads: 2 }, samples: { response_minutes: { 4: 1 } }, final: true },
    });
    await count(office, "agent-performance", ["office"], "2026-03-02", {
      ...{ counts: { leads: 1 }, samples: { response_minutes: { 6: 1, 90: 1 } }, final: true },
    });
    await count(office, "agent-performance", ["office"], "2026-03-08", { counts: { leads: 4 } });
    const asked = { from: "2026-02-28", to: "2026-03-10" };
    const leads = async (granularity: string) =>
      (await ok(shown("agent-performance", office, { ...asked, granularity }))).rows.map(
        ({ from, to, final, values }) => [
          from,
          to,
          final,
          values.leads,
          values.first_response_median_minutes,
        ],
      );
    expect(await leads("week")).toEqual([
      ["2026-02-28", "2026-03-02", true, 2, 4],
      // One of its days is not closed yet.
      ["2026-03-02", "2026-03-09", false, 5, 48],
      ["2026-03-09", "2026-03-10", true, 0, null],
    ]);
    expect(await leads("month")).toEqual([
      ["2026-02-28", "2026-03-01", true, 0, null],
      ["2026-03-01", "2026-03-10", false, 7, 6],
    ]);
    expect(await leads("day")).toHaveLength(10);
    const { totals } = await ok(shown("agent-performance", office, asked));
    expect(totals).toMatchObject({ leads: 7, first_response_median_minutes: 6 });
  });

  test("visitors of a week are counted once; of days' total they are not known", async () => {
    const office = await signUp();
    for (const [day, visitors] of [
      ["2026-03-02", ["anna", "ben"]],
      ["2026-03-03", ["ben", "carla"]],
    ] as const)
      await count(office, "listing-performance", ["office"], day, {
        ...{ counts: { views: 3 }, seen: { visitors: [...visitors] } },
      });
    const asked = { from: "2026-03-02", to: "2026-03-09" };
    const week = await ok(shown("listing-performance", office, { ...asked, granularity: "week" }));
    expect(week.rows.map(({ values }) => [values.views, values.visitors])).toEqual([[6, 3]]);
    expect(week.totals.visitors).toBe(3);
    const days = await ok(shown("listing-performance", office, asked));
    expect(days.rows.slice(0, 3).map(({ values }) => values.visitors)).toEqual([2, 2, 0]);
    expect(days.totals).toMatchObject({ views: 6, visitors: null });
  });

  test("by source: a row for each that has any; the totals are the office's", async () => {
    const office = await signUp();
    await count(office, "lead-conversion", ["office"], "2026-03-02", { counts: { leads: 3, met: 1 } });
    await count(office, "lead-conversion", ["source:zillow"], "2026-03-02", { counts: { leads: 2, met: 1 } });
    await count(office, "lead-conversion", ["source:a#b~"], "2026-03-03", { counts: { leads: 1 } });
    const asked = { from: "2026-03-01", to: "2026-03-08", granularity: "week", by: "source" };
    const { rows, totals } = await ok(shown("lead-conversion", office, asked));
    expect(rows.map(({ from, by, values }) => [from, by, values.leads, values.met_percent])).toEqual(
      [
        ["2026-03-02", "a#b~", 1, 0],
        ["2026-03-02", "zillow", 2, 50],
      ].toSorted(([, one], [, other]) => (String(other) < String(one) ? -1 : 1)),
    );
    expect(totals).toMatchObject({ leads: 3, met: 1 });
  });

  test("what cannot be asked for is refused by its parameter", async () => {
    const path = async (view: string, query: object) =>
      (await refused("invalid_input", shown(view, admin, query))).errors.map(({ path }) => path);
    expect(await path("office", { by: "user" })).toEqual(["?by"]);
    expect(await path("office", { by: "moon" })).toEqual(["?by"]);
    expect(await path("listing-performance", { team_id: agent.user.id })).toEqual(["?team_id"]);
    expect(await path("market", { granularity: "day" })).toEqual(["?granularity"]);
    expect(await path("office", { from: "2026-03-02", to: "2026-03-02" })).toEqual(["?to"]);
    expect(await path("office", { from: "2024-01-01", to: "2026-03-02" })).toEqual(["?to"]);
    expect(await path("agent-performance", { from: "2026-01-01", to: "2026-04-30", by: "user" })).toEqual([
      "?to",
    ]);
    await refused("not_found", shown("weather", admin));
    await refused("not_found", shown("__proto__", admin));
  });
});

describe("whose numbers", () => {
  const march = { from: "2026-03-02", to: "2026-03-03" };
  let team: string;
  let lead: SignedIn;

  beforeAll(async () => {
    lead = await addUser(admin, "agent");
    team = (await ok(client.createTeam({ token: admin.token, body: { name: "North" } }))).id;
    for (const [user, is_lead] of [
      [lead, true],
      [agent, false],
    ] as const)
      await ok(
        client.putTeamMember({
          ...{ token: admin.token, params: { team_id: team, user_id: user.user.id }, body: { is_lead } },
        }),
      );
    const put = (subject: Subject, leads: number) =>
      count(admin, "agent-performance", [subject], "2026-03-02", { counts: { leads } });
    await put("office", 11);
    await put(`user:${agent.user.id}`, 5);
    await put(`user:${other.user.id}`, 6);
    await put(`team:${team}`, 7);
  });
  const leads = async (who: SignedIn, query: object = {}) =>
    (await ok(shown("agent-performance", who, { ...march, ...query }))).rows.map(
      ({ values }) => values.leads,
    );

  test("an admin everybody's, an agent own ones, a lead the team's", async () => {
    expect(await leads(admin)).toEqual([11]);
    expect(await leads(admin, { user_id: agent.user.id })).toEqual([5]);
    expect(await leads(admin, { by: "user" })).toEqual(
      [agent, other]
        .toSorted((a, b) => (a.user.id < b.user.id ? -1 : 1))
        .map((one) => (one === agent ? 5 : 6)),
    );
    expect(await leads(agent)).toEqual([5]);
    expect(await leads(other, { user_id: other.user.id })).toEqual([6]);
    expect(await leads(lead, { team_id: team })).toEqual([7]);
    expect(await leads(admin, { team_id: team })).toEqual([7]);
  });

  test("nobody another's: out of scope is 404, what is for the office 403", async () => {
    await refused("not_found", shown("agent-performance", agent, { user_id: other.user.id }));
    await refused("not_found", shown("agent-performance", agent, { team_id: team }));
    await refused("not_found", shown("agent-performance", other, { team_id: team }));
    await refused("forbidden", shown("agent-performance", agent, { by: "user" }));
    await refused("forbidden", shown("office", agent));
    await refused("forbidden", shown("office", await addUser(admin, "client")));
    expect((await ok(shown("market", agent))).rows).toHaveLength(12);
    // A lead who is none any more.
    const params = { team_id: team, user_id: lead.user.id };
    await ok(client.putTeamMember({ token: admin.token, params, body: { is_lead: false } }));
    await refused("not_found", shown("agent-performance", lead, { team_id: team }));
  });

  test("sabotage: without the decision of scope an agent reads what another did", async () => {
    const run: typeof getAnalytics.run = ({ caller, ...context }) =>
      getAnalytics.run({ ...context, caller: { ...caller, grants: defaultGrants.admin } });
    const call = await inProcess({ ...getAnalytics, run } as unknown as Operation);
    const params = { view: "agent-performance" };
    const { status, body } = await call({
      ...{ token: agent.token, params, query: { ...march, user_id: other.user.id } },
    });
    expect([status, body.rows[0].values.leads]).toEqual([200, 6]);
  });

  test("another brokerage's admin sees nothing of it, by any id", async () => {
    const foreign = await signUp();
    for (const query of [{}, { user_id: agent.user.id }, { team_id: team }])
      expect(await leads(foreign, query)).toEqual([0]);
    expect(await leads(foreign, { by: "user" })).toEqual([]);
  });

  test("a property's, for who may change it, beside similar ones", async () => {
    const body = { ...house, city: "Seattle", listed_at: "2026-02-20T20:00:00.000Z" };
    const { id } = await ok(client.createProperty({ token: agent.token, body }));
    const views = (subject: Subject, views: number, listings: string[]) =>
      count(admin, "listing-performance", [subject], "2026-03-02", { counts: { views }, seen: { listings } });
    await views(`property:${id}`, 4, ["aaaaaaaa"]);
    await views("similar:house/seattle", 13, ["aaaaaaaa", "bbbbbbbb", "cccccccc", "dddddddd"]);
    const own = (who: SignedIn, property_id = id) =>
      shown("listing-performance", who, { ...march, property_id });
    const { rows } = await ok(own(agent));
    expect(rows[0]!.values).toMatchObject({ views: 4, similar_views: 3, days_on_market: 10 });
    expect((await ok(own(admin))).rows).toEqual(rows);
    await refused("not_found", own(other));
    await refused("not_found", own(admin, agent.user.id));
    await refused("not_found", own(await signUp()));
    await client.deleteProperty({ token: agent.token, params: { property_id: id }, version: 1 });
    await refused("not_found", own(admin));
  });
});

test("a month by day costs 4 read units at most, however much was counted; its numbers one Query", async () => {
  const office = await signUp();
  const samples = {
    response_minutes: Object.fromEntries(Array.from({ length: 40 }, (_, at) => [at * 7, at])),
  };
  const names = "leads responded contacts emails calls meetings appointments listed closings volume".split(
    " ",
  );
  const counts = Object.fromEntries(names.map((name, at) => [name, 987_654 + at]));
  const seen = { visitors: Array.from({ length: 500 }, (_, at) => String(at).padStart(8, "v")) };
  for (let day = "2026-03-01"; day < "2026-04-01"; day = daysAfter(day, 1))
    await count(office, "agent-performance", ["office"], day, { counts, samples, seen });
  const costs = async (query: Record<string, string>, operation = getAnalytics as unknown as Operation) => {
    const call = await inProcess(operation);
    const params = { view: "agent-performance" };
    const { result, requests } = await meter(() => call({ token: office.token, params, query }));
    expect([result.status, result.body.rows.length]).toEqual([200, 31]);
    // The first is the session's.
    return requests.slice(1).map(({ action, readUnits }) => [action, readUnits] as const);
  };
  const month = await costs({ from: "2026-03-01", to: "2026-04-01" });
  expect(month.map(([action]) => action)).toEqual(["BatchGetItem", "Query"]);
  const sum = (all: typeof month) => all.reduce((total, [, units]) => total + units, 0);
  expect(sum(month)).toBeLessThanOrEqual(4);

  // Sabotage: strongly consistent reads cost twice as much.
  const strong = withTable(getAnalytics as unknown as Operation, (table) => ({
    ...table,
    query: (input) => table.query({ ...input, ConsistentRead: true }),
  }));
  expect(sum(await costs({ from: "2026-03-01", to: "2026-04-01" }, strong))).toBeGreaterThan(4);
});

describe("stock", () => {
  test("clients, listings, tasks and leads as they are, by owner; again only when something has changed", async () => {
    const office = await signUp();
    const mine = await addUser(office, "agent");
    const { token } = mine;
    const one = await ok(client.createClient({ token, body: { name: "Nora", nurture_status: "hot" } }));
    await ok(client.createClient({ token: office.token, body: { name: "Olaf" } }));
    await ok(client.createProperty({ token, body: house }));
    await ok(client.createProperty({ token, body: { ...house, status: "under_offer" } }));
    const due_date = "2026-03-01T12:00:00.000Z";
    await ok(client.createTask({ token, body: { title: "Late", due_date } }));
    await ok(client.createTask({ token, body: { title: "Done", due_date, status: "completed" } }));
    await ok(client.createTask({ token, body: { title: "Some day" } }));

    const id = brokerageOf(office);
    const [now, minutes] = [new Date(), (some: number) => new Date(now.getTime() + some * 60_000)];
    const values = async (view: string, query = {}) =>
      (await ok(shown(view, office, { from: today, ...query }))).totals;
    const settled = () =>
      waitFor(async () => {
        await refreshStock(table, id, new Date(Date.now() + ++tries * 3 * 60_000), zone);
        const { clients, active, under_offer, overdue_tasks } = await values("office");
        return [clients, active, under_offer, overdue_tasks].join() === "2,1,1,1" ? true : undefined;
      });
    let tries = 0;
    await settled();
    expect(await values("office")).toMatchObject({ waiting_leads: 0 });
    expect(await values("pipeline")).toMatchObject({ new: 1, hot: 1, warm: 0, cold: 0, age_new: 0 });
    expect(await values("pipeline", { user_id: mine.user.id })).toMatchObject({
      new: 0,
      hot: 1,
      age_new: null,
    });

    // Nothing has changed: the count reads, and writes that it was.
    const later = minutes(tries * 3 + 10);
    const again = await meter(() => refreshStock(table, id, later, zone));
    expect(again.requests.filter(({ writeUnits }) => writeUnits > 0)).toHaveLength(2);

    // The agent's client goes: at once it only becomes due, two minutes later it is counted.
    await client.deleteClient({ token, params: { client_id: one.id }, version: one.version });
    await refreshStock(table, id, new Date(later.getTime() + 60_000), zone);
    const item = (await table.get({ pk: `${id}#view`, sk: "stock" }))!;
    expect(item).toMatchObject({
      due_list: "stock",
      due_at: new Date(later.getTime() + 120_000).toISOString(),
    });
    await waitFor(async () => {
      await takeStock.run({
        ...invocation("takeStock", null, new Date(later.getTime() + ++tries * 180_000)),
        table,
      });
      const { hot } = await values("pipeline", { user_id: mine.user.id });
      return hot === 0 ? true : undefined;
    });
    expect(await values("pipeline")).toMatchObject({ new: 1, hot: 0 });
  });

  test("a lead that waits for an answer is unanswered until somebody calls", async () => {
    const office = await signUp();
    const { user } = await addUser(office, "agent");
    const rule = {
      when: {},
      assign: { kind: "user" as const, user_ids: [user.id as string] },
      respond_within_minutes: 30,
    };
    const routing = await api("GET", "/v1/lead-routing", { token: office.token });
    await ok(
      client.putLeadRouting({
        ...{ token: office.token, version: routing.body.version },
        body: { rules: [rule], fallback_user_id: office.user.id },
      }),
    );
    const body = { source: "zillow", person: { name: "Lena", email: "lena@leads.example" } };
    const lead = (await ok(client.createLead({ token: office.token, body }))) as {
      readonly client: { readonly id: string };
    };
    const id = brokerageOf(office);
    let tries = 0;
    const unanswered = (count: number) =>
      waitFor(async () => {
        await refreshStock(table, id, new Date(Date.now() + ++tries * 3 * 60_000), zone);
        const { totals } = await ok(shown("office", office, { from: today }));
        return totals.waiting_leads === count ? true : undefined;
      });
    await unanswered(1);
    const params = { client_id: lead.client.id };
    await ok(client.createInteraction({ token: office.token, params, body: { type: "call" } }));
    await unanswered(0);
  });
});

describe("a count of the stock", () => {
  /** The stock of clients in a new office, once its client is in the index. */
  async function counted() {
    const office = await signUp();
    const id = brokerageOf(office);
    const nora = await ok(client.createClient({ token: office.token, body: { name: "Nora" } }));
    const kept = async () => (await ok(shown("pipeline", office, { from: today }))).totals.new;
    let tries = 0;
    await waitFor(async () => {
      await refreshStock(table, id, new Date(Date.now() + ++tries * 180_000), zone);
      return (await kept()) === 1 ? true : undefined;
    });
    return { id, office, nora, now: new Date(Date.now() + (tries + 1) * 180_000) };
  }
  test("says on another day, too, who has no clients any more", async () => {
    const { id, now, office, nora } = await counted();
    const { token, user } = office;
    await client.deleteClient({ token, params: { client_id: nora.id }, version: nora.version });
    const tomorrow = new Date(now.getTime() + 86_400_000);
    const days = { from: dayIn(zone, tomorrow), to: daysAfter(dayIn(zone, tomorrow), 1) };
    let tries = 0;
    const [bucket] = await waitFor(async () => {
      await refreshStock(table, id, new Date(tomorrow.getTime() + ++tries * 180_000), zone);
      const office = await readBuckets(table, id, "pipeline", "office", days);
      return office[0]?.stock?.new === 0
        ? readBuckets(table, id, "pipeline", `user:${user.id}`, days)
        : undefined;
    });
    expect(bucket?.stock).toMatchObject({ new: 0 });
  });

  /** How many of several at the same time counted, that is, read the clients. */
  async function countingAtOnce(on: Table): Promise<number> {
    const { id, now } = await counted();
    let counts = 0;
    const query: Table["query"] = (input) => {
      if (input.IndexName === "kind_at") counts++;
      return on.query(input);
    };
    // Each has read when the others counted last before any begins.
    let read = 0;
    const get = (async (key: Parameters<Table["get"]>[0]) => {
      const item = await on.get(key);
      if (++read <= atOnce) await waitFor(async () => (read >= atOnce ? true : undefined));
      return item;
    }) as Table["get"];
    await Promise.all(
      Array.from({ length: atOnce }, () => refreshStock({ ...on, query, get }, id, now, zone)),
    );
    return counts;
  }
  const atOnce = 4;

  test("is made by one of those who begin at the same time", async () => {
    expect(await countingAtOnce(table)).toBe(1);
  });

  test("sabotage: without conditions all of them count", async () => {
    expect(await countingAtOnce(unconditional(table))).toBe(atOnce);
  });
});

test("the schedule takes the stock that is due", async () => {
  const office = await signUp();
  const id = brokerageOf(office);
  await ok(client.createClient({ token: office.token, body: { name: "Nora" } }));
  // Counted an hour and a minute ago.
  await refreshStock(table, id, new Date(Date.now() - 61 * 60_000), zone);
  await waitFor(async () => {
    await cloud.fire("takeStock");
    const { totals } = await ok(shown("pipeline", office, { from: today }));
    return totals.new === 1 ? true : undefined;
  });
  const { due_at } = (await table.get({ pk: `${id}#view`, sk: "stock" }))!;
  expect(Date.parse(String(due_at))).toBeGreaterThan(Date.now() + 50 * 60_000);
});

describe("the market", () => {
  const sold = (closed: string, close_price: number, over: object = {}) => ({
    ...{ status: "sold", city: "Seattle", price: close_price, close_price },
    ...{ contract_date: closed, close_date: closed, listed_at: `${closed}T12:00:00.000Z` },
    ...over,
  });
  const active = (listed: string): object => ({ ...house, listed_at: `${listed}T12:00:00.000Z` });
  const brokerage = async (office: SignedIn) =>
    (await stored(brokerageRecord, brokerageOf(office), brokerageOf(office)))!;
  const now = new Date("2026-04-15T20:00:00.000Z");

  test("by month from the records, by city and type; the same again writes nothing, and what is gone goes", async () => {
    const office = await signUp();
    const sales = await fill(office, [
      sold("2026-02-10", 400_000),
      sold("2026-02-20", 600_000, { city: "TACOMA", property_type: "condo" }),
      sold("2026-03-31", 800_000, { listed_at: "2026-03-01T12:00:00.000Z" }),
      active("2026-01-10"),
    ]);
    const fold = (on: Table = table) => brokerage(office).then((one) => foldMarketOf(on, one, now));
    const months = async (query = {}) =>
      (await ok(shown("market", office, { from: "2026-02-01", to: "2026-04-01", ...query }))).rows.map(
        ({ from, by, final, values }) => [from, by, final, values.closed_sales, values.median_price],
      );
    const settled = await waitFor(async () => {
      await fold();
      return (await months()).every(([, , , sales]) => Number(sales) > 0) ? await months() : undefined;
    });
    expect(settled).toEqual([
      ["2026-02-01", undefined, false, 2, 500_000],
      ["2026-03-01", undefined, false, 1, 800_000],
    ]);
    expect(await months({ by: "city" })).toEqual([
      ["2026-02-01", "seattle", false, 1, 400_000],
      ["2026-02-01", "tacoma", false, 1, 600_000],
      ["2026-03-01", "seattle", false, 1, 800_000],
      // No sale, but the windows before it have some.
      ["2026-03-01", "tacoma", false, 0, null],
    ]);
    const { totals } = await ok(shown("market", office, { from: "2026-02-01", to: "2026-04-01" }));
    expect(totals).toMatchObject({
      ...{ closed_sales: 3, closed_sales_0_3: 3, absorption_rate_0_3: 1, median_price_0_3: 600_000 },
      ...{ active_inventory_0_3: 1, months_of_supply_0_3: 1, price_trend: "unknown" },
    });

    const again = await meter(() => fold());
    expect(again.requests.filter(({ writeUnits }) => writeUnits > 0)).toEqual([]);

    // The only sale of Tacoma is deleted: its month has no numbers left.
    const { id } = sales[1]!;
    await client.deleteProperty({ token: office.token, params: { property_id: id }, version: 1 });
    await waitFor(async () => {
      await fold();
      const [february] = await months();
      return february?.[3] === 1 ? true : undefined;
    });
    const tacoma = (await months({ by: "city" })).filter(([, by]) => by === "tacoma");
    expect(tacoma.map(([, , , sales]) => sales)).toEqual(tacoma.map(() => 0));
  });

  test("the schedule queues every brokerage, and the worker computes them", async () => {
    const office = await signUp();
    await fill(office, [sold("2026-02-10", 400_000)]);
    await waitFor(async () => {
      const list = await ok(client.listProperties({ token: office.token, query: { status: "sold" } }));
      return list.items.length === 1 ? true : undefined;
    });
    await cloud.fire("refoldMarkets");
    await waitFor(async () => {
      const { totals } = await ok(shown("market", office, { from: "2026-02-01", to: "2026-03-01" }));
      return totals.closed_sales === 1 ? true : undefined;
    }, 60);
  });
});

test("days are the brokerage's: in Kiritimati today is a day ahead of Honolulu's", async () => {
  const office = await signUp();
  const last = async () => (await ok(shown("office", office))).rows.at(-1)!.from;
  const key = recordKey(brokerageOf(office), brokerageRecord, brokerageOf(office));
  const days: string[] = [];
  for (const time_zone of ["Pacific/Kiritimati", "Pacific/Honolulu"]) {
    const { version } = (await table.get(key))!;
    await ok(client.updateBrokerage({ token: office.token, version: Number(version), body: { time_zone } }));
    days.push(await last());
  }
  expect(days[0]).toBe(daysAfter(days[1]!, 1));
});
