import { contributionsOf } from "../domain/analytics/contributions.ts";
import type { StoredEvent } from "../domain/analytics/event.ts";
import { emptyTally, type Tally, together } from "../domain/analytics/tally.ts";
import { aroundDay, dayIn, utcDaysOf } from "../domain/days.ts";
import { type Folding, writeFolded } from "./bucket-writes.ts";
import { type BucketId, bucketKey, seenViews } from "./buckets.ts";
import { eventsArrived, eventsOfDay, shards } from "./events.ts";
import { settledBy } from "./fold-state.ts";
import type { TableQuerier, TableWriter } from "./table.ts";

/** A day that is folded from zero. */
interface Rebuilding {
  readonly day: string;
  readonly time_zone: string;
  /** Whether nothing is added to it any more. */
  readonly final: boolean;
  /**
   * Whether it may have buckets of subjects that have no event on that day: of a day in another zone. They are looked for
   * among the subjects of the days beside it, and emptied.
   */
  readonly rezoned?: boolean;
}

/** How many events a day has, and how many of its buckets were not as they are now. */
interface Rebuilt {
  readonly events: number;
  readonly written: number;
}

const tries = 10;
/** Parts of tallies that wait to be put together. */
const mostWaiting = 20_000;

/**
 * Folds a day from zero, from all its events (read strongly consistent), and corrects what differs. Where the fold
 * is ahead of what was read, what arrived meanwhile is added. Safe to run twice, and beside the fold.
 */
export async function rebuildDay(
  table: TableQuerier & TableWriter,
  brokerageId: string,
  rebuilding: Rebuilding,
  now: Date,
): Promise<Rebuilt> {
  const { day, time_zone, final, rezoned = false } = rebuilding;
  let upTo = settledBy(now);
  const found = new Tallies(brokerageId, day);
  const isOfDay = ({ occurred_at }: StoredEvent) => dayIn(time_zone, new Date(occurred_at)) === day;
  let events = 0;
  for (const utcDay of rezoned ? aroundDay(day) : utcDaysOf(day, time_zone))
    for (const shard of shards)
      for await (const event of eventsOfDay(table, brokerageId, utcDay, shard)) {
        if (event.arrived_at > upTo) continue;
        if (isOfDay(event)) events += found.add(event);
        else if (rezoned) found.touch(event);
      }

  let pending = found.all();
  let written = 0;
  for (let attempt = 1; pending.length > 0; attempt++) {
    if (attempt > tries)
      throw new Error(`${pending.length} buckets are still folded on after ${tries} attempts`);
    const ahead = new Map<BucketId, string>();
    const foldings = pending.map((id) => fromZero(id, found, upTo, ahead));
    written += await writeFolded(table, brokerageId, foldings, { upTo, time_zone, final });
    pending = [...ahead.keys()];
    // Later than what stands, so that a fold which read that finds it changed. It is settled: the fold was before.
    const next = new Date(Date.parse([...ahead.values()].sort().at(-1) ?? upTo) + 1).toISOString();
    for (const shard of pending.length > 0 ? shards : [])
      for await (const event of eventsArrived(table, brokerageId, shard, { after: upTo, upTo: next }))
        if (isOfDay(event)) events += found.add(event);
    upTo = next;
  }
  return { events, written };
}

const fromZero = (id: BucketId, found: Tallies, upTo: string, ahead: Map<BucketId, string>): Folding => ({
  id,
  seen: seenViews.includes(id.view),
  next: ({ folded_to }) => {
    if (folded_to < upTo) return found.of(id);
    if (folded_to > (ahead.get(id) ?? "")) ahead.set(id, folded_to);
    return undefined;
  },
});

/** The tallies of a day's subjects while its events are read. */
class Tallies {
  readonly #brokerageId: string;
  readonly #day: string;
  readonly #of = new Map<string, { readonly id: BucketId; tally: Tally; waiting: Tally[] }>();
  #waiting = 0;

  constructor(brokerageId: string, day: string) {
    this.#brokerageId = brokerageId;
    this.#day = day;
  }

  /** Adds an event to all subjects that it counts for; answers 1. */
  add(event: StoredEvent): number {
    for (const { adds, ...where } of contributionsOf(event)) {
      this.#at({ ...where, day: this.#day }).waiting.push(adds);
      this.#waiting++;
    }
    if (this.#waiting > mostWaiting) this.#putTogether();
    return 1;
  }

  /** Notes the subjects of an event of another day: they may have a bucket that is to be empty. */
  touch(event: StoredEvent): void {
    for (const { view, subject } of contributionsOf(event)) this.#at({ view, subject, day: this.#day });
  }

  all(): BucketId[] {
    this.#putTogether();
    return [...this.#of.values()].map(({ id }) => id);
  }

  of(id: BucketId): Tally {
    this.#putTogether();
    return this.#at(id).tally;
  }

  #at(id: BucketId) {
    const { pk } = bucketKey(this.#brokerageId, id);
    const known = this.#of.get(pk) ?? { id, tally: emptyTally, waiting: [] };
    this.#of.set(pk, known);
    return known;
  }

  #putTogether(): void {
    if (this.#waiting === 0) return;
    for (const one of this.#of.values()) {
      if (one.waiting.length === 0) continue;
      one.tally = together(one.tally, ...one.waiting);
      one.waiting = [];
    }
    this.#waiting = 0;
  }
}
