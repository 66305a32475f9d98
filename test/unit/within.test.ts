import fc from "fast-check";
import { expect, test } from "vitest";
import { boxRequestsPerPage, pageWithin } from "../../shared/data/within.ts";
import { type Box, cellNamed, cellsOver, geohash, isWithin, type Point } from "../../shared/domain/geo.ts";
import { placeIndex } from "./place-index.ts";

const east = (of: number) => ((of + 540) % 360) - 180;

/** A box, and points in and around it: at the poles, across the antimeridian, as small as a house. */
const boxed = fc
  .record({
    lat: fc.double({ min: -90, max: 89, noNaN: true }),
    lon: fc.oneof(fc.double({ min: -180, max: 179.9, noNaN: true }), fc.constantFrom(179.5, -180, 0)),
    height: fc.double({ min: 1e-4, max: 20, noNaN: true }),
    width: fc.double({ min: 1e-4, max: 20, noNaN: true }),
    scale: fc.constantFrom(1, 0.1, 0.001),
    spots: fc.array(
      fc.tuple(
        fc.double({ min: -0.3, max: 1.3, noNaN: true }),
        fc.double({ min: -0.3, max: 1.3, noNaN: true }),
      ),
      { maxLength: 60 },
    ),
  })
  .map(({ lat, lon, height, width, scale, spots }) => {
    const [high, wide] = [height * scale, width * scale];
    const box: Box = { south: lat, west: lon, north: Math.min(90, lat + high), east: east(lon + wide) };
    const points = spots.map(([up, right]) => ({
      lat: Math.max(-90, Math.min(90, lat + up * high)),
      lon: east(lon + right * wide),
    }));
    return { box, points };
  });

test("the cells over a box hold every point in it, each once, in their order", () => {
  fc.assert(
    fc.property(boxed, ({ box, points }) => {
      const cells = cellsOver(box, 15, 12);
      expect([...cells].sort()).toEqual(cells);
      for (const point of points.filter((one) => isWithin(one, box))) {
        const place = cellNamed(geohash(point, 8));
        expect(cells.filter((cell) => place.startsWith(cell))).toHaveLength(1);
      }
    }),
    { numRuns: 500 },
  );
});

test("a box of a town is some dozens of cells, and most of what they hold lies in it", () => {
  const town = { south: 47.6, west: -122.45, north: 47.7, east: -122.3 };
  const cells = cellsOver(town, 15, 12);
  expect(cells.length).toBeGreaterThanOrEqual(12);
  expect(cells.length).toBeLessThan(boxRequestsPerPage);
});

const read = async (points: readonly Point[], box: Box, limit: number) => {
  const index = placeIndex(points);
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const before = index.spent();
    const page = await pageWithin(index.table, {
      ...{ brokerageId: "b", box, markets: ["on", "off"], cursorKey: "k", query: { limit, cursor } },
      matches: ({ location }) => isWithin({ lat: location!.lat, lon: location!.lng }, box),
    });
    expect(page.items.length).toBeLessThanOrEqual(limit);
    expect(index.spent() - before).toBeLessThanOrEqual(boxRequestsPerPage);
    ids.push(...page.items.map(({ id }) => id));
    cursor = page.next_cursor ?? undefined;
  } while (cursor);
  return { ids, index };
};

test("its pages are all that lies in the box, each once", async () => {
  await fc.assert(
    fc.asyncProperty(boxed, fc.integer({ min: 1, max: 30 }), async ({ box, points }, limit) => {
      const { ids, index } = await read(points, box, limit);
      const inside = index.entries.filter(({ listed: { location } }) =>
        isWithin({ lat: location.lat, lon: location.lng }, box),
      );
      expect(ids.toSorted()).toEqual(inside.map(({ id }) => id).sort());
    }),
    { numRuns: 200 },
  );
});

test("a crowded house, and a thousand around it, are read to the end", async () => {
  const crowd = Array.from({ length: 700 }, () => ({ lat: 47.61, lon: -122.33 }));
  const around = Array.from({ length: 1000 }, (_, at) => ({
    lat: 47.5 + at / 5000,
    lon: -122.4 + at / 6000,
  }));
  const { ids } = await read(
    [...crowd, ...around],
    { south: 47.4, west: -122.5, north: 47.8, east: -122.1 },
    100,
  );
  expect(new Set(ids).size).toBe(1700);
  expect(ids).toHaveLength(1700);
});

test("a page of a crowded part of the map reads little more than it shows", async () => {
  const index = placeIndex(Array.from({ length: 600 }, () => ({ lat: 47.61, lon: -122.33 })));
  const page = await pageWithin(index.table, {
    ...{ brokerageId: "b", box: { south: 47.6, west: -122.4, north: 47.7, east: -122.3 }, cursorKey: "k" },
    ...{ markets: ["off"], query: { limit: 25 }, matches: () => true },
  });
  expect(page.items).toHaveLength(25);
  expect(index.entriesRead()).toBe(26);
});
