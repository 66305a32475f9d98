import { expect, test } from "vitest";
import {
  Market,
  type MarketListing,
  marketListingOf,
  marketTotals,
  monthValues,
} from "../../shared/domain/analytics/market.ts";
import type { StoredProperty } from "../../shared/domain/property-record.ts";

const office = { currency: "USD", time_zone: "America/Los_Angeles" };
const house = {
  ...{ status: "sold", property_type: "house", city: "  Ségovia ", currency: "USD", price: 500_000 },
  ...{ original_price: 520_000, listed_at: "2026-01-05T07:00:00.000Z", contract_date: "2026-01-25" },
  ...{ close_date: "2026-02-20", close_price: 510_000 },
};
const listing = (over: { readonly [Name in keyof typeof house | "updated_at"]?: unknown } = {}) =>
  marketListingOf({ ...house, ...over } as unknown as StoredProperty, office);

test("a sale: where it counts, its days from listing to contract, and both ratios", () => {
  expect(listing()).toEqual({
    subjects: ["office", "city:segovia", "type:house"],
    // Eleven at night on the fourth, in Los Angeles.
    ...{ listed: "2026-01-04", off: "2026-01-25" },
    sale: {
      ...{ closed: "2026-02-20", price: 510_000, days: 20 },
      ...{ toList: (100 * 510) / 500, toOriginal: (100 * 510) / 520 },
    },
  });
  expect(listing({ city: "" })!.subjects).toEqual(["office", "type:house"]);
});

test("what is under contract since a day that nobody noted is no inventory since its last change", () => {
  const changed = {
    status: "under_offer",
    contract_date: null,
    close_date: null,
    close_price: null,
  } as const;
  expect(listing({ ...changed, updated_at: "2026-02-02T20:00:00.000Z" })!.off).toBe("2026-02-02");
});

test("an import that tells of the sale alone says nothing of how it was listed", () => {
  const { sale } = listing({
    ...{ price: 510_000, original_price: 510_000, listed_at: "2026-01-25T00:00:00.000Z" },
  })!;
  expect(sale).toEqual({ closed: "2026-02-20", price: 510_000, days: undefined });
});

test("rentals, other currencies and sales without a price are no part of the market; what is active has no end", () => {
  expect(listing({ status: "rented" })).toBeUndefined();
  expect(listing({ currency: "CAD" })).toBeUndefined();
  expect(listing({ close_price: 0 })).toBeUndefined();
  const none = { contract_date: undefined, close_date: undefined, close_price: undefined };
  const active = { ...house, ...none, status: "active" } as unknown as StoredProperty;
  expect(marketListingOf(active, office)).toMatchObject({ off: undefined, sale: undefined });
});

const sold = (
  closed: string,
  price: number,
  over: Partial<NonNullable<MarketListing["sale"]>> = {},
  listed = closed,
): MarketListing => ({ subjects: ["office"], listed, off: closed, sale: { closed, price, ...over } });
const open = (listed: string, off?: string): MarketListing => ({
  ...{ subjects: ["office"], listed, off, sale: undefined },
});

function monthsOf(today: string, listings: readonly MarketListing[]) {
  const market = new Market(today);
  for (const one of listings) market.add(one);
  return market.months("office");
}

