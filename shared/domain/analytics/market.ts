import {
  enoughForATrend,
  fewest,
  median,
  priceTrend,
  round,
  salesTrend,
  trend,
  windows,
} from "../cma/market-statistics.ts";
import { dayIn } from "../days.ts";
import { listingOf, type StoredProperty } from "../property-record.ts";
import { folded } from "../words.ts";
import type { Subject, Values } from "./views.ts";

/** A listing as the market counts it; `sale` where it closed. Days are YYYY-MM-DD. */
export interface MarketListing {
  readonly subjects: readonly Subject[];
  readonly listed: string;
  /** From this day on it is under contract; while it is active there is none. */
  readonly off: string | undefined;
  readonly sale: MarketSale | undefined;
}

interface MarketSale {
  readonly closed: string;
  readonly price: number;
  /** What is known of how it was listed: days to the contract, and the price in percent of what was asked. */
  readonly days?: number | undefined;
  readonly toList?: number | undefined;
  readonly toOriginal?: number | undefined;
}

/**
 * What a property is to the market: undefined for a rental, another currency, and a sale of which price or day is not
 * known.
 */
export function marketListingOf(
  property: StoredProperty,
  { currency, time_zone }: { readonly currency: string; readonly time_zone: string },
): MarketListing | undefined {
  const { status, city, property_type, listed_at, contract_date, close_date, close_price, updated_at } =
    property;
  const isSold = status === "sold";
  if (status === "rented" || property.currency !== currency) return undefined;
  if (isSold && !(close_price && close_date)) return undefined;
  const place = city ? folded(city).trim() : "";
  return {
    subjects: ["office", ...(place ? [`city:${place}` as const] : []), `type:${property_type}`],
    listed: dayIn(time_zone, new Date(listed_at)),
    // Under contract since a day that nobody noted: since its last change at the latest.
    off:
      contract_date ??
      close_date ??
      (status === "under_offer" ? dayIn(time_zone, new Date(updated_at)) : undefined),
    sale: isSold ? saleOf(property, close_price!, close_date!) : undefined,
  };
}

function saleOf(property: StoredProperty, price: number, closed: string): MarketSale {
  const { days_on_market, list_price } = listingOf(property);
  if (!list_price) return { closed, price, days: days_on_market };
  const { original_price } = property;
  return {
    ...{ closed, price, days: days_on_market, toList: (100 * price) / list_price },
    toOriginal: original_price ? (100 * price) / original_price : undefined,
  };
}

/** Months since year 0 of a day, and the first day of such a month. */
const monthOf = (day: string): number => Number(day.slice(0, 4)) * 12 + Number(day.slice(5, 7)) - 1;
const firstDayOf = (month: number): string =>
  `${String(Math.floor(month / 12)).padStart(4, "0")}-${String((month % 12) + 1).padStart(2, "0")}-01`;

/** What closed in a month: prices, and what is known of how it was listed. */
class Closed {
  readonly prices: number[] = [];
  readonly days: number[] = [];
  readonly toList: number[] = [];
  readonly toOriginal: number[] = [];

  add({ price, days, toList, toOriginal }: MarketSale): void {
    this.prices.push(price);
    if (days !== undefined) this.days.push(days);
    if (toList !== undefined) this.toList.push(toList);
    if (toOriginal !== undefined) this.toOriginal.push(toOriginal);
  }
}

/** A subject's sales by month, and how its inventory changes in each. */
interface Gathered {
  readonly closed: Map<number, Closed>;
  readonly inventory: Map<number, number>;
}

/** How many months are computed: thirty years. */
const mostMonths = 360;

/** Numbers of a month by their names; what is not known is left out. */
export type MarketMonth = Readonly<Record<string, number>>;

/** Gathers listings one by one: it keeps four numbers of each sale for each of its subjects. */
export class Market {
  readonly #today: number;
  readonly #first: number;
  readonly #of = new Map<Subject, Gathered>();

  /** `today` is the brokerage's. */
  constructor(today: string) {
    this.#today = monthOf(today);
    this.#first = this.#today - mostMonths + 1;
  }

