import type { PropertyType } from "../../domain/property.ts";
import type { Span } from "./finding.ts";
import { leveled } from "./reading.ts";

const types: readonly (readonly [PropertyType, RegExp])[] = [
  ["condo", /\b(?:condos?|condominiums?)\b/gi],
  ["townhouse", /\b(?:town-?houses?|town-?homes?|row-?houses?)\b/gi],
  ["multi_family", /\b(?:duplex|triplex|fourplex|four-plex|multi-?family|multifamily)\b/gi],
  ["house", /\b(?:single[\s-]family (?:home|house|residence|detached)|detached (?:home|house|single))\b/gi],
  ["land", /\b(?:vacant (?:land|lot|parcel)|building lot|buildable lot|raw land|undeveloped)\b/gi],
  ["commercial", /\b(?:commercial (?:building|property|space)|office building|retail space|warehouse)\b/gi],
];

/** Where a text says what type a property is. A "home" or "house" may be of any type. */
export const typesIn = (text: string): { readonly type: PropertyType; readonly span: Span }[] =>
  types.flatMap(([type, form]) =>
    [...leveled(text).matchAll(form)].map(({ 0: said, index }) => ({
      type,
      span: [index, index + said.length] as const,
    })),
  );

/** What words for a condition claim, on the record's scale of 1 (poor) to 5 (very good). */
const scale: readonly (readonly [readonly [low: number, high: number], RegExp])[] = [
  [
    [5, 5],
    /\b(?:excellent|pristine|immaculate|mint|impeccable|flawless|very good|perfect|superb|like-new|like new) condition\b/gi,
  ],
  [[5, 5], /\b(?:pristine|immaculate|impeccable|flawless|like new|like-new)(?!\s+condition)\b/gi],
  [[4, 5], /\b(?:great|good|fine|solid) condition\b/gi],
  [[3, 3], /\b(?:average|fair to good) condition\b/gi],
  [[3, 5], /\b(?:move[\s-]?in[\s-]ready|turn[\s-]?key)\b/gi],
  [[1, 2], /\b(?:fair|poor|rough|original) condition\b/gi],
  [
    [1, 3],
    /\b(?:fixer(?:[\s-]upper)?|needs (?:work|tlc|updating)|handyman special|tear[\s-]?down|as[\s-]is)\b/gi,
  ],
];

/** Where a text says what condition a home is in: the words, small. */
export const conditionsIn = (text: string): { readonly words: string; readonly span: Span }[] =>
  scale.flatMap(([, form]) =>
    [...leveled(text).matchAll(form)].map(({ 0: said, index }) => ({
      words: said.toLowerCase().replace(/[\s-]+/g, " "),
      span: [index, index + said.length] as const,
    })),
  );

/** Whether words for a condition fit the record's; unknown fits none. */
export function saysCondition(words: string, condition: number | null | undefined): boolean {
  if (condition == null) return false;
  const range = scale.find(([, form]) => new RegExp(`^(?:${form.source})$`, "i").test(words));
  return range !== undefined && condition >= range[0][0] && condition <= range[0][1];
}
