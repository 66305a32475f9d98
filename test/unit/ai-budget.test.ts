import { describe, expect, test } from "vitest";
import {
  checkBudgets,
  limitsOf,
  reserveWrites,
  type Spender,
  settleWrites,
} from "../../shared/data/ai-budget.ts";
import { refusalOf, type UpdateWrite } from "../../shared/data/table.ts";
import { AiUsageQuery, daysAsked, usageBy } from "../../shared/domain/ai-usage.ts";
import { BrokeragePatch } from "../../shared/domain/brokerage.ts";
import { dayIn, daysAfter } from "../../shared/domain/days.ts";
import { mergePatch } from "../../shared/domain/schemas.ts";

const spender: Spender = { brokerage_id: "b", user_id: "u", source: "chat" };
const now = new Date("2026-12-31T23:59:58.500Z");
const limits = { brokerage: 50_000_000, user: 10_000_000 };
const expressionOf = ({ Update }: UpdateWrite) => Update.ConditionExpression;
const valuesOf = ({ Update }: UpdateWrite) => Update.ExpressionAttributeValues!;

describe("limits", () => {
  test("are the brokerage's, to the cent, or the usual ones", () => {
    expect(limitsOf({})).toEqual(limits);
    // 0.29 * 100 is 28.999999999999996.
    const ai_budget = { brokerage_usd_per_month: 0.29, user_usd_per_month: 0 };
    expect(limitsOf({ ai_budget })).toEqual({ brokerage: 290_000, user: 0 });
  });

  test("are changed one by one, kept to cents, and are no debts", () => {
    const patch = BrokeragePatch.parse({ ai_budget: { user_usd_per_month: 2.005 } });
    const before = { ai_budget: { brokerage_usd_per_month: 50, user_usd_per_month: 10 } };
    expect(mergePatch(before, patch).ai_budget).toEqual({
      brokerage_usd_per_month: 50,
      user_usd_per_month: 2.01,
    });
    for (const ai_budget of [{ user_usd_per_month: -0.01 }, { user_usd_per_month: null }, { usd: 1 }, null])
      expect(BrokeragePatch.safeParse({ ai_budget }).success, JSON.stringify(ai_budget)).toBe(false);
  });
});

