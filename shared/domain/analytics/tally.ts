/**
 * What is kept of the events of a day: parts of which any two can be put together, in any order. So the days of a week
 * make its numbers, and a day folded anew from its events is the same as one folded event by event.
 */
export interface Tally {
  /** How often, and sums (money in whole units of the currency). */
  readonly counts: Readonly<Record<string, number>>;
  /** How often each value was measured, for medians and percentiles: minutes, rounded as `rounded` does. */
  readonly samples: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Whom or what was seen: each counts once, however often. */
  readonly seen: Readonly<Record<string, Seen>>;
}

/** Marks of 8 characters, sorted, as long as there are few; a sketch of them beyond that. */
export type Seen = { readonly marks: readonly string[] } | { readonly sketch: string };
