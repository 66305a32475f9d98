import { expect, test } from "vitest";
import { createAiRequest } from "../../functions/ai/create-ai-request.ts";
import { type AiLimits, readBudgets, type Spender, type Spent } from "../../shared/data/ai-budget.ts";
import { whileOpen } from "../../shared/data/ai-open-calls.ts";
import type { Table } from "../../shared/data/table.ts";
import { type AiSource, aiSources } from "../../shared/domain/ai-request.ts";
import type { Problem } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { type Call, newCall } from "../ai/calls.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, brokerageOf, cloud, type SignedIn, signUp, unique } from "../cloud.ts";
import { inProcess, table, unconditional } from "../in-process.ts";

const dollar = 1_000_000;
const plenty: AiLimits = { brokerage: 1000 * dollar, user: 1000 * dollar };

const spends = (who: SignedIn, source: AiSource = "chat"): Spender => ({
  brokerage_id: brokerageOf(who),
  user_id: who.user.id,
  source,
});
const used = (cost_micros: number, isRequest = true): Spent => ({
  ...{ input_tokens: 1200, output_tokens: 80, cost_micros, isRequest },
});
const budgetsOf = (who: SignedIn) => readBudgets(table, brokerageOf(who), who.user.id, new Date());

/** Begins so many calls at once, in turns by some users; answers those that passed. Any other refusal is an error. */
async function beginAtOnce(times: number, who: readonly SignedIn[], limits: AiLimits, on: Table = table) {
  const now = new Date();
  const calls = Array.from({ length: times }, (_, at) =>
    newCall(spends(who[at % who.length]!), limits, { now }, on),
  );
  const ends = await Promise.allSettled(calls.map((call) => call.begin()));
  for (const end of ends)
    if (end.status === "rejected" && (end.reason as Problem).code !== "budget_exceeded") throw end.reason;
  return calls.filter((_, at) => ends[at]!.status === "fulfilled");
}

async function office() {
  const admin = await signUp();
  const [agent, employee] = [await addUser(admin, "agent"), await addUser(admin, "employee")];
  return { admin, agent, employee, all: [admin, agent, employee] };
}

test("of 50 calls at once exactly as many pass as there is money for; what is given back is there again", async () => {
  const { all, agent, admin } = await office();
  const limits = { brokerage: 17.5 * dollar, user: 1000 * dollar };
  const passed = await beginAtOnce(50, all, limits);
  expect(passed).toHaveLength(17);
  expect((await budgetsOf(admin)).brokerage).toEqual({ spent: 0, reserved: 17 * dollar });
  const each = await Promise.all(all.map(async (one) => (await budgetsOf(one)).user.reserved));
  expect(each.reduce((sum, one) => sum + one)).toBe(17 * dollar);

  // Each cost a quarter of what was set aside: 13.25 of 17.5 are left.
  await Promise.all(passed.map((call) => call.end(used(dollar / 4))));
  expect((await budgetsOf(admin)).brokerage).toEqual({ spent: 4.25 * dollar, reserved: 0 });
  expect(await beginAtOnce(50, [agent], limits)).toHaveLength(13);
});

test("of a user's 50 calls at once exactly as many pass, and a colleague's pass besides", async () => {
  const { agent, employee } = await office();
  const limits = { brokerage: 1000 * dollar, user: 9 * dollar };
  expect(await beginAtOnce(50, [agent], limits)).toHaveLength(9);
  expect(await beginAtOnce(3, [employee], limits)).toHaveLength(3);
  const { brokerage, user } = await budgetsOf(agent);
  expect([brokerage.reserved, user.reserved]).toEqual([12 * dollar, 9 * dollar]);
  // What was refused has set nothing aside with the brokerage either, and noted no call.
  const refusedCall = newCall(spends(agent), limits);
  await expect(refusedCall.begin()).rejects.toMatchObject({ code: "budget_exceeded" });
  expect(await table.get(refusedCall.key)).toBeUndefined();
});

test("sabotage: without the budgets' conditions all of them pass", async () => {
  const { agent } = await office();
  const limits = { brokerage: 2 * dollar, user: 2 * dollar };
  expect(await beginAtOnce(8, [agent], limits, unconditional(table))).toHaveLength(8);
});

test("a call that is ended twice, as after a lost answer, counts once; one that used nothing gives all back", async () => {
  const { agent } = await office();
  const call = newCall(spends(agent), plenty);
  await call.begin();
  // At once and again: one of them all is the first.
  const ends = await Promise.allSettled([1, 2, 3].map(() => call.end(used(300))));
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  await expect(call.end(used(300))).rejects.toMatchObject({ code: "conflict" });
  const unused = newCall(spends(agent), plenty);
  await unused.begin();
  await unused.end(undefined);
  expect((await budgetsOf(agent)).user).toEqual({ spent: 300, reserved: 0 });
  const { totals } = await ok(client.getAiUsage({ token: agent.token }));
  expect(totals).toEqual({ requests: 1, input_tokens: 1200, output_tokens: 80, cost_usd: 0.0003 });
});

