import type { Standing } from "./covariance.ts";
import { byFeatures, type Weighed } from "./estimate.ts";
import type { Evidence } from "./evidence.ts";
import { quantile } from "./features.ts";
import { flatKm } from "./nearest.ts";
import { daysPerYear } from "./sale.ts";

/** Columns of the grid. */
export const mostComps = 12;
/** Beyond this net adjustment a sale is no comparable while enough others are; beyond the second it is no evidence. */
export const gridLimit = 0.25;
export const evidenceLimit = 0.5;

const around = 30;
const leastAround = 5;
const leastOff = 0.9;
const sigmasOff = 6;

/** Net adjustment as a share of the sale's price, without its sign. */
export function netShare(item: Evidence, movement: number): number {
  return Math.abs(Math.expm1(byFeatures(item) + item.byTime + movement));
}

/** Whether each sale's adjusted price can be true at all, judged by the 30 nearest: off by ten is a typing error. */
export function inLine(
  subject: Standing,
  evidence: readonly Evidence[],
  sigma: number,
): (item: Evidence) => boolean {
  const nearby = evidence
    .map((item) => ({ km: flatKm(subject, item.at), adjusted: item.adjusted }))
    .sort((a, b) => a.km - b.km)
    .slice(0, around)
    .map(({ adjusted }) => adjusted);
  if (nearby.length < leastAround) return () => true;
  const middle = quantile(Float64Array.from(nearby).sort(), 0.5);
  const reach = Math.max(leastOff, sigmasOff * sigma);
  return (item) => Math.abs(item.adjusted - middle) <= reach;
}

/** Drops what needs the largest adjustments, as far as at least twelve sales remain. */
export function withinEvidenceLimit(evidence: readonly Evidence[], movement: number): Evidence[] {
  const nets = evidence.map((item) => netShare(item, movement)).sort((a, b) => a - b);
  const limit = Math.max(evidenceLimit, nets[Math.min(mostComps, nets.length) - 1] ?? 0);
  return evidence.filter((item) => netShare(item, movement) <= limit);
}

/**
 * The at most twelve sales of the grid: by weight those of the last year within ±25 % net adjustment; where these are
 * too few older ones within it; then those that exceed it least. What an agent holds in the grid comes before all.
 */
export function chooseComps(
  weighed: readonly Weighed[],
  movement: number,
  today: number,
  held: ReadonlySet<string>,
): Weighed[] {
  const rank = (item: Weighed) => {
    if (held.has(item.sale.id)) return -1;
    return netShare(item, movement) > gridLimit ? 2 : today - item.at.day > daysPerYear ? 1 : 0;
  };
  return weighed
    .filter((item) => item.weight > 0)
    .map((item) => ({ item, rank: rank(item), net: netShare(item, movement) }))
    .sort((a, b) => a.rank - b.rank || (a.rank === 2 ? a.net - b.net : b.item.weight - a.item.weight))
    .slice(0, mostComps)
    .map(({ item }) => item)
    .sort((a, b) => b.weight - a.weight);
}
