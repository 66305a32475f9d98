import { miles } from "../domain/geo.ts";

/** How a report writes numbers: American English, the record's currency, whole units. */
export interface Format {
  money(amount: number): string;
  /** For an axis: $1.2M. */
  shortMoney(amount: number): string;
  /** With its sign: how an adjustment is written. */
  change(amount: number): string;
  number(value: number, digits?: number): string;
  percent(share: number, digits?: number): string;
  date(day: string): string;
  distance(km: number): string;
}

/** The format for a currency (ISO 4217). */
export function formatIn(currency: string): Format {
  const whole = { style: "currency", currency, maximumFractionDigits: 0 } as const;
  const money = new Intl.NumberFormat("en-US", whole);
  const compact = new Intl.NumberFormat("en-US", { ...whole, notation: "compact", maximumFractionDigits: 2 });
  const change = new Intl.NumberFormat("en-US", { ...whole, signDisplay: "exceptZero" });
  const date = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeZone: "UTC" });
  return {
    money: (amount) => money.format(amount),
    shortMoney: (amount) => compact.format(amount),
    change: (amount) => change.format(amount).replace("-", "−"),
    number: (value, digits = 0) => value.toLocaleString("en-US", { maximumFractionDigits: digits }),
    percent: (percent, digits = 0) =>
      `${percent.toLocaleString("en-US", { maximumFractionDigits: digits }).replace("-", "−")} %`,
    date: (day) => date.format(new Date(`${day.slice(0, 10)}T00:00:00Z`)),
    distance: (km) => `${miles(km).toFixed(2)} mi`,
  };
}
