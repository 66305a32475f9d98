import { dateOf, type Sale } from "../../shared/domain/cma/sale.ts";

/** The shape of a made-up market: extent in km, years of sales, noise of log prices, and which facts are recorded. */
export interface Shape {
  readonly seed: number;
  readonly count: number;
  readonly km: number;
  readonly years: number;
  readonly noise: number;
  readonly flats: number;
  readonly facts: readonly ("lot_sqft" | "year_built" | "condition")[];
}

/** Numbers in 0..1 that are the same for the same seed. */
export function dice(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state ^ (state >>> 15), 2246822519) + 0x9e3779b9) >>> 0;
    return (Math.imul(state ^ (state >>> 13), 3266489917) >>> 0) / 2 ** 32;
  };
}

/** Sales in date order, their prices made of size, age, condition, place and time, and of the noise. */
export function madeUpMarket({ seed, count, km, years, noise, flats, facts }: Shape): Sale[] {
  const roll = dice(seed);
  const bell = () => roll() + roll() + roll() + roll() + roll() + roll() - 3;
  const hills = Array.from({ length: 40 }, (_, i) => {
    return { x: roll() * km, y: roll() * km, high: 0.35 * bell(), wide: (i < 10 ? 0.2 : 0.06) * km };
  });
  const place = (x: number, y: number) =>
    hills.reduce(
      (sum, hill) =>
        sum + hill.high * Math.exp(-((x - hill.x) ** 2 + (y - hill.y) ** 2) / (2 * hill.wide ** 2)),
      0,
    );
  const towers = Array.from({ length: 25 }, () => [roll() * km, roll() * km] as const);
  const last = 16_500;
  const sales = Array.from({ length: count }, (_, i): Sale => {
    const flat = roll() < flats;
    const [x, y] = flat ? towers[Math.floor(roll() * towers.length)]! : [roll() * km, roll() * km];
    const size_sqft = Math.round(Math.exp((flat ? 6.9 : 7.5) + 0.5 * bell()));
    const all = {
      lot_sqft: Math.round(Math.exp(8.7 + 0.6 * bell())),
      year_built: 1930 + Math.floor(70 * roll()),
      condition: 1 + Math.floor(5 * roll()),
    };
    const back = years * roll();
    const log =
      12.7 +
      0.6 * Math.log(size_sqft / 1800) +
      (flat ? 0 : 0.06 * Math.log(all.lot_sqft / 6000)) +
      0.003 * (all.year_built - 1965) +
      0.05 * (all.condition - 3) +
      place(x, y) -
      0.04 * back +
      noise * 1.4 * bell();
    return {
      id: `m${i}`,
      sale_date: dateOf(Math.floor(last - 365 * back)),
      price: Math.round(Math.exp(log) / 100) * 100,
      lat: 52 + y / 111.2,
      lon: 4 + x / 68.4,
      property_type: flat ? "condo" : "house",
      bedrooms: Math.max(1, Math.round(size_sqft / 600)),
      bathrooms: 2,
      size_sqft,
      ...Object.fromEntries(
        facts.filter((fact) => !(flat && fact === "lot_sqft")).map((fact) => [fact, all[fact]]),
      ),
    };
  });
  return sales.sort((a, b) => (a.sale_date < b.sale_date ? -1 : a.sale_date > b.sale_date ? 1 : 0));
}
