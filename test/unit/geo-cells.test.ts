import fc from "fast-check";
import { expect, test } from "vitest";
import {
  cellNamed,
  cellsWithin,
  distanceKm,
  distancesTo,
  geohash,
  halves,
  nameOf,
  type Point,
} from "../../shared/domain/geo.ts";

const point = fc.record({
  lat: fc.double({ min: -85, max: 85, noNaN: true }),
  lon: fc.double({ min: -180, max: 180, noNaN: true }),
});

test("a cell's distances hold every point in it between them", () => {
  const degrees = fc.double({ min: -3, max: 3, noNaN: true });
  const scale = fc.constantFrom(1, 0.1, 0.01, 0.001);
  fc.assert(
    fc.property(
      point,
      degrees,
      degrees,
      scale,
      fc.integer({ min: 15, max: 40 }),
      (from, up, right, by, digits) => {
        const place = { lat: from.lat + up * by, lon: ((from.lon + right * by + 540) % 360) - 180 };
        const { least, most } = distancesTo(cellNamed(geohash(place, 8)).slice(0, digits), from);
        const distance = distanceKm(from, place);
        expect(least).toBeLessThanOrEqual(distance + 1e-6);
        expect(most).toBeGreaterThanOrEqual(distance - 1e-6);
      },
    ),
    { numRuns: 20_000 },
  );
});

test("the cells around a circle hold every point in it, and the halves of a cell are the cell", () => {
  const away = fc.record({
    km: fc.double({ min: 0, max: 50, noNaN: true }),
    angle: fc.double({ min: 0, max: 2 * Math.PI, noNaN: true }),
  });
  fc.assert(
    fc.property(point, away, (centre, { km, angle }) => {
      const place: Point = {
        lat: centre.lat + (km / 111.2) * Math.cos(angle),
        lon:
          ((centre.lon + (km / 111.2 / Math.cos((centre.lat * Math.PI) / 180)) * Math.sin(angle) + 540) %
            360) -
          180,
      };
      fc.pre(distanceKm(centre, place) <= 50);
      const cells = cellsWithin(centre, 50 * 1.01, 3);
      expect(cells).toContain(geohash(place, 3));
      const cell = cellNamed(geohash(place, 8));
      expect(nameOf(cell)).toBe(geohash(place, 8));
      expect(halves(cell.slice(0, 22))).toContain(cell.slice(0, 23));
    }),
    { numRuns: 5000 },
  );
});
