/** How a text softens a number. */
export type Hedge = "exact" | "about" | "under" | "over";

/** "About 2,000" may be off by this share. */
const about = 0.025;
/** "Nearly 2,000" and "over 2,000" may be off by this share, to the side that they say. */
const aside = 0.05;

const before: readonly (readonly [Hedge, RegExp])[] = [
  [
    "about",
    /(?:\b(?:about|approximately|approx\.?|around|roughly|some|circa|ca\.?|c\.|close to|in the neighborhood of|give or take)|~|±)\s*(?:a |an )?[$~]?$/i,
  ],
  [
    "under",
    /\b(?:nearly|almost|just under|under|less than|a little under|just shy of|shy of|below|not quite)\s*(?:a |an |the )?\$?$/i,
  ],
  [
    "over",
    /\b(?:over|more than|just over|upwards of|a little over|at least|in excess of|better than|above)\s*(?:a |an |the )?\$?$/i,
  ],
];

/** How the number at a place of a text is softened, by the words before it and what follows (1,800+; 1,800 or so). */
export function hedgeAt(text: string, [start, end]: readonly [number, number]): Hedge {
  const lead = text.slice(Math.max(0, start - 30), start);
  const found = before.find(([, pattern]) => pattern.test(lead));
  if (found) return found[0];
  if (/^\s?\+/.test(text.slice(end))) return "over";
  if (/^(?:\s\S+){0,2}\s(?:or so|more or less|\+\/-)/.test(text.slice(end, end + 40))) return "about";
  return "exact";
}

/** Whether a number says a record's: exactly, to the whole where the record has a fraction, or within its hedge. */
export function says(value: number, known: number, hedge: Hedge): boolean {
  if (close(value, known)) return true;
  if (!Number.isInteger(known) && known >= 100 && value === Math.round(known)) return true;
  if (hedge === "about") return Math.abs(value - known) <= known * about;
  if (hedge === "under") return known <= value && known >= value * (1 - aside);
  if (hedge === "over") return known >= value && known <= value * (1 + aside);
  return false;
}

/** Whether a converted number, such as acres of square feet, is right to two decimals, or within its hedge. */
export const saysConverted = (
  value: number,
  known: number,
  decimals: number | undefined,
  hedge: Hedge,
): boolean =>
  Math.abs(value - known) <= 0.5 * 10 ** -Math.max(2, decimals ?? 2) + 1e-9 || says(value, known, hedge);

const close = (one: number, other: number) => Math.abs(one - other) < 1e-6 * Math.max(1, Math.abs(other));
