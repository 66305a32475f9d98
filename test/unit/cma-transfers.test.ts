import { describe, expect, test } from "vitest";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import type { Analysis } from "../../shared/domain/cma/analysis.ts";
import { learnMarket } from "../../shared/domain/cma/learned-market.ts";
import type { Rejection } from "../../shared/domain/cma/rejections.ts";
import { dateOf, dayOf, type Sale } from "../../shared/domain/cma/sale.ts";
import { selectCandidates } from "../../shared/domain/cma/select-candidates.ts";

const effective_date = "2026-06-01";
const today = dayOf(effective_date);
const subject = {
  id: "subject",
  address: "7 Quarry Lane",
  lat: 40.1,
  lon: -83.1,
  property_type: "house",
  bedrooms: 3,
  bathrooms: 2,
  size_sqft: 2000,
  year_built: 1990,
};

/** Ninety sales of homes at some 250 a square foot, none of two at one price. */
const honest: Sale[] = Array.from({ length: 90 }, (_, i) => {
  const size_sqft = 1400 + ((i * 397) % 1300);
  return {
    ...subject,
    id: `honest-${i}`,
    address: `${200 + i} Willow Road`,
    lat: subject.lat + 0.0007 * (((i * 17) % 30) - 15),
    lon: subject.lon + 0.0009 * (((i * 29) % 30) - 15),
    size_sqft,
    year_built: 1975 + (i % 30),
    sale_date: dateOf(today - 10 - 4 * i),
    price: Math.round(250 * size_sqft ** 0.8 * 2000 ** 0.2 * (1 + 0.05 * Math.sin(i * 2.3))) + i,
  };
});

/** So many further transfers next door, each a home like the subject. */
const nextDoor = (count: number, of: (i: number) => Partial<Sale>): Sale[] =>
  Array.from({ length: count }, (_, i) => ({
    ...subject,
    id: `odd-${i}`,
    address: `${1 + i} Gravel Street`,
    lat: subject.lat + 0.0004 * (1 + (i % 6)),
    lon: subject.lon + 0.0004 * (Math.floor(i / 6) % 12),
    sale_date: dateOf(today - 20 - 3 * (i % 90)),
    price: 500_000,
    ...of(i),
  }));

function analysed(candidates: readonly Sale[], of = subject): Analysis {
  const chosen = selectCandidates(of, candidates, effective_date);
  const analysis = analyse({ subject: of, candidates: chosen, effective_date });
  if ("failed" in analysis) throw new Error(analysis.failed);
  return analysis;
}
const codesOf = ({ rejected }: Analysis, prefix = "odd-") =>
  new Set(rejected.filter(({ id }) => id.startsWith(prefix)).map(({ code }) => code));

const plain = analysed(honest);

describe("what is no sale on the market has a code of its own and does not move the price", () => {
  const oneDay = dateOf(today - 60);
  test.each<[string, Rejection, number, (i: number) => Partial<Sale>]>([
    ["25 deeds of 10", "token_amount", 25, () => ({ price: 10 })],
    ["200 of 1,000", "token_amount", 200, () => ({ price: 1_000 })],
    ["500 of 5,000", "token_amount", 500, () => ({ price: 5_000 })],
    ["1, 100 and 10,000", "token_amount", 60, (i) => ({ price: [1, 100, 10_000][i % 3]! })],
    ["rents", "lease", 30, (i) => ({ price: 2_150 + 35 * i })],
    ["more rents than sales", "lease", 120, (i) => ({ price: 2_150 + 35 * i })],
    ["two parcels on one deed", "several_parcels", 2, () => ({ price: 1_000_000, sale_date: oneDay })],
    ["twenty parcels on one deed", "several_parcels", 20, () => ({ price: 1_400_000, sale_date: oneDay })],
    ["a half share", "part_share", 1, () => ({ price: 250_000 })],
    ["half shares", "part_share", 8, (i) => ({ price: 246_000 + 1_700 * i })],
    ["lots", "before_built", 6, (i) => ({ price: 255_000 + 900 * i, year_built: 2027 })],
    ["one deed of two parcels, the other elsewhere", "out_of_line", 1, () => ({ price: 1_150_000 })],
  ])("%s: %s", (_, code, count, of) => {
    const analysis = analysed([...honest, ...nextDoor(count, of)]);
    expect(codesOf(analysis)).toEqual(new Set([code]));
    expect(Math.abs(analysis.suggested_price / plain.suggested_price - 1)).toBeLessThan(0.03);
    expect(analysis.statistics.windows[2]!.median_price! / 500_000).toBeGreaterThan(0.85);
  });

  test("new homes of one day at one price are sales of their own while that is the price of one", () => {
    const analysis = analysed([...honest, ...nextDoor(4, () => ({ price: 505_000, sale_date: oneDay }))]);
    expect(codesOf(analysis)).not.toContain("several_parcels");
  });

  test("a cheap part of town is no part share", () => {
    const cheap = honest.map((sale) => ({ ...sale, id: `c${sale.id}`, price: Math.round(sale.price / 2.2) }));
    const far = honest.map((sale) => ({ ...sale, lat: sale.lat + 0.06 }));
    const analysis = analysed([...cheap, ...far]);
    expect(codesOf(analysis, "chonest")).not.toContain("part_share");
    expect(Math.abs((analysis.suggested_price * 2.2) / plain.suggested_price - 1)).toBeLessThan(0.05);
  });

  test("a market is fitted without them", () => {
    const odd = nextDoor(200, (i) => ({ price: [1, 1_000, 10_000][i % 3]! }));
    const { rates } = learnMarket([...honest, ...odd], effective_date).fit;
    expect(rates).toEqual(learnMarket(honest, effective_date).fit.rates);
  });

  test("nothing but them: the reason says what emptied the list", () => {
    const deeds = nextDoor(15, () => ({ price: 10 }));
    const later = { ...honest[0]!, sale_date: "2026-07-01" };
    expect(analyse({ subject, candidates: [...deeds, later], effective_date })).toMatchObject({
      too_old: false,
      failed: expect.stringMatching(/16 .* 15: Its price is nominal.* 1: It was not sold before/),
    });
  });
});

