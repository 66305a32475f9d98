import { byFeatures, type Chosen, type Weighed } from "./estimate.ts";
import type { Evidence } from "./evidence.ts";
import { daysPerYear } from "./sale.ts";

/** Columns of the grid. */
export const mostComps = 12;
/** Sales beyond this net adjustment enter the grid last; beyond the second limit they are dropped if enough remain. */
export const gridLimit = 0.25;
const evidenceLimit = 0.5;

/** Net adjustment as a share of the sale's price, without its sign. */
function netShare(item: Evidence, movement: number): number {
  return Math.abs(Math.expm1(byFeatures(item) + item.byTime + movement));
}

/** Drops what needs the largest adjustments, as far as at least twelve sales remain. */
export function withinEvidenceLimit(evidence: readonly Evidence[], movement: number): Evidence[] {
  const nets = evidence.map((item) => netShare(item, movement)).sort((a, b) => a - b);
  const limit = Math.max(evidenceLimit, nets[Math.min(mostComps, nets.length) - 1] ?? 0);
  return evidence.filter((item) => netShare(item, movement) <= limit);
}

/** A sale older than a year ranks with recent ones for the grid if it has at least this weight. */
const telling = 1 / mostComps;

/**
 * The at most twelve sales of the grid: by weight those within ±25 % net adjustment that are of the last year, or older
 * and tell a twelfth of the price; where these are too few, older ones; then those that exceed the adjustment least.
 * What an agent holds in the grid comes before all.
 */
export function chooseComps(
  weighed: readonly Weighed[],
  movement: number,
  today: number,
  held: (item: Evidence) => boolean,
): Chosen[] {
  const ranked = weighed.map((item) => {
    const net = netShare(item, movement);
    const old = today - item.at.day > daysPerYear;
    const rank = held(item) ? -1 : net > gridLimit ? 2 : old && item.weight < telling ? 1 : 0;
    return { item, net, old, rank };
  });
  const chosen = ranked
    .filter(({ item, rank }) => item.weight > 0 || rank === -1)
    .sort((a, b) => a.rank - b.rank || (a.rank === 2 ? a.net - b.net : b.item.weight - a.item.weight))
    .slice(0, mostComps);
  const recentIn = (some: typeof ranked) =>
    some.filter(({ item, old, net }) => !old && net <= gridLimit && item.weight > 0).length;
  const [inGrid, inAll] = [recentIn(chosen), recentIn(ranked)];
  const why = ({ rank }: (typeof ranked)[number]) =>
    rank === -1 ? heldByAgent : inGrid < inAll ? tellsMore : tooFew(inGrid);
  return chosen.map((one) => ({ ...one.item, whyOld: one.old ? why(one) : null }));
}

const heldByAgent = "The agent kept it in the grid.";
const tellsMore = "It says more about the price of this home than any recent sale outside the grid.";
const tooFew = (recent: number) =>
  recent === 0
    ? "No recent sale nearby is like this home."
    : `Only ${recent} recent ${recent === 1 ? "sale nearby is" : "sales nearby are"} like this home.`;
