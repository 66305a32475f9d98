import type { Subject } from "../domain/cma/sale.ts";
import { kmPerMile } from "../domain/geo.ts";

const kmPerDegree = 111.195;

/** Kilometres east and north of the subject. */
export interface Offset {
  readonly east: number;
  readonly north: number;
}

/** Where a home lies, seen from the subject: exact enough for a drawing of some miles. */
export function offsetFrom(subject: Subject, home: Pick<Subject, "lat" | "lon">): Offset {
  // The short way around, across the antimeridian too.
  const east = ((((home.lon - subject.lon + 180) % 360) + 360) % 360) - 180;
  return {
    east: east * kmPerDegree * Math.cos((subject.lat * Math.PI) / 180),
    north: (home.lat - subject.lat) * kmPerDegree,
  };
}

/** The radii of up to four rings in miles that divide a reach in kilometres well. */
export function ringMiles(reachKm: number): number[] {
  const reach = reachKm / kmPerMile;
  const step = [0.1, 0.25, 0.5, 1, 2, 5, 10, 25, 50, 100].find((miles) => reach / miles < 5) ?? 500;
  return [1, 2, 3, 4].map((times) => Number((times * step).toFixed(2))).filter((miles) => miles < reach);
}

/** A point of a drawing. */
export interface Spot {
  readonly x: number;
  readonly y: number;
}

/**
 * Moves spots apart until none covers another (nor the middle), each as little as it takes; the same spots give the
 * same result.
 */
export function spread(spots: readonly Spot[], middle: Spot, apart: number, within: number): Spot[] {
  const moved = spots.map(({ x, y }) => ({ x, y }));
  const fixed = { ...middle };
  for (let round = 0; round < 120; round++) {
    let still = true;
    for (const [i, one] of moved.entries()) {
      for (const other of [fixed, ...moved.slice(i + 1)]) {
        const [dx, dy] = [one.x - other.x, one.y - other.y];
        const distance = Math.hypot(dx, dy);
        if (distance >= apart) continue;
        still = false;
        // Two on one spot part in a direction of their own.
        const angle = distance > 0.01 ? Math.atan2(dy, dx) : i * 2.4;
        const push = (apart - distance) / (other === fixed ? 1 : 2) + 0.1;
        one.x += Math.cos(angle) * push;
        one.y += Math.sin(angle) * push;
        if (other === fixed) continue;
        other.x -= Math.cos(angle) * push;
        other.y -= Math.sin(angle) * push;
      }
      one.x = Math.min(within - apart / 2, Math.max(apart / 2, one.x));
      one.y = Math.min(within - apart / 2, Math.max(apart / 2, one.y));
    }
    if (still) break;
  }
  return moved;
}
