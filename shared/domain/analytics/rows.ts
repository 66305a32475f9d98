import { fewest, round } from "../cma/market-statistics.ts";
import { dayIn, daysAfter, daysBetween } from "../days.ts";
import type { Property } from "../property.ts";
import { isOver, type Period } from "./periods.ts";
import { distinctIn, type Tally, together } from "./tally.ts";
import type { Numbers, Values } from "./views.ts";

/** What is read of a subject's day. */
export interface DayNumbers {
  readonly day: string;
  readonly final: boolean;
  readonly tally: Tally;
  readonly distinct: Readonly<Record<string, number>>;
  readonly stock?: Readonly<Record<string, number>>;
  /** Absent where nothing was counted that day. */
  readonly folded_to?: string;
}

/** Whom or what was seen on a day. */
interface DaySeen {
  readonly day: string;
  readonly seen: Tally["seen"];
}

/** A period's numbers, and whether they change no more. */
export interface Row extends Period {
  readonly by?: string;
  readonly final: boolean;
  readonly values: Values;
}

/** Of these nothing seen is none. */
const noneSeen = { visitors: 0, listings: 0 };

const isIn =
  ({ from, to }: Period) =>
  ({ day }: { readonly day: string }): boolean =>
    from <= day && day < to;

/**
 * A period's numbers from its days'. How many different ones were seen in several days is known only with whom they saw:
 * without `seen` it is left out.
 */
export function numbersIn(period: Period, days: readonly DayNumbers[], seen?: readonly DaySeen[]): Numbers {
  const inside = days.filter(isIn(period));
  const [only] = inside;
  const distinct =
    only && inside.length > 1
      ? seen && distinctIn(together(...seen.filter(isIn(period)).map(asTally)))
      : (only?.distinct ?? {});
  return {
    tally: together(...inside.map(({ tally }) => tally)),
    distinct: distinct ? { ...noneSeen, ...distinct } : {},
    stock: inside.findLast(({ stock }) => stock)?.stock,
  };
}

const asTally = ({ seen }: DaySeen): Tally => ({ counts: {}, samples: {}, seen });

/** Whether none of a period's days change any more. */
export function isFinal(period: Period, days: readonly DayNumbers[], today: string): boolean {
  return (
    isOver(daysAfter(period.to, -1), today) &&
    // A day without events is never closed: there is nothing to count.
    days.filter(isIn(period)).every(({ final, folded_to }) => final || folded_to === undefined)
  );
}

/** What of a property's numbers is no count: its days on the market so far, and what similar ones are looked at. */
export function besideCounts(
  period: Period,
  property: Pick<Property, "listed_at" | "contract_date" | "close_date">,
  { own, similar }: { readonly own: Numbers; readonly similar: Numbers },
  { today, time_zone }: { readonly today: string; readonly time_zone: string },
): Record<string, number> {
  const off = property.contract_date ?? property.close_date ?? today;
  const [end] = [off, today, daysAfter(period.to, -1)].sort();
  const days = daysBetween(dayIn(time_zone, new Date(property.listed_at)), end!);
  const mean = viewsOfOthers(own, similar);
  return { ...(days >= 0 && { days_on_market: days }), ...(mean !== undefined && { similar_views: mean }) };
}

/**
 * Mean views of the other listings that were looked at; undefined where it is not known how many, and below three: of one
 * or two it would tell whose they are.
 */
function viewsOfOthers(own: Numbers, similar: Numbers): number | undefined {
  const [ownViews, allViews] = [own, similar].map(({ tally }) => tally.counts.views ?? 0) as [number, number];
  const { listings } = similar.distinct;
  if (listings === undefined) return undefined;
  const others = listings - (ownViews > 0 ? 1 : 0);
  return others >= fewest ? round(Math.max(0, allViews - ownViews) / others, 1) : undefined;
}
