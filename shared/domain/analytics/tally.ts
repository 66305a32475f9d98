import { addMark, addSketch, countIn, emptySketch, read, written } from "./sketch.ts";

/**
 * What is kept of the events of a day: parts of which any two can be put together, in any order. So the days of a week
 * make its numbers, and a day folded anew from its events is the same as one folded event by event.
 */
export interface Tally {
  /** How often, and sums (money in whole units of the currency): whole numbers, which add up the same in any order. */
  readonly counts: Readonly<Record<string, number>>;
  /** How often each value was measured, for medians and percentiles: minutes, rounded as `rounded` does. */
  readonly samples: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whom or what was seen: each counts once, however often. */
  readonly seen: Readonly<Record<string, Seen>>;
}

/** Marks of 8 characters, sorted, as long as there are few; a sketch of them beyond that. */
export type Seen = { readonly marks: readonly string[] } | { readonly sketch: string };

export const emptyTally: Tally = { counts: {}, samples: {}, seen: {} };

/** Different marks that are kept as they are: some 16 KB. */
const mostMarks = 2000;

/** All of them put together; the order and the grouping make no difference. */
export function together(...tallies: readonly Tally[]): Tally {
  const counts: Record<string, number> = {};
  const samples: Record<string, Record<string, number>> = {};
  const seen: Record<string, Seen[]> = {};
  for (const tally of tallies) {
    addUp(counts, tally.counts);
    for (const [name, values] of Object.entries(tally.samples)) {
      samples[name] ??= {};
      addUp(samples[name], values);
    }
    for (const [name, one] of Object.entries(tally.seen)) {
      seen[name] ??= [];
      seen[name].push(one);
    }
  }
  return {
    counts,
    samples,
    seen: Object.fromEntries(Object.entries(seen).map(([name, all]) => [name, allSeen(all)])),
  };
}

function addUp(sums: Record<string, number>, more: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(more)) sums[name] = (sums[name] ?? 0) + count;
}

/** What any of them saw: the marks where there are few together, else the sketch that all the marks make. */
function allSeen(all: readonly Seen[]): Seen {
  const marks = new Set(all.flatMap((seen) => ("marks" in seen ? seen.marks : [])));
  const sketches = all.flatMap((seen) => ("sketch" in seen ? read(seen.sketch) : []));
  if (sketches.length === 0 && marks.size <= mostMarks) return { marks: [...marks].sort() };
  const sketch = emptySketch();
  for (const one of sketches) addSketch(sketch, one);
  for (const mark of marks) addMark(sketch, mark);
  return { sketch: written(sketch) };
}

/** How many different ones were seen: exact up to 2,000, beyond that with a standard error of 1.6 %. */
export function seenCount(seen: Seen | undefined): number {
  if (!seen) return 0;
  return "marks" in seen ? seen.marks.length : countIn(read(seen.sketch));
}

/** Counts of what was seen, by name. */
export const distinctIn = ({ seen }: Pick<Tally, "seen">): Record<string, number> =>
  Object.fromEntries(Object.entries(seen).map(([name, one]) => [name, seenCount(one)]));

/** Minutes as they are sampled: whole up to an hour, then by 5 up to a day, then by 60. Less than none is none. */
export function rounded(minutes: number): number {
  const to = minutes <= 60 ? 1 : minutes <= 24 * 60 ? 5 : 60;
  return Math.max(0, Math.round(minutes / to) * to);
}

/**
 * The value below which a share (0 to 1) of the samples lies: between two samples it is as far along as the share is, so
 * the median of an even number is the mean of the middle two (a spreadsheet's PERCENTILE.INC). Undefined without samples.
 */
export function quantile(
  samples: Readonly<Record<string, number>> | undefined,
  share: number,
): number | undefined {
  const values = Object.entries(samples ?? {})
    .map(([value, count]) => [Number(value), count] as const)
    .sort(([a], [b]) => a - b);
  const total = values.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return undefined;
  const place = share * (total - 1);
  const [below, above] = [valueAt(values, Math.floor(place)), valueAt(values, Math.ceil(place))];
  return below + (above - below) * (place - Math.floor(place));
}

/** The value at a place among the samples, counted from 0. */
function valueAt(values: readonly (readonly [number, number])[], place: number): number {
  let passed = 0;
  for (const [value, count] of values) {
    passed += count;
    if (place < passed) return value;
  }
  return values.at(-1)![0];
}
