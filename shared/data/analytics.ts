import { type Analytics, type AnalyticsQuery, periodAsked } from "../domain/analytics/analytics.ts";
import { similarTo } from "../domain/analytics/contributions.ts";
import { marketTotals, monthValues } from "../domain/analytics/market.ts";
import { daysIn, type Period, periodsIn } from "../domain/analytics/periods.ts";
import { besideCounts, isFinal, numbersIn, type Row } from "../domain/analytics/rows.ts";
import type { Reads } from "../domain/analytics/scope.ts";
import { type Dimension, type Subject, type ViewName, viewOf } from "../domain/analytics/views.ts";
import type { StoredBrokerage } from "../domain/brokerage.ts";
import { dayIn, daysAfter, firstOfMonth } from "../domain/days.ts";
import { Problem } from "../domain/problem.ts";
import type { StoredProperty } from "../domain/property-record.ts";
import { readBuckets, readListed, readSeen } from "./buckets.ts";
import type { TableQuerier } from "./table.ts";

/** Rows of an answer at most: an answer of Lambda has 6 MB at most. */
const mostRows = 5000;

interface Asked {
  readonly view: ViewName;
  readonly query: AnalyticsQuery;
  /** What the caller may read, as `numbersFor` decided. */
  readonly reads: Reads;
  /** The property whose numbers they are. */
  readonly property?: StoredProperty | undefined;
  readonly now: Date;
}

interface Context {
  readonly table: TableQuerier;
  readonly brokerage: StoredBrokerage;
  readonly view: ViewName;
  readonly periods: readonly Period[];
  readonly whole: Period;
  readonly today: string;
}

type Numbers = Pick<Analytics, "rows" | "totals">;

/**
 * A view's numbers as answered: one Query of buckets, eventually consistent. One more where the distinct visitors of
 * weeks, months or several days are asked for, and one or two for the similar listings of a property. Throws 400 for days
 * that cannot be asked for, and 422 `narrow_the_list`.
 */
export async function analyticsOf(
  table: TableQuerier,
  brokerage: StoredBrokerage,
  { view, query, reads, property, now }: Asked,
): Promise<Analytics> {
  const { time_zone } = brokerage;
  const today = dayIn(time_zone, now);
  const whole = periodAsked(view, query, today);
  const granularity = query.granularity ?? (view === "market" ? "month" : "day");
  const context = { table, brokerage, view, whole, today, periods: periodsIn(whole, granularity) };
  const numbers =
    view === "market"
      ? await ofMarket(context, reads)
      : "by" in reads
        ? await ofValues(context, reads.by)
        : await ofSubject(context, reads.subject, property);
  return { view, definition: viewOf(view).definition, time_zone, granularity, ...numbers };
}

/** One subject's numbers. */
async function ofSubject(context: Context, subject: Subject, property?: StoredProperty): Promise<Numbers> {
  const { view, periods, whole, today, brokerage } = context;
  const own = await readDays(context, subject);
  const similar =
    property && (await readDays(context, similarTo(property.property_type, property.city ?? "")));
  const valuesIn = (period: Period) => {
    const numbers = numbersIn(period, own.days, own.seen);
    if (!property || !similar) return viewOf(view).valuesOf(numbers);
    const others = numbersIn(period, similar.days, similar.seen);
    const stock = besideCounts(period, property, { own: numbers, similar: others }, { ...brokerage, today });
    return viewOf(view).valuesOf({ ...numbers, stock });
  };
  const rows = periods.map((period) => ({
    ...period,
    final: isFinal(period, own.days, today),
    values: valuesIn(period),
  }));
  return { rows, totals: valuesIn(whole) };
}

/** The days of a subject, and whom they saw, where that is shown of more than days. */
async function readDays({ table, brokerage, view, whole, periods }: Context, subject: Subject) {
  const of = [table, brokerage.id, view, subject, whole] as const;
  const needsSeen = view === "listing-performance" && periods.length < daysIn(whole).length;
  const [days, seen] = await Promise.all([readBuckets(...of), needsSeen ? readSeen(...of) : undefined]);
  return { days, seen };
}

/** The numbers of each value of a dimension, where it has any; the totals are the office's. */
async function ofValues(context: Context, by: Dimension): Promise<Numbers> {
  const { table, brokerage, view, whole, periods, today } = context;
  const [listed, office] = await Promise.all([
    readListed(table, brokerage.id, view, by, whole),
    readDays({ ...context, periods: [whole] }, "office"),
  ]);
  const byValue = Map.groupBy(listed, ({ value }) => value);
  const rowsOf = (period: Period): Row[] =>
    [...byValue].flatMap(([value, days]) =>
      days.some(({ day }) => period.from <= day && day < period.to)
        ? [
            {
              ...period,
              by: value,
              final: isFinal(period, days, today),
              values: viewOf(view).valuesOf(numbersIn(period, days)),
            },
          ]
        : [],
    );
  return {
    rows: limited(periods.flatMap(rowsOf)),
    totals: viewOf(view).valuesOf(numbersIn(whole, office.days, office.seen)),
  };
}

/** The market's months. The windows of the totals end with the last month asked for that is over. */
async function ofMarket(context: Context, reads: Reads): Promise<Numbers> {
  const { table, brokerage, whole, periods, today } = context;
  const before = { from: firstOfMonth(daysAfter(whole.from, -1)), to: whole.to };
  const [office, listed] = await Promise.all([
    readBuckets(table, brokerage.id, "market", "office", before),
    "by" in reads ? readListed(table, brokerage.id, "market", reads.by, whole) : [],
  ]);
  const stockOf = (from: string) => office.find(({ day }) => day === from)?.stock;
  const rows: Row[] =
    "by" in reads
      ? listed.flatMap(({ day, value, stock }) =>
          periods
            .filter(({ from }) => from === day)
            .map((one) => ({ ...one, by: value, final: false, values: monthValues(stock) })),
        )
      : periods.map((one) => ({ ...one, final: false, values: monthValues(stockOf(one.from)) }));
  const months = periods.map(({ from }) => stockOf(from) ?? {});
  const thisMonth = firstOfMonth(today);
  const end = [...periods.map(({ from }) => from), before.from]
    .filter((month) => month < thisMonth)
    .sort()
    .at(-1);
  return { rows: limited(rows), totals: marketTotals(months, end === undefined ? undefined : stockOf(end)) };
}

function limited(rows: Row[]): Row[] {
  if (rows.length > mostRows)
    throw new Problem(
      "narrow_the_list",
      `More than ${mostRows} rows: ask for fewer days, or for longer periods`,
    );
  return rows;
}
