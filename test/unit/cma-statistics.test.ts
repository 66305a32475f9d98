import { expect, test } from "vitest";
import { marketStatistics } from "../../shared/domain/cma/market-statistics.ts";
import { dateOf, dayOf, type Sale } from "../../shared/domain/cma/sale.ts";

const effectiveDate = "2016-01-01";
const sold = (daysBack: number, price: number, more: Partial<Sale> = {}): Sale => ({
  id: `${daysBack}`,
  lat: 47.6,
  lon: -122.2,
  sale_date: dateOf(dayOf(effectiveDate) - daysBack),
  price,
  size_sqft: 2000,
  ...more,
});
const spread = (count: number, from: number, to: number, price: number, more: Partial<Sale> = {}) =>
  Array.from({ length: count }, (_, i) =>
    sold(Math.round(from + ((to - from) * (i + 0.5)) / count), price, more),
  );

test("the first window is twice as long, so rates are compared and not counts", () => {
  const listed = { list_price: 500_000, days_on_market: 20 };
  const sales = [
    ...spread(24, 184, 364, 400_000),
    ...spread(12, 93, 181, 440_000),
    ...spread(12, 2, 90, 480_000, listed),
    sold(0, 9_000_000),
    sold(380, 1),
  ];
  const { windows, price_trend, sales_trend, months_of_supply } = marketStatistics(sales, effectiveDate, 10);
  expect(windows.map(({ sales, sales_per_month }) => [sales, sales_per_month])).toEqual([
    [24, 4],
    [12, 4],
    [12, 4],
  ]);
  expect(windows.map(({ median_price }) => median_price)).toEqual([400_000, 440_000, 480_000]);
  expect(windows[2]).toMatchObject({
    median_price_per_sqft: 240,
    median_days_on_market: 20,
    sale_to_list_percent: 96,
  });
  expect({ price_trend, sales_trend, months_of_supply }).toEqual({
    price_trend: "rising",
    sales_trend: "stable",
    months_of_supply: 2.5,
  });
});

test("one sale in three months is a third a month, whatever the shown rate rounds to", () => {
  expect(marketStatistics([sold(10, 400_000)], effectiveDate, 2).months_of_supply).toBe(6);
});

test("what the sales do not tell is null or unknown", () => {
  const { windows, price_trend, sales_trend, months_of_supply } = marketStatistics([], effectiveDate, 3);
  expect({ price_trend, sales_trend, months_of_supply }).toEqual({
    price_trend: "unknown",
    sales_trend: "unknown",
    months_of_supply: null,
  });
  expect(windows[0]).toMatchObject({
    sales: 0,
    sales_per_month: 0,
    median_price: null,
    sale_to_list_percent: null,
  });
});