test("sabotage: without the condition of the step it counts as often as it is said", async () => {
  const { agent } = await office();
  const call = newCall(spends(agent), plenty, {}, unconditional(table));
  await call.begin();
  await call.end(used(300));
  await call.end(used(300));
  expect((await budgetsOf(agent)).user.spent).toBe(600);
});

/** Moments, and the days that calendars in Los Angeles show then. */
const moments = [
  ["2025-11-30T07:59:59.999Z", "2025-11-29"],
  ["2025-12-01T07:59:59.999Z", "2025-11-30"],
  ["2025-12-01T08:00:00.000Z", "2025-12-01"],
  ["2026-03-09T06:59:59.999Z", "2026-03-08"],
  ["2026-03-09T07:00:00.000Z", "2026-03-09"],
] as const;

interface Counted {
  readonly user: string;
  readonly source: string;
  readonly day: string;
  readonly cost: number;
  readonly isRequest: boolean;
}

/** What usage is to be, from the calls themselves. */
function expected(calls: readonly Counted[], by: "user" | "source" | "day") {
  const sums = (some: readonly Counted[]) => ({
    requests: some.filter(({ isRequest }) => isRequest).length,
    input_tokens: 1200 * some.length,
    output_tokens: 80 * some.length,
    cost_usd: some.reduce((sum, { cost }) => sum + cost, 0) / 1e6,
  });
  const names = [...new Set(calls.map((call) => call[by]))].sort();
  const items = names.map((name) => ({ by: name, ...sums(calls.filter((call) => call[by] === name)) }));
  return { items, totals: sums(calls) };
}

test("usage by user, source and day is what was called, for everybody as far as they may read", async () => {
  const { admin, agent, employee, all } = await office();
  const stranger = await signUp();
  const made: Counted[] = [];
  const ends: Promise<void>[] = [];
  for (const [at, [moment, day]] of moments.entries())
    for (const [place, who] of all.entries())
      for (const [nth, source] of aiSources.entries()) {
        // Not everybody used everything every day.
        if ((at + place + nth) % 3 === 0) continue;
        const call = newCall(spends(who, source), plenty, { now: new Date(moment) });
        const [cost, isRequest] = [1 + 7 * at + 100 * place + 1000 * nth, (at + nth) % 2 === 0];
        made.push({ user: who.user.id, source, day, cost, isRequest });
        ends.push(call.begin().then(() => call.end(used(cost, isRequest))));
      }
  await Promise.all(ends);

  const [from, to] = ["2025-11-30", "2026-03-09"];
  const inRange = made.filter(({ day }) => day >= from && day < to);
  expect(inRange.length).toBeLessThan(made.length);
  const read = async (
    who: SignedIn,
    query: { from?: string; to?: string; by?: "user" | "source" | "day" },
  ) => {
    const { budget: _, ...usage } = await ok(client.getAiUsage({ token: who.token, query }));
    return usage;
  };
  for (const by of ["user", "source", "day"] as const) {
    for (const who of [admin, employee])
      expect(await read(who, { from, to, by })).toEqual(expected(inRange, by));
    const own = inRange.filter(({ user }) => user === agent.user.id);
    expect(await read(agent, { from, to, by })).toEqual(expected(own, by));
    expect((await read(stranger, { from, to, by })).items).toEqual([]);
  }
  // By day unless said; of the month unless said.
  expect(await read(admin, { from, to })).toEqual(expected(inRange, "day"));
  const november = made.filter(({ day }) => day.startsWith("2025-11"));
  expect(await read(admin, { to: "2025-12-01" })).toEqual(expected(november, "day"));
  expect((await read(admin, {})).items).toEqual([]);
  expect((await read(admin, { from })).totals).toEqual(
    expected(
      made.filter(({ day }) => day >= from),
      "day",
    ).totals,
  );

  // The admin's key that was given their own only reads no more than that.
  const grants = ["ai:read:own"] as const;
  const { key } = await ok(
    client.createApiKey({ token: admin.token, body: { name: unique(), grants: [...grants] } }),
  );
  const own = expected(
    inRange.filter(({ user }) => user === admin.user.id),
    "user",
  );
  expect(await read({ ...admin, token: key! }, { from, to, by: "user" })).toEqual(own);
  expect(own.items).toHaveLength(1);
  const customer = await addUser(admin, "client");
  await refused("forbidden", client.getAiUsage({ token: customer.token }));
});

test("days that are none, in the wrong order or too many are refused", async () => {
  const { token } = await signUp();
  for (const query of [
    { from: "2026-02-30" },
    { from: "2026-03-02", to: "2026-03-02" },
    { from: "2024-01-01", to: "2026-01-01" },
    { by: "month" },
  ] as { from?: string; by?: "day" }[])
    await refused("invalid_input", client.getAiUsage({ token, query }));
  for (const query of [{ from: "9999-12-31" }, { to: "0000-01-01" }])
    expect((await ok(client.getAiUsage({ token, query }))).items).toEqual([]);
});

