import { distanceKm } from "../geo.ts";
import { type Rejected, type Rejection, rejections } from "./analysis.ts";
import { round } from "./market-statistics.ts";
import { kindOf, type Sale, type Subject } from "./sale.ts";

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

/** The grid counts in whole money, exactly: beyond these no currency has a home. */
const [leastPrice, mostPrice] = [1, 1e13];

/** Parts the candidates that may be evidence at all from those that may not; neither depends on their order. */
export function screen(
  subject: Subject,
  candidates: readonly Sale[],
  effectiveDate: string,
  currency: string,
): { usable: Sale[]; rejected: Rejected[] } {
  const usable: Sale[] = [];
  const rejected: Rejected[] = [];
  const seen = new Set<string>();
  for (const sale of inFixedOrder(candidates)) {
    const same = `${sale.sale_date} ${sale.price} ${sale.lat} ${sale.lon} ${sale.size_sqft}`;
    const code: Rejection | undefined =
      sale.sale_date >= effectiveDate
        ? "not_before"
        : isSubject(subject, sale)
          ? "subject_itself"
          : kindOf(sale) !== kindOf(subject)
            ? "other_kind"
            : (sale.currency ?? currency) !== currency
              ? "other_currency"
              : sale.price < leastPrice || sale.price > mostPrice
                ? "out_of_line"
                : seen.has(same)
                  ? "duplicate"
                  : undefined;
    seen.add(same);
    if (code) rejected.push(reject(subject, sale, code));
    else usable.push(sale);
  }
  return { usable, rejected };
}

function isSubject(subject: Subject, sale: Sale): boolean {
  if (subject.id !== undefined && subject.id === sale.id) return true;
  const sameAddress = subject.address !== undefined && plain(subject.address) === plain(sale.address);
  return sameAddress && subject.size_sqft === sale.size_sqft;
}

const plain = (address: string | undefined) =>
  address
    ?.toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim();

/** Everything later keeps this order among equals, so the order of the candidates changes nothing. */
function inFixedOrder(sales: readonly Sale[]): Sale[] {
  return sales
    .map((sale) => ({ sale, key: `${sale.sale_date} ${sale.id} ${JSON.stringify(sale)}` }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ sale }) => sale);
}
