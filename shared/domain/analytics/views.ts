import { round } from "../cma/market-statistics.ts";
import { quantile, type Tally } from "./tally.ts";

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

/** What is known of a period: all its days' tallies together, whom or what was seen in it, and its last day's stock. */
export interface Numbers {
  readonly tally: Pick<Tally, "counts" | "samples">;
  /** How many were seen, each once in the period; a kind is absent where only its days are known. */
  readonly distinct: Readonly<Record<string, number>>;
  readonly stock?: Readonly<Record<string, number>> | undefined;
}

/** A view's numbers by their names; null where nothing was measured, or nothing is known. */
export type Values = Readonly<Record<string, number | string | null>>;

/** A view of what happened: its definition, what it can be asked for, and its numbers. */
interface View {
  /** What its numbers count. The version rises with every change that makes them other numbers. */
  readonly definition: { readonly version: number; readonly text: string };
  /** The dimensions by which it can be taken apart. */
  readonly by: readonly Dimension[];
  /** Of what it has numbers, one at a time. */
  readonly of: readonly ("property" | "user" | "team")[];
  /** Whether the office's numbers are for everybody who reads numbers at all. */
  readonly forEverybody?: true;
  valuesOf(numbers: Numbers): Values;
}

const days = "Days, weeks (from Monday) and months are the brokerage's, in its time zone.";

