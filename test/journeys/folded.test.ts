import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { putStock, readBuckets, readListed, readSeen } from "../../shared/data/buckets.ts";
import { closeDays } from "../../shared/data/closing.ts";
import { foldForward } from "../../shared/data/fold.ts";
import { changeFoldState, readFoldState } from "../../shared/data/fold-state.ts";
import type { Table } from "../../shared/data/table.ts";
import type { StoredEvent } from "../../shared/domain/analytics/event.ts";
import { daysAfter } from "../../shared/domain/days.ts";
import {
  differences,
  expected,
  forget,
  gathered,
  happened,
  hiddenBrokerage,
  interrupted,
  keep,
  keptOf,
  rebuilt,
  setZone,
} from "../analytics.ts";
import { cloud, signUp } from "../cloud.ts";
import { table, unconditional } from "../in-process.ts";
import { dying } from "../prove/crash.ts";

const zone = "America/Los_Angeles";
/** A time of day on 10 March 2026, so many minutes later. */
const at = (minutes: number): string =>
  new Date(Date.parse("2026-03-10T18:00:00Z") + minutes * 60_000).toISOString();
const clock = (minutes: number): Date => new Date(at(minutes));
const days = { from: "2026-03-01", to: "2026-03-12" };

const types = [
  "detailed_view",
  "favorited",
  "lead_received",
  "first_response",
  "closed",
  "appointment",
] as const;

/** Events of some days that arrive in another order than they happened in, some of them days later. */
function busy(brokerageId: string, count: number, minutes: { from: number; to: number }): StoredEvent[] {
  return Array.from({ length: count }, (_, place) => {
    const arrives = minutes.from + ((place * 7919) % count) * ((minutes.to - minutes.from) / count);
    const occurs = arrives - ((place * 104_729) % (3 * 24 * 60));
    const about = {
      ...{ user_id: `u${place % 3}`, team_id: `t${place % 2}`, property_id: `p${place % 5}` },
      ...{ property_type: "house", city: place % 3 ? "Seattle" : "seattle", visitor: `v${place % 40}` },
      ...{ source: place % 4 ? "zillow" : "walk-in", lead_score: (place * 13) % 100 },
    };
    const when = { occurred_at: at(occurs), arrived_at: at(arrives) };
    return happened(brokerageId, `${minutes.from}-${place}`, when, about, types[place % types.length], place);
  });
}

test("kept equals counted and equals rebuilt, with duplicates, disorder and late events", async () => {
  const id = await hiddenBrokerage(zone);
  const all: StoredEvent[] = [];
  for (let minute = 0; minute < 40; minute += 10) {
    const some = busy(id, 24, { from: minute, to: minute + 10 });
    all.push(...some);
    await keep([...some.toReversed(), ...some.slice(0, 6), ...all.slice(0, 6)]);
    const { events } = await foldForward(table, id, clock(minute + 10 - 5));
    expect(events).toBeGreaterThan(0);
  }
  await foldForward(table, id, clock(60));
  const idle = await foldForward(table, id, clock(61));
  expect(idle.events).toBe(0);
  const kept = await keptOf(id);
  expect(differences(kept, expected(all, zone))).toEqual([]);

  const unchanged = await rebuilt(id, days, clock(62));
  expect(unchanged.map(({ written }) => written).filter((written) => written > 0)).toEqual([]);
  expect(unchanged.reduce((sum, { events }) => sum + events, 0)).toBe(all.length);
  await forget(id);
  expect((await keptOf(id)).buckets.size).toBe(0);
  await rebuilt(id, days, clock(63));
  expect(differences(await keptOf(id), kept)).toEqual([]);
  // What arrives after a rebuild is folded on.
  const more = busy(id, 20, { from: 70, to: 75 });
  await keep(more);
  await foldForward(table, id, clock(80));
  expect(differences(await keptOf(id), expected([...all, ...more], zone))).toEqual([]);
});

