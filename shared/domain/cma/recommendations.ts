import type { Analysis } from "./analysis.ts";

type Numbers = Omit<Analysis, "recommendations">;

const months = { one: "month", other: "months" } as const;
const sellersMarket = 4;
const buyersMarket = 6;
const unsure = 0.4;

/** What the numbers advise, in sentences; the same for the same numbers. */
export function recommendations(numbers: Numbers): string[] {
  return [price(numbers), asking(numbers), market(numbers), supply(numbers), care(numbers)].filter(
    (sentence) => sentence !== undefined,
  );
}

/** Money as the sentences write it: the currency's code and whole units with separators. */
export function money(amount: number, currency: string): string {
  return `${currency} ${Math.round(amount).toLocaleString("en-US")}`;
}

function price({ comps, neighbourhood, suggested_price, range, middle_range, currency }: Numbers): string {
  const further = neighbourhood ? ` and ${neighbourhood.sales.length} further sales nearby` : "";
  const count = comps.length === 1 ? "1 comparable sale" : `${comps.length} comparable sales`;
  return (
    `${count}${further} point to ${money(suggested_price, currency)}. List between ` +
    `${money(middle_range.low, currency)} and ${money(middle_range.high, currency)}: half of all homes like this one ` +
    `sell in that range, four in five between ${money(range.low, currency)} and ${money(range.high, currency)}.`
  );
}

function asking({ asking_price, market_position, suggested_price, middle_range, currency }: Numbers) {
  if (asking_price === null || market_position === null) return undefined;
  const off = Math.abs(asking_price / suggested_price - 1) * 100;
  const said = `The asking price of ${money(asking_price, currency)} is ${off.toFixed(1)} %`;
  if (market_position === "at")
    return `${said} from the suggestion and inside the middle range: the market supports it.`;
  return market_position === "above"
    ? `${said} above the suggestion and outside the middle range: expect fewer viewings, or lower it toward ` +
        `${money(middle_range.high, currency)}.`
    : `${said} below the suggestion and outside the middle range: it leaves money on the table unless speed ` +
        `matters; ${money(middle_range.low, currency)} would still be attractive.`;
}

function market({ statistics }: Numbers): string | undefined {
  switch (statistics.price_trend) {
    case "rising":
      return "Nearby prices have risen over the year: there is little reason to start low.";
    case "falling":
      return "Nearby prices have fallen over the year: price at or below the suggestion to avoid chasing the market down.";
    case "stable":
      return "Nearby prices have been stable over the year.";
    default:
      return undefined;
  }
}

function supply({ statistics }: Numbers): string | undefined {
  const { months_of_supply: supply } = statistics;
  const days = statistics.windows.at(-1)!.median_days_on_market;
  const time = days === null ? "" : ` Nearby homes recently took ${Math.round(days)} days to sell.`;
  if (supply === null) return time === "" ? undefined : time.trim();
  const unit = months[new Intl.PluralRules("en-US").select(supply) === "one" ? "one" : "other"];
  const said = `The active listings are ${supply} ${unit} of supply`;
  if (supply < sellersMarket) return `${said}: a seller's market.${time}`;
  if (supply > buyersMarket)
    return `${said}: a buyer's market, so the first list price must be competitive.${time}`;
  return `${said}: a balanced market.${time}`;
}

function care({ confidence }: Numbers): string | undefined {
  if (confidence >= unsure) return undefined;
  return (
    `Only about ${Math.round(confidence * 100)} in 100 such homes sell within 10 % of the suggestion: see the home, ` +
    "check its facts and bring in a second opinion before it is listed."
  );
}
