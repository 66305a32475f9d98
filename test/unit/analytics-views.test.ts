import { expect, test } from "vitest";
import { besideCounts, type DayNumbers, isFinal, numbersIn } from "../../shared/domain/analytics/rows.ts";
import { emptyPipeline, isSame, PipelineStock } from "../../shared/domain/analytics/stock.ts";
import { emptyTally, type Tally } from "../../shared/domain/analytics/tally.ts";
import { type ViewName, viewNames, viewOf } from "../../shared/domain/analytics/views.ts";

const tally = (counts: Record<string, number>, samples: Tally["samples"] = {}): Tally => ({
  ...{ counts, samples, seen: {} },
});
const dayOf = (day: string, over: Partial<DayNumbers> = {}): DayNumbers => ({
  ...{ day, final: false, tally: emptyTally, distinct: {}, folded_to: `${day}T12:00:00.000Z` },
  ...over,
});
const valuesOf = (view: ViewName, days: readonly DayNumbers[], seen?: Parameters<typeof numbersIn>[2]) =>
  viewOf(view).valuesOf(numbersIn({ from: "2026-03-02", to: "2026-03-09" }, days, seen));

const marks = (...all: string[]) => ({ visitors: { marks: all } });

test("listing performance: sums of days, and each visitor of a week once", () => {
  const days = [
    dayOf("2026-03-02", { tally: tally({ views: 3, favorites: 1 }), distinct: { visitors: 2 } }),
    dayOf("2026-03-03", {
      tally: tally({ views: 2, enquiries: 1, price_changes: 1 }),
      distinct: { visitors: 2 },
    }),
    // The week after.
    dayOf("2026-03-09", { tally: tally({ views: 100 }), distinct: { visitors: 50 } }),
  ];
  const seen = [
    { day: "2026-03-02", seen: marks("anna", "ben") },
    { day: "2026-03-03", seen: marks("ben", "carla") },
    { day: "2026-03-09", seen: marks("dora") },
  ];
  expect(valuesOf("listing-performance", days, seen)).toEqual({
    ...{ views: 5, visitors: 3, favorites: 1, shares: 0, enquiries: 1, price_changes: 1 },
    ...{ days_on_market: null, similar_views: null },
  });
  // Without the marks only the days are known: two and two are not four people.
  expect(valuesOf("listing-performance", days)).toMatchObject({ views: 5, visitors: null });
  expect(valuesOf("listing-performance", days.slice(0, 1))).toMatchObject({ views: 3, visitors: 2 });
  expect(valuesOf("listing-performance", [])).toMatchObject({ views: 0, visitors: 0 });
});

test("a property against similar ones, and its days on the market", () => {
  const period = { from: "2026-03-02", to: "2026-03-09" };
  const own = numbersIn(period, [
    dayOf("2026-03-02", { tally: tally({ views: 6 }), distinct: { listings: 1 } }),
  ]);
  const similar = numbersIn(period, [
    dayOf("2026-03-02", { tally: tally({ views: 21 }), distinct: { listings: 4 } }),
  ]);
  // Listed at 23:30 on the first of March in Los Angeles.
  const property = { listed_at: "2026-03-02T07:30:00.000Z", contract_date: null, close_date: null };
  const beside = (over: Partial<Parameters<typeof besideCounts>[1]>, today = "2026-03-20") =>
    besideCounts(
      period,
      { ...property, ...over },
      { own, similar },
      { today, time_zone: "America/Los_Angeles" },
    );
  // 15 views of three others; from the first to the eighth, the period's last day.
  expect(beside({})).toEqual({ similar_views: 5, days_on_market: 7 });
  // The period runs: until today.
  expect(beside({}, "2026-03-04").days_on_market).toBe(3);
  expect(beside({ contract_date: "2026-03-05", close_date: "2026-03-07" }).days_on_market).toBe(4);
  expect(beside({ close_date: "2026-03-07" }).days_on_market).toBe(6);
  // Listed later than all of it.
  expect(beside({ listed_at: "2026-04-01T20:00:00.000Z" })).toEqual({ similar_views: 5 });

  // One that nobody looked at is no part of the others' mean; without others there is none.
  const none = numbersIn(period, []);
  const against = (one: typeof own, others: typeof own) =>
    besideCounts(period, property, { own: one, similar: others }, { today: "2026-03-20", time_zone: "UTC" });
  expect(against(none, similar).similar_views).toBe(5.3);
  expect(against(own, own).similar_views).toBeUndefined();
  // Of fewer than three others it would tell whose they are.
  const few = numbersIn(period, [
    dayOf("2026-03-02", { tally: tally({ views: 21 }), distinct: { listings: 3 } }),
  ]);
  expect(against(own, few).similar_views).toBeUndefined();
});

