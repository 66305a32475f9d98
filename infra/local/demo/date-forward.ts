const millisecondsPerWeek = 7 * 86_400_000;
/** How the file writes a date: 20150527T000000. */
const dates = /\b(\d{4})(\d\d)(\d\d)T000000\b/g;

/**
 * The King County file with every date moved forward by the same whole weeks, the most that leave the last sale before
 * today; all else, and its length, stays as it is. Whole weeks, because homes are sold on weekdays.
 */
export function dateForward(
  file: Uint8Array,
  today: Date,
): { readonly csv: Uint8Array<ArrayBuffer>; readonly weeks: number } {
  const text = new TextDecoder().decode(file);
  const timeOf = (year: string, month: string, day: string) => Date.UTC(+year, +month - 1, +day);
  let last = 0;
  for (const [, year, month, day] of text.matchAll(dates)) last = Math.max(last, timeOf(year!, month!, day!));
  const midnight = Math.floor(today.getTime() / 86_400_000) * 86_400_000;
  const weeks = Math.max(0, Math.floor((midnight - 1 - last) / millisecondsPerWeek));
  const moved = text.replace(dates, (_, year, month, day) => {
    const date = new Date(timeOf(year, month, day) + weeks * millisecondsPerWeek);
    return `${date.toISOString().slice(0, 10).replaceAll("-", "")}T000000`;
  });
  return { csv: new TextEncoder().encode(moved), weeks };
}
