import { contributionsOf } from "../domain/analytics/contributions.ts";
import type { MetricType, StoredEvent } from "../domain/analytics/event.ts";
import { type Tally, together } from "../domain/analytics/tally.ts";
import { brokerageRecord } from "../domain/brokerage.ts";
import { dayIn } from "../domain/days.ts";
import { type Folding, writeFolded } from "./bucket-writes.ts";
import { type BucketId, bucketKey } from "./buckets.ts";
import { eventsArrived, shards } from "./events.ts";
import {
  beginning,
  type FoldState,
  firstState,
  moveFoldState,
  openZone,
  readFoldState,
  rezoned,
  settledBy,
} from "./fold-state.ts";
import { loadRecord } from "./records.ts";
import type { TableQuerier, TableWriter } from "./table.ts";

/** Events that are folded together: a bucket is written once for all of them. */
const atOnce = 5000;
/** Events of a brokerage in one run, so that one which is behind does not keep the others waiting. */
const mostInRun = 100_000;

/** What a run folded: how many events, of which types; and the zone of the brokerage's days. */
interface FoldRun {
  readonly events: number;
  readonly types: ReadonlySet<MetricType>;
  readonly time_zone: string | undefined;
}

/**
 * Folds what has arrived in a brokerage since the last run into its buckets, step by step: first the buckets of a step,
 * each of which takes what arrived after its own `folded_to`, then the watermark. So a run that dies is made up for by
 * the next one, and two at the same time count nothing twice. A brokerage where nothing arrived is read and not written.
 */
export async function foldForward(
  table: TableQuerier & TableWriter,
  brokerageId: string,
  now: Date,
): Promise<FoldRun> {
  let state = await readFoldState(table, brokerageId);
  const types = new Set<MetricType>();
  let events = 0;
  const range = { after: state?.folded_to ?? beginning, upTo: settledBy(now) };
  for await (const step of steps(table, brokerageId, range)) {
    const known: FoldState | undefined =
      events > 0 ? state : await inItsZone(table, brokerageId, state, step.events, now);
    if (!known) break;
    await foldStep(table, brokerageId, step, known);
    for (const { metric_type } of step.events) types.add(metric_type);
    events += step.events.length;
    state = await moveFoldState(table, brokerageId, known, { folded_to: step.upTo });
    // Without a state another run is ahead.
    if (!state || events >= mostInRun) break;
  }
  return { events, types, time_zone: state && openZone(state) };
}

/** The state, in the zone that the brokerage has now. */
export async function inItsZone(
  table: TableQuerier & TableWriter,
  brokerageId: string,
  state: FoldState | undefined,
  [first]: readonly StoredEvent[],
  now: Date,
): Promise<FoldState | undefined> {
  const brokerage = await loadRecord(table, brokerageRecord, brokerageId, brokerageId);
  const zone = brokerage?.time_zone ?? "UTC";
  if (!state) return first && firstState(zone, first.arrived_at);
  const next = rezoned(state, zone, now);
  return next === state ? state : moveFoldState(table, brokerageId, state, next);
}

interface Step {
  readonly events: readonly StoredEvent[];
  /** All that arrived up to here is in this step or an earlier one. */
  readonly upTo: string;
}

/** What arrived in a range, in steps that end between two moments of arrival. */
async function* steps(
  table: TableQuerier,
  brokerageId: string,
  range: { readonly after: string; readonly upTo: string },
): AsyncGenerator<Step> {
  if (range.after >= range.upTo) return;
  let events: StoredEvent[] = [];
  for await (const event of inOrder(shards.map((shard) => eventsArrived(table, brokerageId, shard, range)))) {
    const last = events.at(-1);
    if (last && events.length >= atOnce && last.arrived_at < event.arrived_at) {
      yield { events, upTo: last.arrived_at };
      events = [];
    }
    events.push(event);
  }
  if (events.length > 0) yield { events, upTo: range.upTo };
}

/** Events of streams that are each in the order of arrival, in that order. */
async function* inOrder(streams: readonly AsyncGenerator<StoredEvent>[]): AsyncGenerator<StoredEvent> {
  const heads = await Promise.all(streams.map((stream) => stream.next()));
  for (;;) {
    const [first] = [...heads.keys()]
      .filter((at) => !heads[at]!.done)
      .sort((a, b) => (heads[a]!.value!.arrived_at < heads[b]!.value!.arrived_at ? -1 : 1));
    if (first === undefined) return;
    yield heads[first]!.value as StoredEvent;
    heads[first] = await streams[first]!.next();
  }
}

async function foldStep(
  table: TableWriter,
  brokerageId: string,
  { events, upTo }: Step,
  state: FoldState,
): Promise<void> {
  const time_zone = openZone(state);
  const touched = new Map<string, Arrived>();
  for (const event of events) {
    const day = dayIn(time_zone, new Date(event.occurred_at));
    // What is final stays: the door refuses what is so old.
    if (day < state.open_from) continue;
    for (const { view, subject, adds } of contributionsOf(event)) {
      const id = { view, subject, day };
      const { pk, sk } = bucketKey(brokerageId, id);
      const known = touched.get(`${pk} ${sk}`) ?? { id, parts: [] };
      touched.set(`${pk} ${sk}`, known);
      known.parts.push({ at: event.arrived_at, adds });
    }
  }
  const foldings = [...touched.values()].map((arrived) => forward(arrived, upTo));
  await writeFolded(table, brokerageId, foldings, { upTo, time_zone, final: false });
}

/** What arrived for a bucket, with the moments of arrival. */
interface Arrived {
  readonly id: BucketId;
  readonly parts: { readonly at: string; readonly adds: Tally }[];
}

const forward = ({ id, parts }: Arrived, upTo: string): Folding => ({
  id,
  seen: parts.some(({ adds }) => Object.keys(adds.seen).length > 0),
  next: ({ folded_to, tally }) =>
    folded_to >= upTo
      ? undefined
      : together(tally, ...parts.filter(({ at }) => at > folded_to).map(({ adds }) => adds)),
});