describe("a reserve", () => {
  const reserve = { month: "2026-12", micro_usd: 4_000_000 };

  test("leaves room for itself in both months", () => {
    const writes = reserveWrites(spender, reserve, limits, now);
    expect(writes.map(({ Update }) => [Update.Key?.pk, Update.Key?.sk])).toEqual([
      ["b#ai-budget#all", "2026-12"],
      ["b#ai-budget#u", "2026-12"],
    ]);
    expect(writes.map((write) => valuesOf(write)[":room"])).toEqual([46_000_000, 6_000_000]);
    expect(writes.map((write) => valuesOf(write)[":committed"])).toEqual([4_000_000, 4_000_000]);
  });

  test("that is more than a limit, or of a limit of 0, does not pass in a month without an item either", () => {
    const isNew = /attribute_not_exists/;
    expect(reserveWrites(spender, reserve, limits, now).map(expressionOf)).toEqual([
      expect.stringMatching(isNew),
      expect.stringMatching(isNew),
    ]);
    const tight = reserveWrites(spender, reserve, { brokerage: 3_999_999, user: 4_000_000 }, now);
    expect(tight.map(expressionOf)).toEqual([expect.not.stringMatching(isNew), expect.stringMatching(isNew)]);
    const free = reserveWrites(spender, { ...reserve, micro_usd: 0 }, { brokerage: 0, user: 0 }, now);
    for (const write of free) {
      expect(expressionOf(write)).not.toMatch(isNew);
      expect(valuesOf(write)[":room"]).toBeLessThan(0);
    }
  });

  test("is refused with whose budget it is, and when the next month begins", () => {
    const [brokerage, user] = reserveWrites(spender, reserve, limits, now).map(refusalOf);
    expect(brokerage).toMatchObject({ code: "budget_exceeded", headers: { "retry-after": "2" } });
    expect(brokerage!.message).toMatch(/^The brokerage's .* 2026-12 .*\$50\.00.* 2027-01-01$/);
    expect(user!.message).toMatch(/^Your .*\$10\.00/);
    // Waiting does not help where it is switched off.
    const [off] = reserveWrites(spender, reserve, { ...limits, brokerage: 0 }, now).map(refusalOf);
    expect([off!.code, off!.headers]).toEqual(["budget_exceeded", undefined]);
  });

  test("is given back in its own month, and what was used counts on the day of the brokerage", () => {
    const spent = { input_tokens: 900, output_tokens: 40, cost_micros: 1_100, isRequest: true };
    const later = { now: new Date("2027-01-01T07:59:00.000Z"), time_zone: "America/Los_Angeles" };
    const writes = settleWrites(spender, reserve, spent, later);
    expect(writes.map(({ Update }) => `${Update.Key?.pk} ${Update.Key?.sk}`)).toEqual([
      "b#ai-budget#all 2026-12",
      "b#ai-budget#u 2026-12",
      "b#ai-usage#u 2026-12-31#u#chat",
      "b#ai-usage#all 2026-12-31#u#chat",
    ]);
    expect(valuesOf(writes[0]!)).toMatchObject({ ":committed": 1_100 - 4_000_000, ":spent": 1_100 });
    expect(valuesOf(writes[3]!)).toMatchObject({
      ":requests": 1,
      ":input": 900,
      ":output": 40,
      ":cost": 1_100,
    });
    const unused = settleWrites(spender, reserve, undefined, later);
    expect(unused.map((write) => valuesOf(write)[":committed"])).toEqual([-4_000_000, -4_000_000]);
    expect(unused.map((write) => valuesOf(write)[":spent"])).toEqual([0, 0]);
  });
});

test("nothing is asked when nothing is left of one of the budgets; what is set aside is not left", () => {
  const budgets = (brokerage: number, user: number, reserved = 0) => ({
    brokerage: { spent: brokerage, reserved },
    user: { spent: user, reserved: 0 },
  });
  const check =
    (...of: Parameters<typeof budgets>) =>
    () =>
      checkBudgets(budgets(...of), limits, now);
  expect(check(49_999_999, 9_999_999)).not.toThrow();
  expect(check(49_999_999, 9_999_999, 1)).toThrow(/^The brokerage's/);
  expect(check(0, 10_000_000)).toThrow(/^Your/);
  expect(() => checkBudgets(budgets(0, 0), { brokerage: 0, user: 1 }, now)).toThrow("is 0");
});

describe("days", () => {
  test.each([
    ["America/Los_Angeles", "2026-03-08T07:59:59.999Z", "2026-03-07"],
    ["America/Los_Angeles", "2026-03-08T08:00:00.000Z", "2026-03-08"],
    // A day of 23 hours: clocks go forward at 10:00 UTC.
    ["America/Los_Angeles", "2026-03-09T06:59:59.999Z", "2026-03-08"],
    ["America/Los_Angeles", "2026-03-09T07:00:00.000Z", "2026-03-09"],
    ["Pacific/Kiritimati", "2026-12-31T10:00:00.000Z", "2027-01-01"],
    ["Asia/Kathmandu", "2026-12-31T18:14:59.999Z", "2026-12-31"],
    ["UTC", "2028-02-29T23:59:59.999Z", "2028-02-29"],
  ])("in %s at %s it is %s", (zone, at, day) => {
    expect(dayIn(zone, new Date(at))).toBe(day);
  });

  test("that are not asked for are those of the month, and never turn round", () => {
    const today = "2026-03-15";
    expect(daysAsked({}, today)).toEqual({ from: "2026-03-01", to: "2027-03-02" });
    expect(daysAsked({ to: "2026-03-01" }, today)).toEqual({ from: "2026-02-01", to: "2026-03-01" });
    expect(daysAsked({ from: "2028-01-01" }, today)).toEqual({ from: "2028-01-01", to: "2029-01-01" });
    for (const ask of [{ from: "9999-12-31" }, { to: "0000-01-01" }, { to: "0000-03-01" }]) {
      const { from, to } = daysAsked(ask, today);
      expect(from <= to, `${from} ${to}`).toBe(true);
      expect([from, to].join()).toMatch(/^\d{4}-\d\d-\d\d,\d{4}-\d\d-\d\d$/);
    }
    expect(daysAfter("2028-02-28", 2)).toBe("2028-03-01");
  });

  test("are at most 366, the first before the last", () => {
    const take = (from: string, to: string) => AiUsageQuery.safeParse({ from, to }).success;
    expect([take("2027-03-01", "2028-03-01"), take("2027-03-01", "2028-03-02")]).toEqual([true, false]);
    expect([take("2026-03-01", "2026-03-02"), take("2026-03-02", "2026-03-02")]).toEqual([true, false]);
    expect([take("2026-3-1", "2026-03-02"), take("2026-02-30", "2026-03-02")]).toEqual([false, false]);
  });
});

test("usage is summed by what is asked, in order, and in all", () => {
  const one = { requests: 1, input_tokens: 10, output_tokens: 1, cost_micros: 100_000 };
  const used = [
    { day: "2026-03-02", user: "b", source: "chat", ...one },
    { day: "2026-03-01", user: "b", source: "cma", ...one, cost_micros: 200_000 },
    { day: "2026-03-01", user: "a", source: "chat", ...one, requests: 0 },
  ];
  const sum = (requests: number, times: number, cost_usd: number) => ({
    ...{ requests, input_tokens: times * 10, output_tokens: times, cost_usd },
  });
  // In micro-dollars first: 0.1 + 0.2 is not 0.3.
  expect(usageBy("user", used)).toEqual({
    items: [
      { by: "a", ...sum(0, 1, 0.1) },
      { by: "b", ...sum(2, 2, 0.3) },
    ],
    totals: sum(2, 3, 0.4),
  });
  expect(usageBy("day", used).items.map(({ by }) => by)).toEqual(["2026-03-01", "2026-03-02"]);
  expect(usageBy("source", used).items).toEqual([
    { by: "chat", ...sum(1, 2, 0.2) },
    { by: "cma", ...sum(1, 1, 0.2) },
  ]);
  expect(usageBy("day", [])).toEqual({ items: [], totals: sum(0, 0, 0) });
});