test("agent performance: median and 90th percentile over the days", () => {
  const measured = (...minutes: number[]) => ({
    response_minutes: Object.fromEntries(minutes.map((one) => [one, 1])),
  });
  const days = [
    dayOf("2026-03-02", {
      tally: tally({ leads: 4, responded: 3, contacts: 3, calls: 2, emails: 1 }, measured(1, 3, 5)),
    }),
    dayOf("2026-03-05", {
      tally: tally(
        { responded: 2, contacts: 1, meetings: 1, appointments: 1, listed: 2, closings: 1, volume: 725000 },
        measured(7, 100),
      ),
    }),
  ];
  expect(valuesOf("agent-performance", days)).toEqual({
    ...{ leads: 4, responded: 5, first_response_median_minutes: 5 },
    // Between 7 and 100, six tenths of the way: 0.9 of four steps is 3.6.
    first_response_p90_minutes: 62.8,
    ...{ contacts: 4, emails: 1, calls: 2, meetings: 1, appointments: 1 },
    ...{ listings: 2, closings: 1, volume: 725000 },
  });
  expect(valuesOf("agent-performance", [])).toMatchObject({
    ...{ leads: 0, first_response_median_minutes: null, first_response_p90_minutes: null },
  });
});

test("pipeline: the stock of the last day that has one, and the moves of all", () => {
  const days = [
    dayOf("2026-03-02", { tally: tally({ added: 2, to_hot: 1, from_new: 1 }), stock: { new: 9, hot: 1 } }),
    dayOf("2026-03-04", { tally: tally({ added: 1 }), stock: { new: 4, hot: 3, age_new: 2, age_hot: 6.5 } }),
    dayOf("2026-03-05"),
  ];
  expect(valuesOf("pipeline", days)).toEqual({
    ...{ new: 4, hot: 3, warm: null, cold: null, age_new: 2, age_hot: 6.5, age_warm: null, age_cold: null },
    ...{ added: 3, to_new: 0, to_hot: 1, to_warm: 0, to_cold: 0 },
    ...{ from_new: 1, from_hot: 0, from_warm: 0, from_cold: 0 },
  });
});

test("lead conversion: percentages of the period's leads", () => {
  const days = [dayOf("2026-03-02", { tally: tally({ leads: 3, responded: 2, became_hot: 1 }) })];
  expect(valuesOf("lead-conversion", days)).toEqual({
    ...{ leads: 3, responded: 2, met: 0, became_hot: 1 },
    ...{ responded_percent: 66.7, met_percent: 0, hot_percent: 33.3 },
  });
  expect(valuesOf("lead-conversion", [])).toMatchObject({ leads: 0, responded_percent: null });
});

test("office: sums and what there is", () => {
  const days = [
    dayOf("2026-03-02", {
      tally: tally({ views: 5, listed: 1, closings: 1, volume: 500000, analyses: 2 }),
      stock: { active: 12, under_offer: 3, clients: 80, overdue_tasks: 4, waiting_leads: 1 },
    }),
  ];
  expect(valuesOf("office", days)).toEqual({
    ...{
      views: 5,
      enquiries: 0,
      leads: 0,
      contacts: 0,
      appointments: 0,
      listings: 1,
      closings: 1,
      volume: 500000,
    },
    ...{ analyses: 2, reports_viewed: 0, assistant_uses: 0 },
    ...{ active: 12, under_offer: 3, clients: 80, overdue_tasks: 4, waiting_leads: 1 },
  });
});