test("a month by hand: medians, absorption, inventory and months of supply", () => {
  const months = monthsOf("2026-04-15", [
    sold("2026-02-03", 400_000, { days: 10, toList: 100, toOriginal: 98 }),
    sold("2026-02-10", 500_000, { days: 20, toList: 102, toOriginal: 96 }),
    sold("2026-02-27", 700_000, { days: 60, toList: 95, toOriginal: 94 }),
    sold("2026-02-28", 900_000),
    sold("2026-03-31", 650_000, { days: 5, toList: 101 }),
    // Active at the end of January, February and March; under contract in April.
    open("2026-01-31", "2026-04-01"),
    // Came and went within March.
    open("2026-03-02", "2026-03-30"),
    open("2026-03-31"),
  ]);
  expect(monthValues(months.get("2026-01-01"))).toMatchObject({ closed_sales: 0, active_inventory: 1 });
  expect(monthValues(months.get("2026-02-01"))).toEqual({
    ...{ closed_sales: 4, absorption_rate: 4, active_inventory: 1, months_of_supply: 0.3 },
    ...{ median_price: 600_000, median_days_on_market: 20 },
    ...{ sale_to_list_percent: 100, sale_to_original_percent: 96 },
  });
  // How one sale was listed says nothing of a month.
  expect(monthValues(months.get("2026-03-01"))).toEqual({
    ...{ closed_sales: 1, absorption_rate: 1, active_inventory: 2, months_of_supply: 2 },
    ...{ median_price: 650_000, median_days_on_market: null },
    ...{ sale_to_list_percent: null, sale_to_original_percent: null },
  });
  // Today, in the running month.
  expect(monthValues(months.get("2026-04-01"))).toMatchObject({
    active_inventory: 1,
    months_of_supply: null,
  });
  expect(monthValues(undefined)).toMatchObject({ closed_sales: 0, active_inventory: 0, median_price: null });
});

test("the windows of Form 1004MC: 3, 3 and 6 months; rates are compared, not counts", () => {
  const inMonth = (month: string, times: number, price: number) =>
    Array.from({ length: times }, (_, at) => sold(`2025-${month}-1${at % 10}`, price));
  const months = monthsOf("2026-01-10", [
    // 7 to 12 months back from the end of December: January to June. Not in them: December before.
    sold("2024-12-31", 1_000_000),
    ...inMonth("01", 4, 400_000),
    ...inMonth("06", 8, 400_000),
    // 4 to 6: July to September.
    ...inMonth("07", 6, 410_000),
    // 0 to 3: October to December.
    ...inMonth("10", 3, 420_000),
    ...inMonth("12", 6, 420_000),
    open("2025-06-30"),
    open("2025-12-01"),
  ]);
  const totals = marketTotals(
    [months.get("2025-11-01") ?? {}, months.get("2025-12-01")!],
    months.get("2025-12-01"),
  );
  expect(totals).toMatchObject({
    closed_sales: 6,
    ...{ closed_sales_7_12: 12, closed_sales_4_6: 6, closed_sales_0_3: 9 },
    ...{ absorption_rate_7_12: 2, absorption_rate_4_6: 2, absorption_rate_0_3: 3 },
    // As of the end of each window: June, September, December.
    ...{ active_inventory_7_12: 1, active_inventory_4_6: 1, active_inventory_0_3: 2 },
    ...{ months_of_supply_7_12: 0.5, months_of_supply_0_3: 0.7 },
    ...{ median_price_7_12: 400_000, median_price_0_3: 420_000 },
    // 5 % beyond 3 %; 3 a month after 2, though 9 after 12.
    ...{ price_trend: "rising", sales_trend: "rising" },
  });
  // The windows end with the month that they belong to.
  expect(monthsOf("2026-01-10", [sold("2025-12-05", 1)]).get("2025-12-01")).toMatchObject({
    closed_sales_0_3: 1,
  });
});

test("few sales tell of no trend; what happened thirty years ago is left out", () => {
  const months = monthsOf("2026-01-10", [
    sold("2025-12-05", 1),
    sold("1990-05-05", 1),
    sold("0201-01-01", 1),
  ]);
  expect([...months.keys()]).toEqual(["2025-12-01", "2026-01-01"]);
  expect(marketTotals([], months.get("2025-12-01"))).toMatchObject({
    price_trend: "unknown",
    closed_sales: 0,
  });
  expect(marketTotals([])).toMatchObject({ closed_sales_0_3: 0, median_price_0_3: null });
});

test("a sale counts in its city and type beside the office", () => {
  const market = new Market("2026-03-01");
  market.add(listing()!);
  market.add(listing({ city: "Elsewhere", property_type: "condo" })!);
  const sales = (subject: "office" | "city:segovia" | "type:condo") =>
    market.months(subject).get("2026-02-01")?.closed_sales;
  expect([sales("office"), sales("city:segovia"), sales("type:condo")]).toEqual([2, 1, 1]);
  expect(market.subjects.toSorted()).toEqual([
    ...["city:elsewhere", "city:segovia", "office", "type:condo", "type:house"],
  ]);
});
