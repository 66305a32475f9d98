import type { Tally } from "./tally.ts";

export const viewNames = [
  "listing-performance",
  "agent-performance",
  "pipeline",
  "market",
  "office",
  "lead-conversion",
] as const;
export type ViewName = (typeof viewNames)[number];

/** What a view's numbers are kept apart by, beside the office as a whole. */
export const dimensions = ["user", "team", "property", "similar", "source", "band", "city", "type"] as const;
export type Dimension = (typeof dimensions)[number];

/** Whose numbers a bucket holds: the whole office's (`office`), or of one value of a dimension (`user:<id>`). */
export type Subject = "office" | `${Dimension}:${string}`;

/** What one event adds to one subject's day in a view. */
export interface Contribution {
  readonly view: ViewName;
  readonly subject: Subject;
  readonly adds: Tally;
}