test("readers see the buckets, the lists and whom was seen", async () => {
  const id = await hiddenBrokerage(zone);
  const view = (place: string, minutes: number, user_id: string, visitor: string) =>
    happened(
      id,
      place,
      { occurred_at: at(minutes), arrived_at: at(1) },
      { user_id, visitor, property_id: "p" },
    );
  await keep([
    view("a", 0, "u", "v1"),
    view("b", 0, "u", "v1"),
    view("c", -24 * 60, "w", "v2"),
    view("d", 0, "w", "v3"),
  ]);
  await foldForward(table, id, clock(5));
  const some = { from: "2026-03-09", to: "2026-03-11" };
  const read = await readBuckets(table, id, "listing-performance", "property:p", some);
  expect(
    read.map(({ day, tally, distinct, final }) => [day, tally.counts.views, distinct.visitors, final]),
  ).toEqual([
    ["2026-03-09", 1, 1, false],
    ["2026-03-10", 3, 2, false],
  ]);
  expect(
    await readBuckets(table, id, "listing-performance", "property:p", {
      from: "2026-03-09",
      to: "2026-03-10",
    }),
  ).toHaveLength(1);
  const seen = await readSeen(table, id, "listing-performance", "property:p", some);
  expect(seen.map(({ seen }) => seen.visitors)).toEqual([{ marks: ["v2"] }, { marks: ["v1", "v3"] }]);
  const listed = await readListed(table, id, "listing-performance", "user", some);
  expect(listed.map(({ day, value, tally }) => [day, value, tally.counts.views])).toEqual([
    ["2026-03-09", "w", 1],
    ["2026-03-10", "u", 2],
    ["2026-03-10", "w", 1],
  ]);
});

/** A fold that dies with so many writes, and the next one, which finds more; answers what is then wrong. */
async function survives(
  death: number | undefined,
  on: Table = table,
): Promise<{ writes: number; wrong: string[] }> {
  const id = await hiddenBrokerage(zone);
  const before = busy(id, 2, { from: -5, to: -1 });
  await keep(before);
  const writes = await dying(() => foldForward(on, id, clock(0)), death);
  const after = busy(id, 2, { from: 1, to: 5 });
  await keep(after);
  await foldForward(on, id, clock(10));
  return { writes, wrong: differences(await keptOf(id), expected([...before, ...after], zone)) };
}

test("a fold that dies is made up for by the next one", async () => {
  const { writes, wrong } = await survives(undefined);
  expect(wrong).toEqual([]);
  expect(writes).toBeGreaterThan(7);
  // From none to all of them, some apart: bar 14 of `npm run prove` has each.
  for (const death of Array.from({ length: 6 }, (_, place) => Math.round((place * writes) / 5)))
    expect((await survives(death)).wrong, `died after ${death} of ${writes} writes`).toEqual([]);
});

/** Forgets how far each bucket is folded, so that only the watermark tells. */
const forgetful: Table = {
  ...unconditional(table),
  async getMany(keys) {
    return (await table.getMany(keys)).map((item) => item && { ...item, folded_to: undefined });
  },
};

test("sabotage: with a watermark alone a fold that dies counts twice", async () => {
  const { writes } = await survives(undefined);
  const wrong = await survives(writes - 1, forgetful);
  expect(wrong.wrong.join()).toContain("view#");
});

/** A rebuild in the middle of which a fold finds more; answers what is then wrong. */
async function rebuiltMeanwhile(through: (table: Table) => Table = (same) => same): Promise<string[]> {
  const id = await hiddenBrokerage(zone);
  const before = busy(id, 30, { from: -30, to: -1 });
  await keep(before);
  await foldForward(table, id, clock(0));
  await forget(id);
  const after = busy(id, 30, { from: 1, to: 5 });
  await keep(after);
  const once = interrupted(`${id}#view#office`, () => foldForward(table, id, clock(10)));
  await rebuilt(id, days, clock(0), through(once));
  return differences(await keptOf(id), expected([...before, ...after], zone));
}

test("a rebuild beside a fold leaves what a rebuild alone would", async () => {
  expect(await rebuiltMeanwhile()).toEqual([]);
});

test("sabotage: a rebuild that asks no condition takes back what was folded meanwhile", async () => {
  expect((await rebuiltMeanwhile(unconditional)).join()).toContain("view#office#office");
});

test("many folds and rebuilds at the same time count each event once", async () => {
  const id = await hiddenBrokerage(zone);
  const all = busy(id, 60, { from: 0, to: 60 });
  await keep(all);
  await foldForward(table, id, clock(5));
  for (let minute = 10; minute <= 70; minute += 20)
    await Promise.all([
      foldForward(table, id, clock(minute)),
      foldForward(table, id, clock(minute + 3)),
      rebuilt(id, { from: "2026-03-08", to: "2026-03-11" }, clock(minute + 1)),
      foldForward(table, id, clock(minute + 7)),
    ]);
  expect(differences(await keptOf(id), expected(all, zone))).toEqual([]);
});