test("every value of a view is explained in its definition", () => {
  for (const name of viewNames.filter((one) => one !== "market")) {
    const { definition, valuesOf } = viewOf(name);
    for (const value of Object.keys(valuesOf(numbersIn({ from: "2026-03-02", to: "2026-03-03" }, []))))
      expect([name, explained(value).some((word) => definition.text.includes(word)), value]).toEqual([
        name,
        true,
        value,
      ]);
  }
});

/** A value by its own name, or by the pattern that stands for some. */
const explained = (value: string) => [
  value,
  value.replace(/^(age|to|from)_.*/, "$1_<status>"),
  // These are counted as elsewhere, or are as their name says.
  ...(/_percent$/.test(value) ? ["The percentages"] : []),
  ...(/^(emails|calls|meetings)$/.test(value) ? ["emails, calls and meetings"] : []),
  ...(/^(views|enquiries|leads|contacts|appointments|listings|closings|volume|reports_viewed)$/.test(value)
    ? ["counted as in listing-performance and"]
    : []),
];

test("a period is final when all of its days are closed, or had nothing to count", () => {
  const period = { from: "2026-03-02", to: "2026-03-04" };
  const final = { final: true };
  expect(isFinal(period, [], "2026-03-12")).toBe(true);
  expect(isFinal(period, [], "2026-03-11")).toBe(false);
  expect(isFinal(period, [dayOf("2026-03-02", final), dayOf("2026-03-03", final)], "2026-03-12")).toBe(true);
  expect(isFinal(period, [dayOf("2026-03-02", final), dayOf("2026-03-03")], "2026-03-12")).toBe(false);
  const { folded_to: _, ...stockAlone } = dayOf("2026-03-03", { stock: { new: 1 } });
  expect(isFinal(period, [dayOf("2026-03-02", final), stockAlone], "2026-03-12")).toBe(true);
});

test("the pipeline's stock: clients by status and the median of their days, by owner and team", () => {
  const pipeline = new PipelineStock(new Date("2026-03-20T12:00:00.000Z"));
  const client = (
    nurture_status: "new" | "hot" | "warm" | "cold",
    created: string,
    since: string,
    [owner_user_id, team_id]: readonly [string, string | null],
  ) =>
    pipeline.add({
      ...{ nurture_status, owner_user_id, team_id },
      ...{ created_at: `${created}T12:00:00.000Z`, nurture_since: `${since}T12:00:00.000Z` },
    });
  client("new", "2026-03-10", "2026-03-10", ["ana", "north"]);
  client("hot", "2026-01-01", "2026-03-18", ["ana", "north"]);
  client("hot", "2026-01-01", "2026-03-15", ["ana", null]);
  client("hot", "2026-01-01", "2026-03-11", ["bo", null]);
  expect(pipeline.clients).toBe(4);
  const none = { new: 0, hot: 0, warm: 0, cold: 0 };
  expect(Object.fromEntries(pipeline.stocks())).toEqual({
    office: { ...none, new: 1, hot: 3, age_new: 10, age_hot: 5 },
    "user:ana": { ...none, new: 1, hot: 2, age_new: 10, age_hot: 3.5 },
    "team:north": { ...none, new: 1, hot: 1, age_new: 10, age_hot: 2 },
    "user:bo": { ...none, hot: 1, age_hot: 9 },
  });
  expect(emptyPipeline).toEqual(none);
  expect([...new PipelineStock(new Date()).stocks()]).toEqual([["office", none]]);
  expect([
    isSame({ new: 1 }, { new: 1 }),
    isSame({ new: 1 }, { new: 1, hot: 0 }),
    isSame({}, undefined),
  ]).toEqual([...[true, false, false]]);
});
