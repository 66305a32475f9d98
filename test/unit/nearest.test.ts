import fc from "fast-check";
import { expect, test } from "vitest";
import { cellsPerPage, type NearestOptions, nearestPage } from "../../shared/data/nearest.ts";
import { distanceKm, type Point } from "../../shared/domain/geo.ts";
import { placeIndex } from "./place-index.ts";

async function readToTheEnd(
  { table }: ReturnType<typeof placeIndex>,
  centre: Point,
  limit: number,
  matches: NearestOptions["matches"] = () => true,
) {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await nearestPage(table, {
      ...{ brokerageId: "b", centre, radiusKm: 50, markets: ["on", "off"], cursorKey: "k" },
      ...{ query: { limit, cursor }, matches },
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
    expect(cursor?.length ?? 0).toBeLessThanOrEqual(2000);
  } while (cursor);
  return ids;
}

/** The ids within 50 km, nearest first. */
const nearest = ({ entries }: ReturnType<typeof placeIndex>, centre: Point) =>
  entries
    .map(({ id, listed: { location } }) => ({
      id,
      distance: distanceKm(centre, { lat: location.lat, lon: location.lng }),
    }))
    .filter(({ distance }) => distance <= 50)
    .sort((a, b) => a.distance - b.distance || (a.id < b.id ? -1 : 1))
    .map(({ id }) => id);

const around = ({ lat, lon }: Point, up: number, right: number): Point => ({
  lat: Math.max(-90, Math.min(90, lat + up)),
  lon: ((lon + right + 540) % 360) - 180,
});

test("every page is the nearest that are left: towers, empty waters, the antimeridian", async () => {
  const spot = fc.record({
    up: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
    right: fc.double({ min: -0.6, max: 0.6, noNaN: true }),
    by: fc.constantFrom(1, 0.1, 0.01, 0.0001, 0),
    homes: fc.constantFrom(1, 1, 1, 3, 40, 230),
  });
  const centres = fc.record({
    lat: fc.double({ min: -80, max: 80, noNaN: true }),
    lon: fc.constantFrom(-180, -179.99, -122.33, 0, 18.4, 179.99),
  });
  await fc.assert(
    fc.asyncProperty(
      centres,
      fc.array(spot, { maxLength: 60 }),
      fc.integer({ min: 7, max: 100 }),
      async (centre, spots, limit) => {
        const points = spots.flatMap(({ up, right, by, homes }) =>
          Array.from({ length: homes }, () => around(centre, up * by, right * by)),
        );
        const index = placeIndex(points);
        expect(await readToTheEnd(index, centre, limit)).toEqual(nearest(index, centre));
      },
    ),
    { numRuns: 60 },
  );
});

test("no page of an even county needs more Queries than a page may", async () => {
  const centre = { lat: 47.6, lon: -122.3 };
  const points = Array.from({ length: 4000 }, (_, n) =>
    around(centre, ((n * 0.618034) % 1) - 0.5, ((n * 0.754878) % 1) - 0.5),
  );
  const index = placeIndex(points);
  const { table, spent } = index;
  const options = {
    ...{ brokerageId: "b", centre, radiusKm: 50, markets: ["on", "off"] as const, cursorKey: "k" },
  };
  await nearestPage(table, { ...options, query: { limit: 25 }, matches: () => true });
  expect(spent()).toBeLessThanOrEqual(16);
  const before = spent();
  await nearestPage(table, { ...options, query: { limit: 25 }, matches: () => false });
  expect(spent() - before).toBeLessThanOrEqual(cellsPerPage);
  // Such pages end short, and still miss nothing.
  const few = await readToTheEnd(index, centre, 25, ({ id }) => id.endsWith("00"));
  expect(few).toEqual(nearest(index, centre).filter((id) => id.endsWith("00")));
});

test("beside a city a page reads a tenth of it at most", async () => {
  const centre = { lat: 47.61, lon: -122.33 };
  // Ten homes all around, and a city that begins a kilometre to the east.
  const points = Array.from({ length: 20_000 }, (_, n) =>
    n < 10
      ? around(centre, 0.04 * Math.sin(n), 0.04 * Math.cos(n))
      : around(centre, 0.06 * (((n * 0.754878) % 1) - 0.5), 0.013 + 0.05 * ((n * 0.618034) % 1)),
  );
  const index = placeIndex(points);
  const options = { brokerageId: "b", centre, radiusKm: 50, markets: ["on", "off"] as const, cursorKey: "k" };
  await nearestPage(index.table, { ...options, query: { limit: 25 }, matches: () => true });
  // Where a crowded cell tells nothing of the density, it is 2,433.
  expect(index.entriesRead()).toBeLessThanOrEqual(2000);
});

test("a tower far out is found once: the pages after it go on from there", async () => {
  const centre = { lat: 47.7, lon: -122.5 };
  const city = { lat: 47.61, lon: -122.33 };
  const index = placeIndex(
    Array.from({ length: 800 }, (_, n) => {
      const by = [0.002, 0.02, 0.2][n % 3]!;
      return n % 2 === 0 ? city : around(city, by * Math.sin(n), by * Math.cos(n * 1.7));
    }),
  );
  expect(await readToTheEnd(index, centre, 25)).toEqual(nearest(index, centre));
  const pages = Math.ceil(nearest(index, centre).length / 25);
  expect(index.spent()).toBeLessThanOrEqual(pages * 24);
});
