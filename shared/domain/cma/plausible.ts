import type { Evidence } from "./evidence.ts";
import { median } from "./features.ts";
import { nearest, placeIndex } from "./nearest.ts";
import type { Rejection } from "./rejections.ts";
import type { Sale } from "./sale.ts";

/** How many nearby sales a price is compared with; with fewer than `leastAround`, only suspect prices are. */
const around = 60;
const leastAround = 5;
/** A price off by more deviations of the market, and by more than half as much again, is a wrong entry. */
const sigmasOff = 6.25;
const leastOff = 0.5;
/** A share of a home is paid with about half its price or a third: between these, and far from what others pay. */
const shareOfPrice = [Math.log(0.3), Math.log(0.6)] as const;
const sigmasOfShare = 4.5;
/** Rows of one deed are separate sales if each price is within this factor of a single home's. */
const oneHome = Math.log(1.25);

/**
 * Finds implausible prices, and why each is one. Prices are adjusted to the same features and day, then compared with
 * the median and spread of all sales, so that many bad rows in one place do not outvote the market, and then with the
 * sixty nearest. Sales that are suspect already (`codes`, or far from the median of all) are not used for that
 * comparison. Plausible sales are not in the result.
 */
export function implausiblePrices(
  evidence: readonly Evidence[],
  codes: ReadonlyMap<Sale, Rejection>,
): ReadonlyMap<Sale, Rejection> {
  const all = evidence.filter(({ sale }) => !codes.has(sale)).map(({ adjusted }) => adjusted);
  const centre = all.length < leastAround ? undefined : median(all);
  const spread = deviation(all.map((price) => price - (centre ?? price)));
  const suspicions = new Map(
    evidence.map((item) => {
      const off = centre === undefined ? undefined : item.adjusted - centre;
      return [item, codes.get(item.sale) ?? verdict(undefined, off, spread)] as const;
    }),
  );
  const trusted = evidence.filter((item) => !suspicions.get(item));
  const index = placeIndex(trusted.map((item) => ({ lat: item.at.lat, lon: item.at.lon, item })));
  const offs = new Map(
    evidence.map((item) => {
      const others = nearest(index, item.at, around, (point) => point.item !== item);
      const prices = others.map(({ point }) => point.item.adjusted);
      const least = suspicions.get(item) ? 1 : leastAround;
      return [item, prices.length < least ? undefined : item.adjusted - median(prices)] as const;
    }),
  );
  const sigma = deviation(trusted.map((item) => offs.get(item) ?? 0));
  const found = new Map<Sale, Rejection>();
  for (const [item, off] of offs) {
    const code = verdict(suspicions.get(item), off, sigma);
    if (code) found.set(item.sale, code);
  }
  return found;
}

/** `off` is how far a log price is from the median around; undefined where too few sales are. */
function verdict(
  suspicion: Rejection | undefined,
  off: number | undefined,
  sigma: number,
): Rejection | undefined {
  if (suspicion === "several_parcels" && (off === undefined || Math.abs(off) <= oneHome)) return undefined;
  if (suspicion || off === undefined) return suspicion;
  const [least, most] = shareOfPrice;
  if (off > least && off < Math.min(most, -sigmasOfShare * sigma)) return "part_share";
  return Math.abs(off) > Math.max(leastOff, sigmasOff * sigma) ? "out_of_line" : undefined;
}

/** The robust standard deviation of values around zero. */
const deviation = (offs: readonly number[]) => (offs.length === 0 ? 0 : 1.4826 * median(offs.map(Math.abs)));