describe("one sale from two sources is one", () => {
  const short = (value: number) => Number(value.toFixed(5));
  const { address: _, ...nameless } = honest[3]!;
  test.each<[string, (sale: Sale) => Sale]>([
    ["coordinates of five decimals", (sale) => ({ ...sale, lat: short(sale.lat), lon: short(sale.lon) })],
    ["one square foot more", (sale) => ({ ...sale, size_sqft: sale.size_sqft! + 1 })],
    ["recorded a week later", (sale) => ({ ...sale, sale_date: dateOf(dayOf(sale.sale_date) + 7) })],
    ["another geocoder", (sale) => ({ ...sale, lat: sale.lat + 0.001 })],
    ["another spelling", (sale) => ({ ...sale, address: sale.address!.toUpperCase().replace(" ", ",  ") })],
    [
      "abbreviated and elsewhere on the map",
      (sale) => ({
        ...sale,
        lat: sale.lat + 0.0004,
        address: sale.address!.replace("Road", "Rd, Dublin, OH 43017"),
      }),
    ],
    ["no address", ({ address, ...sale }) => ({ ...sale, lat: short(sale.lat) })],
  ])("%s", (_, other) => {
    const again = honest.slice(0, 20).map((sale) => ({ ...other(sale), id: `odd-${sale.id}` }));
    const analysis = analysed([...honest, ...again]);
    expect(analysis.rejected.filter(({ code }) => code === "duplicate")).toHaveLength(20);
    expect(analysis.suggested_price).toBe(plain.suggested_price);
    expect(analysis.statistics.windows.map(({ sales }) => sales)).toEqual(
      plain.statistics.windows.map(({ sales }) => sales),
    );
  });

  test("two flats of one building, and a home sold twice, are two sales", () => {
    const flat = { ...nameless, property_type: "condo", sale_date: "2026-03-02" };
    const flats = [101, 102].map((unit) => ({
      ...flat,
      id: `odd-${unit}`,
      address: `9 Tower Road #${unit}`,
    }));
    const resold = { ...honest[5]!, id: "odd-resold", sale_date: "2025-08-01", price: 441_000 };
    expect(codesOf(analysed([...honest, ...flats, resold]))).not.toContain("duplicate");
  });
});

describe("the home's own earlier sale is shown as what it is and never compared with", () => {
  const own: Sale = { ...subject, id: "own", sale_date: "2025-11-03", price: 380_000 };
  test.each<[string, Partial<Sale>]>([
    ["the same address and size", {}],
    ["the address in capitals, built on since", { address: "7 QUARRY LANE.", size_sqft: 1_700 }],
    [
      "the street abbreviated, the city behind it",
      { address: "7 Quarry Ln, Dublin, OH 43017", lat: 40.1003 },
    ],
    ["place and size", { address: "MLS-83120", lat: 40.10001, size_sqft: 2001 }],
  ])("%s", (_, more) => {
    const analysis = analysed([...honest, { ...own, ...more }]);
    expect(analysis.earlier_sales).toEqual([{ id: "own", sale_date: "2025-11-03", price: 380_000 }]);
    expect(analysis.rejected.find(({ id }) => id === "own")?.code).toBe("subject_itself");
    expect(analysis.suggested_price).toBe(plain.suggested_price);
  });

  test("a neighbour's is not", () => {
    const neighbour = { ...own, address: "9 Quarry Lane", lat: subject.lat + 0.00002 };
    expect(analysed([...honest, neighbour]).earlier_sales).toEqual([]);
    const flat = { ...subject, property_type: "condo", address: "4 Tower Road #2" };
    const other = { ...own, property_type: "condo", address: "4 Tower Road #3" };
    expect(analysed([...honest, other], flat).earlier_sales).toEqual([]);
  });
});

test("without a sale of the 24 months before the day no price is said, but why", () => {
  const aged = (date: string) =>
    honest.map((sale, i) => ({ ...sale, sale_date: i === 0 ? date : "2023-02-01" }));
  expect(analyse({ subject, candidates: aged("2024-05-31"), effective_date })).toMatchObject({
    too_old: true,
    failed: expect.stringContaining("2024-05-31"),
  });
  expect(analyse({ subject, candidates: aged("2024-06-01"), effective_date })).not.toHaveProperty("failed");
  // A recent token is no recent sale.
  const token = { ...honest[0]!, id: "token", price: 100, sale_date: "2026-05-01" };
  expect(analyse({ subject, candidates: [token, ...aged("2024-05-31")], effective_date })).toMatchObject({
    too_old: true,
  });
});
