import type { Period } from "../domain/analytics/periods.ts";

/** What is compared from week to week, in the order in which it is read. */
export const metrics = [
  "leads",
  "first_response_median_minutes",
  "contacts",
  "appointments",
  "listings",
  "closings",
  "volume",
  "views",
] as const;
export type Metric = (typeof metrics)[number];

/** The numbers of some days. Null: nothing was measured, or there is no such number of whose they are. */
export type Measured = Readonly<Record<Metric, number | null>>;

/** Some days (YYYY-MM-DD in the brokerage's time zone, `to` not among them), and what was measured on them. */
export interface Span extends Period {
  /** Nothing more is counted in them. */
  readonly final: boolean;
  readonly numbers: Measured;
}

/** Whose numbers and work a dashboard shows. */
export type Whose =
  | { readonly kind: "office" }
  | { readonly kind: "team"; readonly name: string }
  | { readonly kind: "user"; readonly name: string; readonly isReader: boolean };

/** Something that waits for a person: the first of them, and whether there are more. */
export interface Waiting<One> {
  readonly items: readonly One[];
  readonly more: boolean;
}

/** A client whom nobody has answered since they came. */
export interface UnansweredLead {
  readonly name: string;
  readonly source: string;
  readonly agent: string;
  readonly since: string;
}

export interface OverdueTask {
  readonly title: string;
  readonly agent: string;
  readonly priority: string;
  readonly due: string;
}

/** A listing on the market that nobody has looked at, noted, sent on or asked for. */
export interface QuietListing {
  readonly title: string;
  readonly agent: string;
  /** Since when it has been in the office's books: before that nothing could be counted. */
  readonly since: string;
}

/** How many clients there are of a status, and the median of days since one of them was changed. */
export interface InStatus {
  readonly status: "new" | "hot" | "warm" | "cold";
  readonly clients: number;
  readonly age: number | null;
}

/** What became of leads of one kind; percentages are of the leads, null without any. */
export interface Conversion {
  readonly of: string;
  readonly leads: number;
  readonly responded: number | null;
  readonly met: number | null;
  readonly hot: number | null;
}

/** How fast an agent answers. Minutes; null where none was answered. */
export interface Responses {
  readonly user_id: string;
  readonly agent: string;
  readonly leads: number;
  readonly responded: number;
  readonly median: number | null;
  readonly p90: number | null;
}

/** All that a dashboard says. What the reader may not know, or what there is not of whose it is, is absent. */
export interface DashboardData {
  readonly brokerage: {
    readonly name: string;
    /** A colour (#rrggbb). */
    readonly accent: string;
    readonly currency: string;
    readonly time_zone: string;
  };
  readonly now: Date;
  readonly whose: Whose;
  /** Other dashboards that the reader may open, by the query that opens them. */
  readonly others: readonly { readonly title: string; readonly query: string }[];
  /** Weeks from Monday, the oldest first; the last is the running one. */
  readonly weeks: readonly Span[];
  /** Of the week before, the days that the running one has had. */
  readonly sameDays: Span;
  readonly leads?: Waiting<UnansweredLead>;
  readonly tasks?: Waiting<OverdueTask>;
  readonly listings?: Waiting<QuietListing>;
  readonly pipeline?: readonly InStatus[];
  readonly conversion?: {
    readonly days: Period;
    readonly all: Conversion;
    /** Of the office only. */
    readonly bySource?: readonly Conversion[];
    readonly byBand?: readonly Conversion[];
  };
  readonly responses?: { readonly days: Period; readonly agents: readonly Responses[] };
  /** What the numbers count, by the titles of their views. */
  readonly definitions: readonly {
    readonly title: string;
    readonly version: number;
    readonly text: string;
  }[];
}

/** How many of what waits are shown, and of how many listings the activity is looked up: those that are there longest. */
export const [mostShown, mostListings] = [10, 50];
/** Days in which a listing that is on the market is to have been looked at or asked for. */
export const quietDays = 14;
/** Days for which a client whom nobody has answered counts as a lead. */
export const leadDays = 30;
