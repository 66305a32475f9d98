import { expect, test } from "vitest";
import { readBuckets } from "../../shared/data/buckets.ts";
import { closeDays } from "../../shared/data/closing.ts";
import { eventWrite } from "../../shared/data/events.ts";
import { foldForward } from "../../shared/data/fold.ts";
import type { StoredEvent } from "../../shared/domain/analytics/event.ts";
import { quantile, together } from "../../shared/domain/analytics/tally.ts";
import { dayIn } from "../../shared/domain/days.ts";
import { differences, gathered, happened, hiddenBrokerage, keptOf } from "../analytics.ts";
import { meter } from "../bench/meter.ts";
import { table } from "../in-process.ts";
import { dying } from "./crash.ts";

/** `EVENTS=20000` for a shorter run. */
const events = Number(process.env.EVENTS ?? 200_000);
const zone = "America/Los_Angeles";
/** They arrive in four hours, so many in a minute, and happened on the six days before. */
const minutes = 240;
const begin = Date.parse("2026-03-10T16:00:00Z");
const at = (minute: number) => new Date(begin + minute * 60_000);
/** A worker is killed in every so many runs. */
const killedEvery = 4;
const days = { from: "2026-03-01", to: "2026-03-11" };

const chance = (seed: number) => ((seed * 2_654_435_761) % 2 ** 32) / 2 ** 32;

function eventAt(brokerageId: string, place: number): StoredEvent {
  const arrives = begin + (place / events) * minutes * 60_000;
  const when = {
    arrived_at: new Date(arrives).toISOString(),
    occurred_at: new Date(arrives - chance(place) ** 4 * 6 * 86_400_000).toISOString(),
  };
  const about = {
    ...{ user_id: `u${place % 50}`, team_id: `t${place % 5}`, property_id: `p${(place * 31) % 500}` },
    ...{
      property_type: "house",
      city: `city ${place % 8}`,
      visitor: `v${Math.floor(chance(place * 7) * 30_000)}`,
    },
    ...{ source: ["zillow", "website", "walk-in"][place % 3], lead_score: place % 100 },
  } as const;
  const [type, value] =
    place % 10 < 7
      ? (["detailed_view", 1] as const)
      : place % 10 < 9
        ? (["first_response", place % 300] as const)
        : (["closed", 400_000 + place] as const);
  return happened(brokerageId, `e${place}`, when, about, type, value);
}

test(`${events} events, with duplicates, disorder and killed workers: exact totals`, async () => {
  const id = await hiddenBrokerage(zone);
  let [sent, killed, runs] = [0, 0, 0];
  const took = { write: 0, fold: 0, close: 0 };
  const units = { reads: 0, writes: 0 };
  for (let minute = 0; minute < minutes; minute += 10) {
    const [from, to] = [(minute / minutes) * events, ((minute + 10) / minutes) * events].map(Math.floor) as [
      number,
      number,
    ];
    const arriving = Array.from({ length: to - from }, (_, place) => from + place)
      // Some are sent again, some of them with what came an hour before.
      .flatMap((place) => (place % 20 === 0 ? [place, place, Math.max(0, place - 500)] : [place]))
      .sort((a, b) => chance(a) - chance(b));
    const begun = performance.now();
    sent += arriving.length;
    await writeAllOf(arriving.map((place) => eventAt(id, place)));
    took.write += performance.now() - begun;
    const start = performance.now();
    // It is killed in the middle of its work, and comes again a minute later.
    if (++runs % killedEvery === 0) {
      const death = 5 + (runs % 3) * 75;
      if ((await dying(() => foldForward(table, id, at(minute + 9)), death)) >= death) killed++;
    }
    const { requests } = await meter(() => foldForward(table, id, at(minute + 10)));
    for (const { readUnits, writeUnits } of requests) {
      units.reads += readUnits;
      units.writes += writeUnits;
    }
    took.fold += performance.now() - start;
  }
  expect(killed).toBeGreaterThan(0);
  await foldForward(table, id, at(minutes + 5));

  // Counted here, event by event, without tallies.
  const told = Array.from({ length: events }, (_, place) => eventAt(id, place));
  const views = told.filter(({ metric_type }) => metric_type === "detailed_view");
  const closed = told.filter(({ metric_type }) => metric_type === "closed");
  const volume = closed.reduce((sum, { value }) => sum + Number(value), 0);
  const office = together(
    ...(await readBuckets(table, id, "office", "office", days)).map(({ tally }) => tally),
  );
  expect(office.counts).toEqual({ views: views.length, closings: closed.length, volume });
  const ofListing = await readBuckets(table, id, "listing-performance", "property:p31", days);
  const ofP31 = views.filter(({ about }) => about.property_id === "p31");
  expect(ofListing.reduce((sum, { tally }) => sum + tally.counts.views!, 0)).toBe(ofP31.length);
  for (const { day, distinct } of await readBuckets(table, id, "listing-performance", "office", days)) {
    const visitors = new Set(
      views
        .filter((event) => dayIn(zone, new Date(event.occurred_at)) === day)
        .map(({ about }) => about.visitor),
    ).size;
    expect(Math.abs(distinct.visitors! - visitors), day).toBeLessThanOrEqual(
      visitors <= 2000 ? 0 : visitors * 0.06,
    );
  }
  const agent = together(
    ...(await readBuckets(table, id, "agent-performance", "user:u7", days)).map(({ tally }) => tally),
  );
  const responses = told.filter(
    ({ metric_type, about }) => metric_type === "first_response" && about.user_id === "u7",
  );
  expect(agent.counts.responded).toBe(responses.length);
  expect(quantile(agent.samples.response_minutes, 0.5)).toBeGreaterThan(0);

  // Closed and so folded from zero: as it was folded event by event.
  const kept = await keptOf(id, told);
  const start = performance.now();
  const closings = await gathered(closeDays(table, id, new Date("2026-03-19T08:00:00Z")));
  took.close += performance.now() - start;
  expect(closings.reduce((sum, { events }) => sum + events, 0)).toBe(events);
  expect(differences(await keptOf(id, told), kept)).toEqual([]);
  const seconds = Object.entries(took).map(([what, ms]) => `${what} ${Math.round(ms / 1000)} s`);
  console.log(
    `${sent} sent, ${events} different, ${killed} workers killed in ${runs} runs: ${seconds.join(", ")}; ` +
      `the fold took ${Math.round(units.reads)} read units and ${Math.round(units.writes)} write units`,
  );
});

/** As the API writes them, without their conditions: in a day that is not over the same item is the same event. */
async function writeAllOf(all: readonly StoredEvent[]): Promise<void> {
  for (let from = 0; from < all.length; from += 500)
    await table.putMany(all.slice(from, from + 500).map((event) => eventWrite(event).Put.Item));
}
