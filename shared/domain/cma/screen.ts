import { distanceKm } from "../geo.ts";
import type { Rejected } from "./analysis.ts";
import { round } from "./market-statistics.ts";
import { type Rejection, rejections } from "./rejections.ts";
import { kindOf, type Sale, type Subject } from "./sale.ts";
import { isSameHome } from "./same-home.ts";
import { nonMarketTransfers } from "./transfers.ts";

/** A candidate with the reason why it is not in the grid. */
export function reject(
  subject: Subject,
  sale: Sale,
  code: Rejection,
  reason: string = rejections[code],
): Rejected {
  const { id, sale_date, price } = sale;
  return { id, sale_date, price, distance_km: round(distanceKm(subject, sale), 2), code, reason };
}

/** The grid counts in whole money, exactly: beyond this no currency has a home. */
const mostPrice = 1e13;

/** Candidates that an analysis may rest on, and those that it may not. */
export interface Screened {
  readonly usable: Sale[];
  readonly rejected: Rejected[];
  /** Doubts about usable candidates; an agent can still pin these. */
  readonly suspects: ReadonlyMap<Sale, Rejection>;
}

/** Rejections that an agent cannot override. */
export const neverEvidence: readonly Rejection[] = ["token_amount", "lease", "duplicate"];

/** Splits the candidates into usable and rejected ones; the result does not depend on their order. */
export function screen(
  subject: Subject,
  candidates: readonly Sale[],
  effectiveDate: string,
  currency: string,
): Screened {
  const usable: Sale[] = [];
  const rejected: Rejected[] = [];
  const comparable: Sale[] = [];
  for (const sale of inFixedOrder(candidates)) {
    const code: Rejection | undefined =
      sale.sale_date >= effectiveDate
        ? "not_before"
        : isSubject(subject, sale)
          ? "subject_itself"
          : kindOf(sale) !== kindOf(subject)
            ? "other_kind"
            : (sale.currency ?? currency) !== currency
              ? "other_currency"
              : sale.price > mostPrice
                ? "out_of_line"
                : undefined;
    if (code) rejected.push(reject(subject, sale, code));
    else comparable.push(sale);
  }
  const suspects = nonMarketTransfers(comparable);
  for (const sale of comparable) {
    const code = suspects.get(sale);
    if (code && neverEvidence.includes(code)) rejected.push(reject(subject, sale, code));
    else usable.push(sale);
  }
  return { usable, rejected, suspects };
}

const isSubject = (subject: Subject, sale: Sale) =>
  (subject.id !== undefined && subject.id === sale.id) || isSameHome(subject, sale);

/** Everything later keeps this order among equals, so the order of the candidates changes nothing. */
function inFixedOrder(sales: readonly Sale[]): Sale[] {
  return sales
    .map((sale) => ({ sale, key: `${sale.sale_date} ${sale.id} ${JSON.stringify(sale)}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ sale }) => sale);
}
