import { median, scaled } from "./features.ts";
import { flatKm } from "./nearest.ts";
import type { Rejection } from "./rejections.ts";
import { dayOf, kindOf, type Sale } from "./sale.ts";
import { haveOtherAddresses, haveSameNumbers, isSameHome } from "./same-home.ts";

/** Amounts below this are not home prices in any currency. */
const leastPrice = 1_000;
/** The market's upper level: what this share of the different amounts paid reaches, for the usual size. */
const upperShare = 0.15;
/** An amount so many times below the upper level is no price; land differs more in price than homes do. */
const timesBelow = { home: 20, other: 1_000 } as const;
/** A month's rent is no less than this share of the upper level; what is less is a token. */
const leastRent = 0.001;
/** Elasticity of price by size, used where there are no rates of the market. */
const bySize = 0.55;

/** Days between a contract, its closing and its recording, and kilometres between the parcels of one deed. */
const daysToRecord = 45;
const deedKm = 1;
/** With so many sales at its price each is compared: a file with one amount on every row must not take minutes. */
const mostCompared = 100;

/**
 * The transfers that are not sales on the open market, and duplicate sales, each with its reason. Uses the sales
 * alone, and works as long as one amount in seven is a real price. Of duplicates the first is kept.
 */
export function nonMarketTransfers(sales: readonly Sale[]): ReadonlyMap<Sale, Rejection> {
  const codes = new Map<Sale, Rejection>();
  const markets = Map.groupBy(sales, (sale) => `${kindOf(sale)} ${sale.currency ?? ""}`);
  for (const market of markets.values()) {
    markTokens(market, codes);
    const byAmount = Map.groupBy(
      market.filter((sale) => !codes.has(sale)),
      ({ price }) => Math.round(price),
    );
    for (const same of byAmount.values()) markRepeats(same, codes);
  }
  for (const sale of sales) if (!codes.has(sale) && isBeforeBuilt(sale)) codes.set(sale, "before_built");
  return codes;
}

/** Marks amounts far below what is paid for homes; an amount counts once, however many deeds repeat it. */
function markTokens(sales: readonly Sale[], codes: Map<Sale, Rejection>): void {
  const sizes = sales.map((sale) => scaled(sale, "size_sqft"));
  const usual = median(sizes.filter((size) => !Number.isNaN(size)));
  const levels = sales.map(({ price }, i) => Math.log(price) - (bySize * (sizes[i]! - usual) || 0));
  const amounts = new Map(sales.map(({ price }, i) => [price, levels[i]!]));
  const sorted = Float64Array.from(amounts.values()).sort();
  const upper = sorted[sorted.length - 1 - Math.floor(upperShare * sorted.length)]!;
  const below = kindOf(sales[0]!) === "home" ? timesBelow.home : timesBelow.other;
  sales.forEach((sale, i) => {
    const isToken = sale.price < leastPrice || levels[i]! < upper - Math.log(below);
    if (isToken) codes.set(sale, isRent(sale.price, levels[i]! - upper) ? "lease" : "token_amount");
  });
}

/** Tokens are round: 10, 500 or 10,000. */
const isRent = (price: number, level: number) =>
  level >= Math.log(leastRent) && !/^[15]0*$/.test(String(Math.round(price)));

/** Among sales at one price: the same sale from two sources, and the rows of one deed over several parcels. */
function markRepeats(same: readonly Sale[], codes: Map<Sale, Rejection>): void {
  const sorted = same.toSorted((a, b) =>
    a.sale_date < b.sale_date ? -1 : a.sale_date > b.sale_date ? 1 : 0,
  );
  sorted.forEach((sale, i) => {
    const day = dayOf(sale.sale_date);
    for (const later of sorted.slice(i + 1, i + 1 + mostCompared)) {
      const days = dayOf(later.sale_date) - day;
      if (days > daysToRecord || codes.get(sale) === "duplicate") break;
      if (codes.get(later) === "duplicate" || flatKm(sale, later) > deedKm) continue;
      if (isRecordedTwice(sale, later, days)) codes.set(later, "duplicate");
      else if (days === 0) for (const row of [sale, later]) codes.set(row, "several_parcels");
    }
  });
}

const isRecordedTwice = (sale: Sale, later: Sale, days: number) =>
  isSameHome(sale, later) ||
  haveSameNumbers(sale, later) ||
  (days === 0 &&
    sale.lat === later.lat &&
    sale.lon === later.lon &&
    sale.size_sqft === later.size_sqft &&
    !haveOtherAddresses(sale, later));

/** Whether the lot was sold before there was the house that the facts describe. */
const isBeforeBuilt = ({ year_built, sale_date }: Sale) =>
  year_built !== undefined && year_built > Number(sale_date.slice(0, 4)) && year_built < 2200;
