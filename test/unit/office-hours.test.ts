import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { afterOfficeMinutes, OfficeHours } from "../../shared/domain/office-hours.ts";

const week: OfficeHours = { days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" };
const everyDay = [1, 2, 3, 4, 5, 6, 7];
const seattle = "America/Los_Angeles";
const after = (from: string, minutes: number, hours: OfficeHours | null = week, zone = seattle) =>
  afterOfficeMinutes(new Date(from), minutes, hours, zone).toISOString();

describe("minutes of office hours", () => {
  test.each([
    ["within a day", "2026-03-04T10:00:00-08:00", 15, "2026-03-04T18:15:00.000Z"],
    ["to the minute of closing", "2026-03-04T17:45:00-08:00", 15, "2026-03-05T02:00:00.000Z"],
    ["over a night", "2026-03-04T17:50:00-08:00", 15, "2026-03-05T17:05:00.000Z"],
    ["before the office opens", "2026-03-04T06:30:00-08:00", 15, "2026-03-04T17:15:00.000Z"],
    ["after it has closed", "2026-03-04T22:00:00-08:00", 15, "2026-03-05T17:15:00.000Z"],
    [
      "over a weekend, in which the clocks go forward",
      "2026-03-06T17:50:00-08:00",
      15,
      "2026-03-09T16:05:00.000Z",
    ],
    [
      "over a weekend, in which the clocks go back",
      "2026-10-30T17:50:00-07:00",
      15,
      "2026-11-02T17:05:00.000Z",
    ],
    ["over more than a day", "2026-03-04T12:00:00-08:00", 9 * 60, "2026-03-05T20:00:00.000Z"],
    ["over more than a week", "2026-03-04T12:00:00-08:00", 5 * 9 * 60, "2026-03-11T19:00:00.000Z"],
  ])("%s", (_, from, minutes, expected) => expect(after(from, minutes)).toBe(expected));

  test("are all minutes where no hours are said", () => {
    expect(after("2026-03-06T17:50:00-08:00", 15, null)).toBe("2026-03-07T02:05:00.000Z");
  });

  test("a day is as long as its clocks make it: 23 hours, 25 hours, half an hour less", () => {
    const sundays = { days: [7], from: "00:00", to: "24:00" };
    expect(after("2026-03-07T00:00:00Z", 23 * 60, sundays)).toBe("2026-03-09T07:00:00.000Z");
    expect(after("2026-10-31T00:00:00Z", 25 * 60, sundays)).toBe("2026-11-02T08:00:00.000Z");
    // Lord Howe Island turns its clocks by half an hour.
    expect(after("2026-10-03T00:00:00Z", 23.5 * 60, sundays, "Australia/Lord_Howe")).toBe(
      "2026-10-04T13:00:00.000Z",
    );
  });

  test("opening and closing times that the clocks leave out or show twice", () => {
    const night = { days: everyDay, from: "02:30", to: "03:30" };
    // On 8 March, 02:30 is left out: the office opens at 03:30, which is when it closes.
    expect(after("2026-03-08T00:00:00-08:00", 1, night)).toBe("2026-03-09T09:31:00.000Z");
    // On 1 November, 01:30 comes twice: it opens at the first.
    const early = { days: everyDay, from: "01:30", to: "04:00" };
    expect(after("2026-11-01T00:00:00-07:00", 1, early)).toBe("2026-11-01T08:31:00.000Z");
  });

  test("a day that a place left out counts once", () => {
    // Samoa had no 30 December 2011.
    const all = { days: everyDay, from: "09:00", to: "10:00" };
    expect(after("2011-12-29T09:00:00-10:00", 90, all, "Pacific/Apia")).toBe("2011-12-30T19:30:00.000Z");
    expect(after("2011-12-29T09:00:00-10:00", 150, all, "Pacific/Apia")).toBe("2011-12-31T19:30:00.000Z");
  });

  test("a zone is the brokerage's: the same moment is in hours here and not there", () => {
    const moment = "2026-03-04T17:30:00Z";
    expect(after(moment, 10)).toBe("2026-03-04T17:40:00.000Z");
    expect(after(moment, 10, week, "Asia/Kolkata")).toBe("2026-03-05T03:40:00.000Z");
  });

  test("counted minute by minute, by what the clocks show, it is the same moment", () => {
    const zones = [seattle, "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu"];
    const time = (minutes: number) =>
      `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.integer({ min: Date.UTC(2026, 0), max: Date.UTC(2027, 0) }),
        fc.uniqueArray(fc.integer({ min: 1, max: 7 }), { minLength: 1, maxLength: 7 }),
        // Not in the hours of the night in which clocks are turned.
        fc.integer({ min: 4 * 60, max: 20 * 60 }),
        fc.integer({ min: 30, max: 200 }),
        fc.integer({ min: 1, max: 120 }),
        (zone, at, days, opens, length, minutes) => {
          const from = new Date(Math.floor(at / 60_000) * 60_000);
          const hours = { days, from: time(opens), to: time(opens + length) };
          const format = new Intl.DateTimeFormat("en-GB", {
            ...{ timeZone: zone, hourCycle: "h23", weekday: "short" },
            ...({ hour: "2-digit", minute: "2-digit" } as const),
          });
          let left = minutes;
          let moment = from.getTime();
          for (; left > 0; moment += 60_000) {
            const [weekday = "", clock = ""] = format.format(moment).split(/,? /);
            const day = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"].indexOf(weekday) + 1;
            if (days.includes(day) && clock >= hours.from && clock < hours.to) left--;
          }
          expect(afterOfficeMinutes(from, minutes, hours, zone).getTime()).toBe(moment);
        },
      ),
      { numRuns: 60 },
    );
  });
});

test.each([
  { days: [] },
  { days: [0] },
  { days: [8] },
  { from: "9:00" },
  { from: "24:00" },
  { to: "24:01" },
  { to: "18" },
])("no office hours: %o", (over) => {
  expect(OfficeHours.safeParse({ ...week, ...over }).success).toBe(false);
});