test("a day is closed 8 days after it ended, with what the fold missed, and nothing is added to it then", async () => {
  const id = await hiddenBrokerage(zone);
  const all = busy(id, 60, { from: 0, to: 10 });
  await keep(all);
  await foldForward(table, id, clock(15));
  // Written late: it arrives behind the watermark.
  const missed = happened(id, "missed", { occurred_at: at(0), arrived_at: at(9) }, { property_id: "p" });
  await keep([missed]);
  await foldForward(table, id, clock(20));
  expect(differences(await keptOf(id), expected(all, zone))).toEqual([]);
  const close = (now: string) => gathered(closeDays(table, id, new Date(now)));
  // The 10th ended on the 11th at 7:00 UTC.
  const early = await close("2026-03-19T06:59:00Z");
  expect(early.map(({ day }) => day).at(-1)).toBe("2026-03-09");
  const last = await close("2026-03-19T07:00:00Z");
  expect(last.map(({ day, final }) => [day, final])).toEqual([["2026-03-10", true]]);
  expect(await close("2026-03-19T07:00:00Z")).toEqual([]);
  const { items, ...kept } = await keptOf(id);
  expect(differences(kept, expected([...all, missed], zone))).toEqual([]);
  expect(items.filter(({ tally, final }) => tally && !final)).toEqual([]);

  const late = happened(
    id,
    "late",
    { occurred_at: at(0), arrived_at: "2026-03-20T00:00:00.000Z" },
    { property_id: "p" },
  );
  await keep([late]);
  await foldForward(table, id, new Date("2026-03-20T01:00:00Z"));
  expect(differences(await keptOf(id), kept)).toEqual([]);
  // Not run for a month: it catches up.
  expect((await close("2026-04-19T07:00:00Z")).map(({ day }) => day)).toHaveLength(31);
});

test("another time zone: open days are folded anew in it, final ones keep theirs", async () => {
  const id = await hiddenBrokerage(zone);
  const hourly = Array.from({ length: 72 }, (_, hour) =>
    happened(
      id,
      `h${hour}`,
      { occurred_at: at((hour - 72) * 60), arrived_at: at(0) },
      { property_id: `p${hour % 6}` },
    ),
  );
  await keep(hourly);
  await foldForward(table, id, clock(5));
  expect(differences(await keptOf(id), expected(hourly, zone))).toEqual([]);
  // The 7th is closed early.
  await gathered(closeDays(table, id, new Date("2026-03-16T08:00:00Z")));
  expect((await readFoldState(table, id))?.open_from).toBe("2026-03-08");

  const kolkata = "Asia/Kolkata";
  await setZone(id, kolkata);
  const now = new Date("2026-03-16T09:00:00Z");
  const view = happened(
    id,
    "new",
    { occurred_at: now.toISOString(), arrived_at: now.toISOString() },
    { property_id: "n" },
  );
  await keep([view]);
  await foldForward(table, id, new Date("2026-03-16T09:01:00Z"));
  expect(await gathered(closeDays(table, id, new Date("2026-03-16T09:10:00Z")))).toEqual([]);
  const refolded = await gathered(closeDays(table, id, new Date("2026-03-16T09:11:01Z")));
  expect(refolded[0]).toMatchObject({ day: "2026-03-08", final: false });
  const kept = await keptOf(id);
  const ofDay = (from: Omit<typeof kept, "items">, has: (day: string) => boolean) =>
    new Map([...from.buckets].filter(([name]) => has(name.match(/ (\d{4}-\d\d-\d\d)$/)?.[1] ?? "")));
  const isOpen = (day: string) => day >= "2026-03-08";
  const isFinal = (day: string) => day !== "" && day < "2026-03-08";
  expect(ofDay(kept, isOpen)).toEqual(ofDay(expected([...hourly, view], kolkata), isOpen));
  expect(ofDay(kept, isFinal)).toEqual(ofDay(expected(hourly, zone), isFinal));
  expect(await gathered(closeDays(table, id, new Date("2026-03-16T10:11:01Z")))).toEqual([]);
});

