import fc from "fast-check";
import type { Sale } from "../../shared/domain/cma/sale.ts";

const centre = { lat: 47.6, lon: -122.2 };
const maybe = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 5 });

/** A home's facts as databases hold them: gaps, zeros and slips of a factor of ten or a hundred included. */
export const homes = fc.record({
  id: fc.stringMatching(/^[a-z0-9]{6}$/),
  lat: fc.double({ min: centre.lat - 0.2, max: centre.lat + 0.2, noNaN: true }),
  lon: fc.double({ min: centre.lon - 0.2, max: centre.lon + 0.2, noNaN: true }),
  property_type: maybe(fc.constantFrom("house", "condo", "townhouse")),
  bedrooms: maybe(fc.integer({ min: 0, max: 33 })),
  bathrooms: maybe(fc.integer({ min: 0, max: 20 }).map((quarters) => quarters / 4)),
  size_sqft: maybe(fc.oneof(fc.integer({ min: 300, max: 9000 }), fc.constantFrom(0, 20, 150_000))),
  lot_sqft: maybe(fc.oneof(fc.integer({ min: 500, max: 90_000 }), fc.constant(0))),
  year_built: maybe(fc.oneof(fc.integer({ min: 1880, max: 2015 }), fc.constant(0))),
  condition: maybe(fc.integer({ min: 1, max: 5 })),
});

/** A sale of the twenty years before 2016; months known, days often the first. */
export const sales: fc.Arbitrary<Sale> = fc
  .tuple(
    homes,
    fc.integer({ min: 1996, max: 2015 }),
    fc.integer({ min: 1, max: 12 }),
    fc.integer({ min: 1, max: 28 }),
  )
  .chain(([home, year, month, day]) =>
    fc
      .oneof(
        { weight: 20, arbitrary: fc.integer({ min: 80_000, max: 900_000 }) },
        fc.constantFrom(1, 37, 42_000_000),
      )
      .map(
        (price): Sale => ({
          ...home,
          price,
          sale_date: `${year}-${String(month).padStart(2, "0")}-${String(day % 3 === 0 ? 1 : day).padStart(2, "0")}`,
        }),
      ),
  );
