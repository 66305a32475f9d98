import { flatKm } from "./nearest.ts";
import { dayOf, daysPerYear, type Sale, type Subject } from "./sale.ts";
import { nonMarketTransfers } from "./transfers.ts";

/** How many sales one analysis considers at most. */
const mostCandidates = 300;
/** How many of them may be doubtful transfers: enough to show, too few to crowd out the others. */
const mostDoubtful = 60;
const typicalRank = 50;

/**
 * The at most 300 sales before the effective date that are nearest in place and time. Within a year only the place
 * counts, so that the market's counts by month stay true; each further year counts like the usual distance.
 */
export function selectCandidates(subject: Subject, sales: readonly Sale[], effectiveDate: string): Sale[] {
  const today = dayOf(effectiveDate);
  const reachable = sales
    .filter((sale) => sale.sale_date < effectiveDate)
    .map((sale) => ({
      sale,
      km: flatKm(subject, sale),
      extraYears: Math.max(0, (today - dayOf(sale.sale_date)) / daysPerYear - 1),
    }));
  if (reachable.length <= mostCandidates) return reachable.map(({ sale }) => sale);
  const doubtful = nonMarketTransfers(reachable.map(({ sale }) => sale));
  let room = mostDoubtful;
  const usualKm = Math.max(0.1, reachable.map(({ km }) => km).sort((a, b) => a - b)[typicalRank]!);
  return reachable
    .map(({ sale, km, extraYears }) => ({ sale, far: km / usualKm + extraYears }))
    .sort((a, b) => a.far - b.far)
    .filter(({ sale }) => !doubtful.has(sale) || room-- > 0)
    .slice(0, mostCandidates)
    .map(({ sale }) => sale);
}