test.each([
  ["America/Los_Angeles", "2026-03-08", 46],
  ["America/Los_Angeles", "2026-11-01", 50],
  ["Asia/Kolkata", "2026-03-08", 48],
  ["Australia/Lord_Howe", "2026-10-04", 47],
])("in %s %s has %d half hours, folded and rebuilt", async (timeZone, day, halfHours) => {
  const id = await hiddenBrokerage(timeZone);
  const start = Date.parse(daysAfter(day, -1));
  const arrived_at = `${daysAfter(day, 2)}T12:00:00.000Z`;
  const all = Array.from({ length: 144 }, (_, place) => {
    const occurred_at = new Date(start + place * 30 * 60_000).toISOString();
    return happened(id, `e${place}`, { occurred_at, arrived_at }, { property_id: "p" });
  });
  await keep(all);
  const now = new Date(Date.parse(arrived_at) + 60_000);
  await foldForward(table, id, now);
  const read = async () => {
    const [bucket] = await readBuckets(table, id, "office", "office", { from: day, to: daysAfter(day, 1) });
    return bucket?.tally.counts.views;
  };
  expect(await read()).toBe(halfHours);
  await forget(id);
  await rebuilt(id, { from: daysAfter(day, -2), to: daysAfter(day, 3) }, now);
  expect(await read()).toBe(halfHours);
  expect(differences(await keptOf(id), expected(all, timeZone))).toEqual([]);
});

test("neither fold nor rebuild touches a stock", async () => {
  const id = await hiddenBrokerage(zone);
  const bucket = { view: "agent-performance", subject: "user:u0", day: "2026-03-10" } as const;
  const stock = { hot: 3 };
  for (const write of putStock(id, bucket, stock, zone)) await table.commit([write]);
  const all = busy(id, 30, { from: 0, to: 10 });
  await keep(all);
  await foldForward(table, id, clock(15));
  await rebuilt(id, days, clock(16));
  const day = { from: bucket.day, to: "2026-03-11" };
  expect(await readBuckets(table, id, bucket.view, bucket.subject, day)).toMatchObject([{ stock }]);
  const listed = await readListed(table, id, bucket.view, "user", day);
  expect(listed.find(({ value }) => value === "u0")).toMatchObject({ stock });
  expect(differences(await keptOf(id), expected(all, zone))).toEqual([]);
});

test("the command rebuilds a brokerage's days and corrects what differs; it knows its brokerages", async () => {
  const id = await hiddenBrokerage(zone);
  await keep(busy(id, 12, { from: 0, to: 10 }));
  await foldForward(table, id, clock(15));
  const rebuild = (brokerage: string) =>
    new Promise<{ code: number; out: string }>((done) => {
      const command = join(import.meta.dirname, "../../infra/rebuild-analytics.ts");
      const asked = ["--table", cloud.tableName, "--brokerage", brokerage];
      // The days that can still be rebuilt: the events are of last March.
      const args = [command, ...asked, "--from", "2026-03-09", "--to", "2026-03-12"];
      const env = { ...process.env, ...cloud.environment };
      const child = execFile(process.execPath, args, { env }, (_, out, err) =>
        done({ code: child.exitCode ?? -1, out: out + err }),
      );
    });
  const { code, out } = await rebuild(id);
  expect(code, out).toBe(0);
  expect(out).toMatch(/ 2026-03-10: \d+ events, 0 buckets written/);
  await forget(id);
  expect((await rebuild(id)).out).toMatch(/ 2026-03-10: \d+ events, [1-9]\d* buckets written/);
  expect(await rebuild("nobody")).toEqual({ code: 1, out: "There is no brokerage nobody\n" });
});

test("the schedules fold and close, as they are deployed", async () => {
  const { brokerage } = await signUp();
  const now = Date.now();
  const when = (minutes: number) => new Date(now - minutes * 60_000).toISOString();
  const fresh = happened(
    brokerage.id,
    "a",
    { occurred_at: when(3), arrived_at: when(2) },
    { property_id: "p" },
  );
  await keep([fresh]);
  await cloud.fire("foldEvents");
  expect((await keptOf(brokerage.id)).buckets.get(`view#office#office ${dayOf(fresh)}`)?.counts).toEqual({
    views: 1,
  });
  await changeFoldState(table, brokerage.id, ({ open_from }) => ({ open_from: daysAfter(open_from, -2) }));
  await cloud.fire("closeDays");
  const today = new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(now);
  expect((await readFoldState(table, brokerage.id))?.open_from).toBe(daysAfter(today, -8));
  function dayOf({ occurred_at }: StoredEvent) {
    return new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(new Date(occurred_at));
  }
});
