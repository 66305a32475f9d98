import { type Bucket, readBuckets, readListed } from "../data/buckets.ts";
import type { TableQuerier } from "../data/table.ts";
import { type Period, periodsIn } from "../domain/analytics/periods.ts";
import { isFinal, numbersIn } from "../domain/analytics/rows.ts";
import {
  type Dimension,
  type Subject,
  type Values,
  type ViewName,
  viewOf,
} from "../domain/analytics/views.ts";
import { dayIn, daysAfter } from "../domain/days.ts";
import {
  type Conversion,
  type DashboardData,
  type Measured,
  metrics,
  type Responses,
  type Span,
} from "./data.ts";

type Numbers = Pick<DashboardData, "weeks" | "sameDays" | "pipeline" | "conversion"> & {
  /** Names of the agents are for the caller to read. */
  readonly responses?: { readonly days: Period; readonly agents: readonly Omit<Responses, "agent">[] };
};

/** Weeks that are shown; of conversion and of response times, so many of them. */
const [weeksShown, weeksOfLeads, weeksOfResponses] = [8, 4, 2];
/** Days back to which a count of the pipeline is looked for. */
const pipelineDays = 8;
/** Sources and agents at most, those with the most leads. */
const [mostSources, mostAgents] = [12, 50];

/**
 * The numbers of whose dashboard it is, from buckets alone: four Queries, for the office three more. Some 5 KB for the
 * weeks of a subject, and 250 bytes for each source and day, and each agent and day.
 */
export async function readNumbers(
  table: TableQuerier,
  { id, time_zone }: { readonly id: string; readonly time_zone: string },
  subject: Subject,
  now: Date,
): Promise<Numbers> {
  const today = dayIn(time_zone, now);
  const to = daysAfter(today, 1);
  const monday = periodsIn({ from: daysAfter(today, -6), to }, "week").at(-1)!.from;
  const [all, ofLeads, ofResponses] = [weeksShown, weeksOfLeads, weeksOfResponses].map((weeks) => ({
    from: daysAfter(monday, -7 * (weeks - 1)),
    to,
  })) as [Period, Period, Period];
  const read = (view: ViewName, days: Period) => readBuckets(table, id, view, subject, days);
  const byEach = (view: ViewName, by: Dimension, days: Period) =>
    subject === "office" ? readListed(table, id, view, by, days) : undefined;
  const isTeam = subject.startsWith("team:");
  const [worked, looked, counted, converted, sources, bands, agents] = await Promise.all([
    read("agent-performance", all),
    // Of teams there are no such numbers.
    isTeam ? undefined : read("listing-performance", all),
    read("pipeline", { from: daysAfter(to, -pipelineDays), to }),
    isTeam ? undefined : read("lead-conversion", ofLeads),
    byEach("lead-conversion", "source", ofLeads),
    byEach("lead-conversion", "band", ofLeads),
    byEach("agent-performance", "user", ofResponses),
  ]);
  const span = (days: Period): Span => ({
    ...days,
    final: isFinal(days, worked, today),
    numbers: measured(
      viewOf("agent-performance").valuesOf(numbersIn(days, worked)),
      looked && viewOf("listing-performance").valuesOf(numbersIn(days, looked)),
    ),
  });
  const conversion = converted && {
    days: ofLeads,
    all: conversionOf("All", ofLeads, converted),
    ...(sources && { bySource: conversions(sources, ofLeads).slice(0, mostSources) }),
    ...(bands && { byBand: conversions(bands, ofLeads) }),
  };
  const pipeline = statuses(viewOf("pipeline").valuesOf(numbersIn({ from: "", to }, counted)));
  return {
    weeks: periodsIn(all, "week").map(span),
    sameDays: span({ from: daysAfter(monday, -7), to: daysAfter(to, -7) }),
    ...(pipeline && { pipeline }),
    ...(conversion && { conversion }),
    ...(agents && { responses: { days: ofResponses, agents: responsesOf(agents, ofResponses) } }),
  };
}

const measured = (worked: Values, looked: Values | undefined) =>
  Object.fromEntries(
    metrics.map((name) => [name, numberIn(name === "views" ? looked : worked, name)]),
  ) as unknown as Measured;

const numberIn = (values: Values | undefined, name: string): number | null =>
  typeof values?.[name] === "number" ? (values[name] as number) : null;

function statuses(values: Values): DashboardData["pipeline"] {
  if (numberIn(values, "new") === null) return undefined;
  return (["new", "warm", "hot", "cold"] as const).map((status) => ({
    status,
    clients: numberIn(values, status) ?? 0,
    age: numberIn(values, `age_${status}`),
  }));
}

type Listed = Bucket & { readonly value: string };

/** By value, those with the most leads first. */
const conversions = (buckets: readonly Listed[], days: Period): Conversion[] =>
  [...Map.groupBy(buckets, ({ value }) => value)]
    .map(([value, its]) => conversionOf(value, days, its))
    .sort((a, b) => b.leads - a.leads);

function conversionOf(of: string, days: Period, buckets: readonly Bucket[]): Conversion {
  const values = viewOf("lead-conversion").valuesOf(numbersIn(days, buckets));
  const [responded, met, hot] = ["responded_percent", "met_percent", "hot_percent"].map((name) =>
    numberIn(values, name),
  ) as [number | null, number | null, number | null];
  return { of, leads: numberIn(values, "leads") ?? 0, responded, met, hot };
}

/** Who got leads or answered any, the slowest first: before them who has answered none. */
function responsesOf(buckets: readonly Listed[], days: Period): Omit<Responses, "agent">[] {
  const slowest = ({ median }: Omit<Responses, "agent">) => median ?? Number.POSITIVE_INFINITY;
  return [...Map.groupBy(buckets, ({ value }) => value)]
    .map(([user_id, its]) => {
      const values = viewOf("agent-performance").valuesOf(numbersIn(days, its));
      return {
        user_id,
        leads: numberIn(values, "leads") ?? 0,
        responded: numberIn(values, "responded") ?? 0,
        median: numberIn(values, "first_response_median_minutes"),
        p90: numberIn(values, "first_response_p90_minutes"),
      };
    })
    .filter(({ leads, responded }) => leads + responded > 0)
    .sort((a, b) => b.leads - a.leads)
    .slice(0, mostAgents)
    .sort((a, b) => (slowest(a) === slowest(b) ? b.leads - a.leads : slowest(b) > slowest(a) ? 1 : -1));
}