export const views = {
  "listing-performance": {
    definition: {
      version: 1,
      text:
        "views: a listing was opened by a client, or by anyone on a public page or a website. visitors: people who did, " +
        "each once in the period, as far as they can be told apart; null where only the days are known. favorites, " +
        "shares, enquiries: a client noted it, somebody sent it on, an enquiry named it. price_changes: of the asking " +
        "price, up or down. Of one property, else null: days_on_market, from the day it was listed to the day of its " +
        "contract, or to the period's end while it has none; similar_views, the mean views of the other listings of " +
        "its type and city that were looked at in the period; null below three. " +
        `Numbers of an agent are of the listings that the agent owned at that moment. ${days}`,
    },
    by: ["user"],
    of: ["property", "user"],
    valuesOf: ({ tally: { counts }, distinct, stock }) => ({
      ...countsOf(counts, ["views"]),
      visitors: distinct.visitors ?? null,
      ...countsOf(counts, ["favorites", "shares", "enquiries", "price_changes"]),
      days_on_market: stock?.days_on_market ?? null,
      similar_views: stock?.similar_views ?? null,
    }),
  },
  "agent-performance": {
    definition: {
      version: 1,
      text:
        "leads: enquiries that made somebody a client, for who got them. responded: clients who came by an enquiry and " +
        "were first written to, called or met in the period. first_response_median_minutes and " +
        "first_response_p90_minutes: from a client's arrival to that moment, by the clock, nights and weekends " +
        "included; of those answered in the period. contacts: emails, calls and meetings that a person noted. " +
        "appointments: meetings noted. listings: properties put on the market, imports aside. closings: properties " +
        "that became sold, imports aside, counted on the day that was noted; one that is taken back and sold again counts " +
        "twice. volume: the sum of their close prices, each in its own currency. " +
        `Whose it was is kept as of then: what is handed over later stays where it was. ${days}`,
    },
    by: ["user", "team"],
    of: ["user", "team"],
    valuesOf: ({ tally: { counts, samples } }) => ({
      ...countsOf(counts, ["leads", "responded"]),
      first_response_median_minutes: minutes(samples.response_minutes, 0.5),
      first_response_p90_minutes: minutes(samples.response_minutes, 0.9),
      ...countsOf(counts, ["contacts", "emails", "calls", "meetings", "appointments"]),
      listings: counts.listed ?? 0,
      ...countsOf(counts, ["closings", "volume"]),
    }),
  },
  pipeline: {
    definition: {
      version: 1,
      text:
        "new, hot, warm, cold: clients of each nurture status at the period's end (so far, of today), merged and deleted " +
        "ones left out. age_<status>: the median of days for which such a client has had that status; null " +
        "where there are none. added: clients added in the period, imports aside, whatever their first status. " +
        "to_<status>, from_<status>: moves into and out of a status in the period; who moved twice counts twice; to_ has " +
        `the first status of those added, too. ${days}`,
    },
    by: ["user", "team"],
    of: ["user", "team"],
    valuesOf: ({ tally: { counts }, stock }) => ({
      ...stockOf(stock, ["new", "hot", "warm", "cold", "age_new", "age_hot", "age_warm", "age_cold"]),
      ...countsOf(counts, ["added", "to_new", "to_hot", "to_warm", "to_cold"]),
      ...countsOf(counts, ["from_new", "from_hot", "from_warm", "from_cold"]),
    }),
  },
  market: {
    definition: {
      version: 1,
      text:
        "Of the brokerage's own sales and listings, in its currency, without rentals. closed_sales: closed in the month. " +
        "absorption_rate: closed sales a month. active_inventory: listings active on the month's last day (today, in " +
        "the running month): listed by then and not under contract; what was deleted since is not known. " +
        "months_of_supply: active inventory over absorption rate; null where either is zero. Medians are of sales that " +
        "closed in the month: median_days_on_market from the day of listing to the contract; sale_to_list_percent the " +
        "close price in percent of the last asking price, sale_to_original_percent of the first; null below three " +
        "sales of which that is known. totals are as Form 1004MC asks: windows of the last 3 months that are over, " +
        "the 3 before and the 6 before those (_0_3, _4_6, _7_12), and the trend from the oldest to the latest: of " +
        "prices beyond 3 %, of sales a month beyond 15 %. Rows are whole calendar months; they follow the records, so " +
        "none is final.",
    },
    by: ["city", "type"],
    of: [],
    forEverybody: true,
    valuesOf: ({ stock = {} }) => stock,
  },
  office: {
    definition: {
      version: 1,
      text:
        "active, under_offer: listings; clients: merged and deleted ones left out; overdue_tasks: past their due date and " +
        "not finished; waiting_leads: offered and not claimed, or waiting for an answer in time. These are as of the " +
        "period's end (so far, of today), all others sums of the period, counted as in listing-performance and " +
        `agent-performance. analyses: completed; assistant_uses: completed requests. ${days}`,
    },
    by: [],
    of: [],
    valuesOf: ({ tally: { counts }, stock }) => ({
      ...countsOf(counts, ["views", "enquiries", "leads", "contacts", "appointments"]),
      listings: counts.listed ?? 0,
      ...countsOf(counts, ["closings", "volume", "analyses", "reports_viewed", "assistant_uses"]),
      ...stockOf(stock, ["active", "under_offer", "clients", "overdue_tasks", "waiting_leads"]),
    }),
  },
  "lead-conversion": {
    definition: {
      version: 1,
      text:
        "Of clients who came by an enquiry. leads, responded, met, became_hot: of each the number in the period, so that " +
        "a lead of May who is met in June counts in both. The percentages compare them with the leads of the same period; " +
        "null without leads. By source: where the client came from. By band of the lead score, hot from " +
        "80, warm from 40, else cold: leads are those who reached the band, by their arrival or a move; the others count in " +
        `the band that they had at that moment. ${days}`,
    },
    by: ["source", "band", "user"],
    of: ["user"],
    valuesOf: ({ tally: { counts } }) => ({
      ...countsOf(counts, ["leads", "responded", "met", "became_hot"]),
      responded_percent: percent(counts.responded, counts.leads),
      met_percent: percent(counts.met, counts.leads),
      hot_percent: percent(counts.became_hot, counts.leads),
    }),
  },
} as const satisfies Readonly<Record<ViewName, View>>;

/** A view, as the table above says it. */
export const viewOf = (name: ViewName): View => views[name];

type Counted = Readonly<Record<string, number>>;

/** Some counts; what was never counted is zero. */
const countsOf = (counts: Counted, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]));

/** Some numbers of a stock; null where none was taken. */
const stockOf = (stock: Counted | undefined, names: readonly string[]): Values =>
  Object.fromEntries(names.map((name) => [name, stock?.[name] ?? null]));

/** The minutes below which a share of the samples lies, with one decimal; null without samples. */
function minutes(samples: Counted | undefined, share: number): number | null {
  const value = quantile(samples, share);
  return value === undefined ? null : round(value, 1);
}

/** A part in percent of a whole, with one decimal; null where the whole is nothing. */
const percent = (part = 0, whole = 0): number | null => (whole === 0 ? null : round((100 * part) / whole, 1));
