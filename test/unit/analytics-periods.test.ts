import { expect, test } from "vitest";
import { type AnalyticsQuery, periodAsked } from "../../shared/domain/analytics/analytics.ts";
import { isOver, periodsIn } from "../../shared/domain/analytics/periods.ts";
import { dayIn } from "../../shared/domain/days.ts";

test("weeks begin on Monday, the first and the last are cut to what was asked for", () => {
  // 2026-03-01 is a Sunday.
  expect(periodsIn({ from: "2026-03-01", to: "2026-03-18" }, "week")).toEqual([
    { from: "2026-03-01", to: "2026-03-02" },
    { from: "2026-03-02", to: "2026-03-09" },
    { from: "2026-03-09", to: "2026-03-16" },
    { from: "2026-03-16", to: "2026-03-18" },
  ]);
});

test("months are the calendar's, over the end of a year and a leap day", () => {
  expect(periodsIn({ from: "2027-12-15", to: "2028-03-02" }, "month")).toEqual([
    { from: "2027-12-15", to: "2028-01-01" },
    { from: "2028-01-01", to: "2028-02-01" },
    { from: "2028-02-01", to: "2028-03-01" },
    { from: "2028-03-01", to: "2028-03-02" },
  ]);
  expect(periodsIn({ from: "2028-02-01", to: "2028-03-01" }, "day")).toHaveLength(29);
});

test.each([
  ["America/Los_Angeles", "2026-03-08", 23],
  ["America/Los_Angeles", "2026-11-01", 25],
  ["Europe/Berlin", "2026-03-29", 23],
  ["Europe/Berlin", "2026-10-25", 25],
  ["Asia/Kolkata", "2026-03-29", 24],
  // Half an hour of daylight saving time.
  ["Australia/Lord_Howe", "2026-04-05", 24.5],
])("in %s the day %s has %d hours, and is one day of its week and month", (zone, day, hours) => {
  const quarter = 15 * 60_000;
  const around = Date.parse(day) - 24 * 3_600_000;
  const quarters = Array.from({ length: 3 * 96 }, (_, at) => dayIn(zone, new Date(around + at * quarter)));
  expect(quarters.filter((one) => one === day)).toHaveLength(hours * 4);
  const week = periodsIn({ from: day, to: "2027-01-01" }, "week")[0]!;
  expect(week.from).toBe(day);
  // All of these days are Sundays.
  expect(periodsIn(week, "day")).toHaveLength(1);
});

test("a day is over when eight days have passed since it ended", () => {
  expect(isOver("2026-03-02", "2026-03-10")).toBe(false);
  expect(isOver("2026-03-02", "2026-03-11")).toBe(true);
});

const asked = (query: Partial<AnalyticsQuery>, view: "office" | "market" = "office") =>
  periodAsked(view, query as AnalyticsQuery, "2026-11-27");

test("the last 28 days unless said, of the market twelve whole months", () => {
  expect(asked({})).toEqual({ from: "2026-10-31", to: "2026-11-28" });
  expect(asked({ to: "2026-03-01" })).toEqual({ from: "2026-02-01", to: "2026-03-01" });
  expect(asked({}, "market")).toEqual({ from: "2025-12-01", to: "2026-12-01" });
  expect(asked({ to: "2026-12-01" }, "market")).toEqual({ from: "2025-12-01", to: "2026-12-01" });
  expect(asked({ from: "2026-02-10", to: "2026-03-02" }, "market")).toEqual({
    from: "2026-02-01",
    to: "2026-04-01",
  });
});

test("400 days at most, 92 with by, and no days of the market", () => {
  expect(asked({ from: "2025-10-24" })).toEqual({ from: "2025-10-24", to: "2026-11-28" });
  expect(() => asked({ from: "2025-10-23" })).toThrow("must be 400 days after from at most");
  expect(() => asked({ from: "2026-08-27", by: "user" })).toThrow("must be 92 days after from at most");
  expect(() => asked({ from: "2026-11-28" })).toThrow("?from must be before tomorrow");
  // The calendar ends there: no period is sought beyond it.
  for (const day of ["0000-06-01", "1899-12-31", "2200-01-01", "9999-12-31"])
    expect(() => asked({ from: day, to: day })).toThrow("?from must be a day from 1900 to 2199");
  expect(() => asked({ to: "0000-06-01" }, "market")).toThrow("?to must be a day from 1900");
  expect(() => asked({ granularity: "week" }, "market")).toThrow("must be month");
});