/** Asks the assistant in this process, with a provider that is never called. */
async function asking() {
  const secret = { api_key: "none", base_url: "http://127.0.0.1:9/v1", protocol: "responses" };
  const openai = {
    ...createAiRequest.access.openai,
    open: () => ({ read: async () => JSON.stringify(secret) }),
  };
  const access = { ...createAiRequest.access, openai };
  return inProcess({ ...createAiRequest, access } as unknown as Operation);
}
const body = { source: "chat", request_payload: { messages: [{ role: "user", content: "Who called?" }] } };

test("an admin sets the budget, others see it, and beyond it nothing is queued", async () => {
  const { admin, agent } = await office();
  const { token } = admin;
  const customer = await addUser(admin, "client");
  const usual = { brokerage_usd_per_month: 50, user_usd_per_month: 10 };
  expect(admin.brokerage.ai_budget).toEqual(usual);
  expect((await ok(client.getBrokerage({ token: agent.token }))).ai_budget).toEqual(usual);
  expect(await ok(client.getBrokerage({ token: customer.token }))).not.toHaveProperty("ai_budget");
  const lower = { ai_budget: { user_usd_per_month: 0.5 } };
  await refused("forbidden", client.updateBrokerage({ token: agent.token, version: 1, body: lower }));
  const changed = await ok(client.updateBrokerage({ token, version: 1, body: lower }));
  expect(changed.ai_budget).toEqual({ ...usual, user_usd_per_month: 0.5 });
  expect((await ok(client.getBrokerage({ token }))).ai_budget).toEqual(changed.ai_budget);
  const shown = async ({ token }: SignedIn) => (await ok(client.getAiUsage({ token }))).budget;
  expect(await shown(admin)).toEqual({ limit_usd: 50, spent_usd: 0, reserved_usd: 0 });

  const running = newCall(spends(agent), plenty, { micro_usd: 0.2 * dollar });
  const done = newCall(spends(agent), plenty);
  await Promise.all([running.begin(), done.begin()]);
  await done.end(used(0.3 * dollar));
  expect(await shown(agent)).toEqual({ limit_usd: 0.5, spent_usd: 0.3, reserved_usd: 0.2 });
  expect(await shown(admin)).toEqual({ limit_usd: 50, spent_usd: 0.3, reserved_usd: 0.2 });

  const ask = await asking();
  const refusal = await ask({ token: agent.token, body });
  expect([refusal.status, refusal.body.code]).toEqual([429, "budget_exceeded"]);
  expect(refusal.body.detail).toMatch(/^Your budget .*\$0\.50/);
  expect(Number(refusal.headers.get("retry-after"))).toBeLessThanOrEqual(31 * 86_400);
  expect((await ok(client.listAiRequests({ token: agent.token }))).items).toEqual([]);
  // Once the running one has cost less than was set aside for it, there is something left.
  await running.end(used(0.1 * dollar));
  expect((await ask({ token: agent.token, body })).status).toBe(202);

  const off = { ai_budget: { brokerage_usd_per_month: 0 } };
  await ok(client.updateBrokerage({ token, version: 2, body: off }));
  const none = await ask({ token, body });
  expect([none.body.code, none.headers.get("retry-after")]).toEqual(["budget_exceeded", null]);
});

test("a call that nobody ends counts in full once its time is over, once; its worker comes too late", async () => {
  const { agent } = await office();
  const past = new Date(Date.now() - 180_000);
  const left = newCall(spends(agent, "cma"), plenty, { until: past });
  const running = newCall(spends(agent, "cma"), plenty);
  await Promise.all([left.begin(), running.begin()]);
  const work = async ({ key }: Call) => (await table.get(key))!;
  expect(await work(left)).toMatchObject(whileOpen((await work(left)).open as never));
  await cloud.fire("expireUnfinished");
  await cloud.fire("expireUnfinished");
  expect(await work(left)).toMatchObject({ step: 2, cost_micros: dollar });
  for (const name of ["open", "due_at", "due_list", "entity"])
    expect(await work(left)).not.toHaveProperty(name);
  expect(await work(running)).toMatchObject({ step: 1, open: { reserve: { micro_usd: dollar } } });
  await expect(left.end(used(100))).rejects.toMatchObject({ code: "conflict" });
  const { totals, budget } = await ok(client.getAiUsage({ token: agent.token }));
  expect(totals).toEqual({ requests: 1, input_tokens: 0, output_tokens: 0, cost_usd: 1 });
  expect(budget).toMatchObject({ spent_usd: 1, reserved_usd: 1 });
  await running.end(used(100));
  expect((await budgetsOf(agent)).user).toEqual({ spent: dollar + 100, reserved: 0 });
});
