import { expect, test } from "vitest";
import { dayIn, daysAfter, utcDaysOf } from "../../shared/domain/days.ts";

const minute = 60_000;

/** How many hours a day of a zone has, by its quarters of an hour. */
function hoursOf(day: string, timeZone: string): number {
  let quarters = 0;
  for (let at = Date.parse(daysAfter(day, -1)); at < Date.parse(daysAfter(day, 2)); at += 15 * minute)
    if (dayIn(timeZone, new Date(at)) === day) quarters++;
  return quarters / 4;
}

test.each([
  ["America/Los_Angeles", "2026-03-08", 23],
  ["America/Los_Angeles", "2026-11-01", 25],
  ["America/Los_Angeles", "2026-11-02", 24],
  ["Europe/London", "2026-03-29", 23],
  ["Australia/Lord_Howe", "2026-10-04", 23.5],
  ["Australia/Lord_Howe", "2026-04-05", 24.5],
  ["Asia/Kolkata", "2026-03-08", 24],
  ["America/Phoenix", "2026-03-08", 24],
])("in %s %s has %d hours, all of them in the UTC days that are read", (timeZone, day, hours) => {
  expect(hoursOf(day, timeZone)).toBe(hours);
  const days = utcDaysOf(day, timeZone);
  expect(days.length).toBeLessThanOrEqual(2);
  for (let at = Date.parse(daysAfter(day, -2)); at < Date.parse(daysAfter(day, 3)); at += 15 * minute) {
    const moment = new Date(at);
    if (dayIn(timeZone, moment) === day) expect(days).toContain(moment.toISOString().slice(0, 10));
  }
});

test.each(["Pacific/Kiritimati", "Etc/GMT+12", "UTC"])(
  "the UTC days of a day at the world's ends: %s",
  (timeZone) => {
    const days = utcDaysOf("2026-06-15", timeZone);
    expect(days).toEqual(
      {
        "Pacific/Kiritimati": ["2026-06-14", "2026-06-15"],
        "Etc/GMT+12": ["2026-06-15", "2026-06-16"],
        UTC: ["2026-06-15"],
      }[timeZone],
    );
  },
);
