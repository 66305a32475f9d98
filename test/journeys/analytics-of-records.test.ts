import { describe, expect, test } from "vitest";
import { takeStock } from "../../functions/analytics/take-stock.ts";
import { readBuckets } from "../../shared/data/buckets.ts";
import { foldMarketOf } from "../../shared/data/market-view.ts";
import { pack } from "../../shared/data/packed.ts";
import { refreshStock } from "../../shared/data/stock.ts";
import type { StoredItem, Table } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { dayIn, daysAfter } from "../../shared/domain/days.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { shown } from "../analytics.ts";
import { meter } from "../bench/meter.ts";
import { client, ok } from "../client.ts";
import { addUser, api, brokerageOf, cloud, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { table, unconditional } from "../in-process.ts";
import { fill, house } from "../properties.ts";
import { stored } from "../records.ts";

const zone = "America/Los_Angeles";
const today = dayIn(zone, new Date());

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
  test("waits two minutes for each 10,000 clients that the last one had", async () => {
    const { id, now } = await counted();
    const pk = `${id}#view`;
    const last = (await table.get({ pk, sk: "stock" })) as StoredItem;
    // Thirty thousand, as it is kept.
    const packed = pack({ "office office": { clients: 30_000 } });
    await table.commit([
      { Put: { Item: { ...last, pk, sk: "stock", packed, taken_at: now.toISOString() } } },
    ]);
    const later = (minutes: number) => new Date(now.getTime() + minutes * 60_000);
    await refreshStock(table, id, later(5), zone);
    const asked = (await table.get({ pk, sk: "stock" }))!;
    expect([asked.taken_at, asked.due_at]).toEqual([now.toISOString(), later(6).toISOString()]);
    await refreshStock(table, id, later(6), zone);
    expect((await table.get({ pk, sk: "stock" }))!.taken_at).toBe(later(6).toISOString());
  });

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
