import { miles } from "../domain/geo.ts";

/** How a report writes numbers: American English, the record's currency, whole units. */
export interface Format {
  money(amount: number): string;
  /** For an axis: $1.2M. */
  shortMoney(amount: number): string;
  /** With its sign: how an adjustment is written. */
  change(amount: number): string;
  number(value: number, digits?: number): string;
  percent(percent: number, digits?: number): string;
  date(day: string): string;
  /** 2015-05 as May 2015, or as May ’15 where there is little room. */
  month(month: string, short?: boolean): string;
  distance(km: number): string;
  /** A sentence of the engine, its amounts, dates and distances written as everywhere else. */
  prose(sentence: string): string;
}

/** The format for a currency (ISO 4217). */
export function formatIn(currency: string): Format {
  const whole = { style: "currency", currency, maximumFractionDigits: 0 } as const;
  const money = new Intl.NumberFormat("en-US", whole);
  const compact = new Intl.NumberFormat("en-US", { ...whole, notation: "compact", maximumFractionDigits: 2 });
  const change = new Intl.NumberFormat("en-US", { ...whole, signDisplay: "exceptZero" });
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
  const month = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });
  const shortMonth = new Intl.DateTimeFormat("en-US", { month: "short", timeZone: "UTC" });
  const first = (of: string) => new Date(`${of}-01T00:00:00Z`);
  const format: Format = {
    money: (amount) => money.format(amount),
    shortMoney: (amount) => compact.format(amount),
    change: (amount) => minus(change.format(amount)),
    number: (value, digits = 0) => value.toLocaleString("en-US", { maximumFractionDigits: digits }),
    percent: (percent, digits = 0) =>
      `${minus(percent.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }))}%`,
    date: (day) => date.format(new Date(`${day.slice(0, 10)}T00:00:00Z`)),
    month: (of, short) =>
      short ? `${shortMonth.format(first(of))} ’${of.slice(2, 4)}` : month.format(first(of)),
    distance: (km) => `${miles(km).toFixed(2)} mi`,
    prose: (sentence) =>
      sentence
        .replace(new RegExp(`\\b${currency} ([\\d,]+)`, "g"), (_, digits: string) =>
          money.format(Number(digits.replaceAll(",", ""))),
        )
        .replace(/\b\d{4}-\d\d-\d\d\b/g, (day) => format.date(day))
        .replace(/\b([\d.]+) km\b/g, (_, km: string) => `${miles(Number(km)).toFixed(1)} miles`)
        .replace(/(\d) %/g, "$1%"),
  };
  return format;
}

const minus = (text: string) => text.replace("-", "−");

/** "1 bedroom", "3 bedrooms". */
export const counted = (count: number, one: string, many = `${one}s`): string =>
  `${count.toLocaleString("en-US")} ${count === 1 ? one : many}`;