  add({ subjects, listed, off, sale }: MarketListing): void {
    for (const subject of subjects) {
      const { closed, inventory } = this.#gathered(subject);
      // Active on the last day of every month from the one it was listed in to the one before its contract.
      const [from, to] = [monthOf(listed), off === undefined ? this.#today + 1 : monthOf(off)];
      if (from < to) {
        step(inventory, Math.max(from, this.#first), 1);
        step(inventory, Math.max(to, this.#first), -1);
      }
      const month = sale && monthOf(sale.closed);
      if (month === undefined || month < this.#first || month > this.#today) continue;
      if (!closed.has(month)) closed.set(month, new Closed());
      closed.get(month)!.add(sale!);
    }
  }

  get subjects(): Subject[] {
    return [...this.#of.keys()];
  }

  /** A subject's numbers by the first days of their months: those months for which there are any. */
  months(subject: Subject): Map<string, MarketMonth> {
    const { closed, inventory } = this.#gathered(subject);
    const active = new Map<number, number>();
    const numbers = new Map<string, MarketMonth>();
    const first = Math.min(this.#today, ...closed.keys(), ...inventory.keys());
    for (let month = first; month <= this.#today; month++) {
      active.set(month, (active.get(month - 1) ?? 0) + (inventory.get(month) ?? 0));
      const all = Object.assign({}, ...windowsOf(month, closed, active));
      if (Object.values(all).some((number) => number !== 0)) numbers.set(firstDayOf(month), all);
    }
    return numbers;
  }

  #gathered(subject: Subject): Gathered {
    const found = this.#of.get(subject) ?? { closed: new Map(), inventory: new Map() };
    this.#of.set(subject, found);
    return found;
  }
}

const step = (of: Map<number, number>, at: number, by: number) => of.set(at, (of.get(at) ?? 0) + by);

/** The month itself, and the windows that end with it. */
function windowsOf(
  month: number,
  closed: ReadonlyMap<number, Closed>,
  active: ReadonlyMap<number, number>,
): MarketMonth[] {
  const spans = [
    { suffix: "", from: 1, to: 0 },
    ...windows.map(({ months, from, to }) => ({ suffix: suffixOf(months), from, to })),
  ];
  return spans.map(({ suffix, from, to }) => {
    const inside = Array.from({ length: from - to }, (_, at) => closed.get(month - to - at) ?? []).flat();
    return named(numbersOf(inside, from - to, active.get(month - to) ?? 0), suffix);
  });
}

const suffixOf = (months: string) => `_${months.replace("-", "_")}`;

/** Numbers of some months together; what is null is left out. */
function numbersOf(months: readonly Closed[], length: number, active: number): Values {
  const all = (name: keyof Omit<Closed, "add">) => months.flatMap((one) => one[name]);
  const sales = months.reduce((sum, { prices }) => sum + prices.length, 0);
  const oneDecimal = (value: number | null) => (value === null ? null : round(value, 1));
  const price = median(all("prices"));
  return {
    closed_sales: sales,
    absorption_rate: round(sales / length, 1),
    active_inventory: active,
    // None known is no supply of zero: an office knows its own listings, seldom all.
    months_of_supply: active === 0 || sales === 0 ? null : round((active * length) / sales, 1),
    median_price: price === null ? null : Math.round(price),
    median_days_on_market: oneDecimal(median(all("days"), fewest)),
    sale_to_list_percent: oneDecimal(median(all("toList"), fewest)),
    sale_to_original_percent: oneDecimal(median(all("toOriginal"), fewest)),
  };
}

const named = (values: Values, suffix: string): MarketMonth =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) =>
      typeof value === "number" ? [[name + suffix, value]] : [],
    ),
  );

/** The names of a month's numbers, in the order in which they are shown. */
const names = [
  ...(["closed_sales", "absorption_rate", "active_inventory", "months_of_supply", "median_price"] as const),
  ...(["median_days_on_market", "sale_to_list_percent", "sale_to_original_percent"] as const),
] as const;
/** Of these nothing known is none. */
const countedNames: readonly string[] = ["closed_sales", "absorption_rate", "active_inventory"];

const shown = (month: MarketMonth, suffix = ""): Values =>
  Object.fromEntries(
    names.map((name) => [name + suffix, month[name + suffix] ?? (countedNames.includes(name) ? 0 : null)]),
  );

/** What is shown of a month. */
export const monthValues = (month: MarketMonth = {}): Values => shown(month);

/** What is shown of several months: their sales, and the windows that end with a month. */
export function marketTotals(months: readonly MarketMonth[], end: MarketMonth = {}): Values {
  const [oldest, , latest] = windows.map(({ months }) => suffixOf(months));
  const isKnown = [oldest, latest].every((at) => (end[`closed_sales${at}`] ?? 0) >= enoughForATrend);
  const trendOf = (name: string, least: number) =>
    isKnown ? trend(end[name + oldest]!, end[name + latest]!, least) : "unknown";
  return {
    closed_sales: months.reduce((sum, { closed_sales = 0 }) => sum + closed_sales, 0),
    ...Object.assign({}, ...windows.map((window) => shown(end, suffixOf(window.months)))),
    price_trend: trendOf("median_price", priceTrend),
    sales_trend: trendOf("absorption_rate", salesTrend),
  };
}
