import type { Failure, Rejected } from "./analysis.ts";

/** Months before the effective date of which there must be a sale. */
const mostMonths = 24;

/** No price can be said: the reason, and what was left out. */
export const noPrice = (failed: string, rejected: readonly Rejected[]): Failure => {
  return { failed, too_old: false, rejected: [...rejected] };
};

/** No price because nothing is left to compare with: by how many sales each reason left out. */
export function nothingLeft(rejected: readonly Rejected[]): Failure {
  const said = "There is no sale to compare this home with.";
  if (rejected.length === 0) return noPrice(said, rejected);
  const reasons = [...Map.groupBy(rejected, ({ reason }) => reason)].sort(
    (a, b) => b[1].length - a[1].length,
  );
  const counts = reasons.map(([reason, { length }]) => `${length}: ${reason}`).join(" ");
  const looked = `${rejected.length} ${rejected.length === 1 ? "was" : "were"} looked at and left out.`;
  return noPrice(`${said} ${looked} ${counts}`, rejected);
}

/** No price because the latest sale is too long ago. */
export function tooOld(latest: string, effectiveDate: string, rejected: readonly Rejected[]): Failure {
  const failed =
    `No price is suggested: the latest sale that this home can be compared with is from ${latest}, more than ` +
    `${mostMonths} months before ${effectiveDate}.`;
  return { failed, too_old: true, rejected: [...rejected] };
}

/** The day from which on a sale is recent enough; dates compare as text, so the 29th of February needs no care. */
export const oldestFor = (effectiveDate: string): string =>
  `${String(Number(effectiveDate.slice(0, 4)) - mostMonths / 12).padStart(4, "0")}${effectiveDate.slice(4)}`;
