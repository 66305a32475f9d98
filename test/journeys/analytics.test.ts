import { beforeAll, describe, expect, test } from "vitest";
import { getAnalytics } from "../../functions/analytics/get-analytics.ts";
import { writeFolded } from "../../shared/data/bucket-writes.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { defaultGrants } from "../../shared/domain/access.ts";
import type { Subject, ViewName } from "../../shared/domain/analytics/views.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { dayIn, daysAfter } from "../../shared/domain/days.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { shown } from "../analytics.ts";
import { meter } from "../bench/meter.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, brokerageOf, type SignedIn, signUp } from "../cloud.ts";
import { inProcess, table, withTable } from "../in-process.ts";
import { house } from "../properties.ts";

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
