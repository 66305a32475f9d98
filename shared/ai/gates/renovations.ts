import type { Span } from "./finding.ts";
import { isStop, type Token, tokensOf } from "./tokens.ts";

/** A claim that something was renewed: `new` replaces, `redone` improves; what, and when if it is said. */
export interface Renovation {
  readonly kind: "new" | "redone";
  readonly objects: readonly string[];
  readonly year: number | null;
  readonly span: Span;
}

const list = (words: string) => words.split(" ");
const replacing = new Set(list("new newer replaced installed rebuilt"));
const improving = new Set(
  list(
    "retrofit retrofitted renovated renovation renovations remodeled remodelled remodel updated updates upgraded upgrades redone refreshed refinished restored " +
      "restoration repainted painted modernized reimagined rehabbed overhauled improved makeover gutted revamped update upgrade",
  ),
);

/** What can be renewed, by the words that name it. */
const things: Readonly<Record<string, string>> = {
  ...{ roof: "roof", shingles: "roof", kitchen: "kitchen", kitchens: "kitchen", bath: "bath", baths: "bath" },
  ...{
    bathroom: "bath",
    bathrooms: "bath",
    furnace: "heating",
    heating: "heating",
    boiler: "heating",
    hvac: "heating",
  },
  ...{
    pump: "heating",
    ac: "heating",
    windows: "windows",
    window: "windows",
    floors: "floors",
    floor: "floors",
  },
  ...{ flooring: "floors", hardwoods: "floors", hardwood: "floors", carpet: "carpet", carpets: "carpet" },
  ...{ carpeting: "carpet", paint: "paint", painted: "paint", repainted: "paint", appliances: "appliances" },
  ...{
    refrigerator: "appliances",
    dishwasher: "appliances",
    range: "appliances",
    plumbing: "plumbing",
    pipes: "plumbing",
  },
  ...{
    wiring: "electrical",
    electrical: "electrical",
    panel: "electrical",
    heater: "water heater",
    siding: "siding",
  },
  ...{ deck: "deck", fence: "fence", fencing: "fence", driveway: "driveway", foundation: "foundation" },
  ...{
    basement: "basement",
    counters: "counters",
    countertops: "counters",
    cabinets: "cabinets",
    cabinetry: "cabinets",
  },
  ...{
    insulation: "insulation",
    sewer: "sewer",
    systems: "systems",
    interior: "interior",
    exterior: "exterior",
  },
  ...{
    landscaping: "landscaping",
    fixtures: "fixtures",
    lighting: "fixtures",
    gutters: "gutters",
    garage: "garage",
  },
  ...{ porch: "porch", patio: "patio", doors: "doors", door: "doors", chimney: "chimney", suite: "suite" },
  ...{
    throughout: "home",
    home: "home",
    house: "home",
    condo: "home",
    townhouse: "home",
    unit: "home",
    top: "home",
  },
  ...{
    bungalow: "home",
    craftsman: "home",
    property: "home",
    residence: "home",
    townhome: "home",
    rambler: "home",
  },
  ...{
    completely: "home",
    inside: "home",
    everything: "home",
    finishes: "finishes",
    vanity: "bath",
    shower: "bath",
    septic: "septic",
  },
};
/** What is new without having been renewed. */
const notRenewed = new Set(
  list(
    "to price listing owner owners construction build home house chapter york england market buyer buyers year on condo townhouse townhome owner's beginning memories",
  ),
);

/** The renovations that a text claims, in its order. */
export function renovationsIn(text: string): Renovation[] {
  const tokens = tokensOf(text);
  return tokens.flatMap((token, at) => renovationAt(tokens, at, token) ?? datedThing(tokens, at) ?? []);
}

/** "2018 roof" and "Roof (2018)" say when it was new. */
function datedThing(tokens: readonly Token[], at: number): Renovation | undefined {
  if (!isYear(tokens[at]!.word)) return undefined;
  if (isBesideChange(tokens, at)) return undefined;
  const next = at + 1;
  const previous = /^(,|of|from|in)$/.test(tokens[at - 1]?.word ?? "") ? at - 2 : at - 1;
  const beside = [next, previous].find((index) => {
    const thing = things[tokens[index]?.word ?? ""];
    return thing !== undefined && thing !== "home";
  });
  if (beside === undefined) return undefined;
  const [first, last] = [Math.min(at, beside), Math.max(at, beside)];
  return {
    kind: "new",
    objects: [things[tokens[beside]!.word]!],
    year: Number(tokens[at]!.word),
    span: [tokens[first]!.span[0], tokens[last]!.span[1]],
  };
}

/** Whether a change, or "built", is in the same part of the sentence: then the year is of that. */
function isBesideChange(tokens: readonly Token[], at: number): boolean {
  for (const step of [1, -1])
    for (let index = at + step; tokens[index] && Math.abs(index - at) < 4; index += step) {
      const token = tokens[index]!;
      if (isStop(token) || (token.word === "," && index !== at - 1)) break;
      if (isChange(token.word) || token.word === "built") return true;
    }
  return false;
}

const isYear = (word: string) => /^(19|20)\d\d$/.test(word);

function renovationAt(tokens: readonly Token[], at: number, { word }: Token): Renovation | undefined {
  const isNew = replacing.has(word);
  if (!isNew && !improving.has(word)) return undefined;
  const next = tokens[at + 1]?.word ?? "";
  if ((word === "new" || word === "newer") && (notRenewed.has(next) || isChange(next))) return undefined;
  if (
    /^(update|updates|upgrade|upgrades|improved|painted)$/.test(word) &&
    /^(you|me|us|your|on|price)$/.test(next)
  )
    return undefined;
  const after = reach(tokens, at, 1);
  const before = /^newer?$/.test(word) && next !== "in" ? [] : reach(tokens, at, -1);
  const ahead = thingsAmong(tokens, after);
  // "A porch and a kitchen remodeled in 2019": an article begins another thing.
  const behind = thingsAmong(tokens, before, true);
  const found = ahead.length === 0 || (behind.length > 0 && isSaidOfBefore(tokens, at)) ? behind : ahead;
  const own = things[word];
  const objects = [...found.map((index) => things[tokens[index]!.word]!), ...(own ? [own] : [])];
  if (isNew && objects.length === 0) return undefined;
  const year = yearNear(tokens, at);
  const touched = [at, ...found, ...(year ? [year.at] : [])];
  return {
    kind: isNew ? "new" : "redone",
    objects: objects.length > 0 ? [...new Set(objects)] : ["home"],
    year: year?.year ?? null,
    span: [tokens[Math.min(...touched)]!.span[0], tokens[Math.max(...touched)]!.span[1]],
  };
}

/** "The kitchen was remodeled in 2019" speaks of what stands before it. */
const isSaidOfBefore = (tokens: readonly Token[], at: number): boolean =>
  (/^(was|were|been|is|are|fully|completely|recently|just|all)$/.test(tokens[at - 1]?.word ?? "") &&
    /^(in|by|during|,|\.|\?|throughout|and|with|(19|20)\d\d)$/.test(tokens[at + 1]?.word ?? ".")) ||
  /^(in|by|\.|,|(19|20)\d\d)$/.test(tokens[at + 1]?.word ?? ".");

const isChange = (word: string) => replacing.has(word) || improving.has(word);

/** The tokens from one on, in a direction, until the sentence ends or another change begins; six at most. */
function reach(tokens: readonly Token[], at: number, step: 1 | -1): number[] {
  const reached: number[] = [];
  for (let index = at + step; tokens[index] && Math.abs(index - at) <= 6; index += step) {
    const token = tokens[index]!;
    if (isStop(token) || isChange(token.word)) break;
    if (step === -1 && token.word === ",") break;
    reached.push(index);
  }
  return reached;
}

/** The things next to a change: those up to the first word that ends a list of them. */
function thingsAmong(tokens: readonly Token[], indexes: readonly number[], isBefore = false): number[] {
  const found: number[] = [];
  let free = 3;
  for (const index of indexes) {
    const { word } = tokens[index]!;
    if (isBefore && found.length > 0 && /^(a|an|the)$/.test(word)) break;
    if (things[word]) {
      found.push(index);
      free = 2;
    } else if (/^(with|that|which|features|boasts|offers|near|has|opens|overlooking|to|by|from)$/.test(word))
      break;
    else if (!/^(,|and|the|a|&|both|all|of)$/.test(word) && --free < 0) break;
  }
  return found;
}

function yearNear(tokens: readonly Token[], at: number): { year: number; at: number } | undefined {
  for (const index of [...reach(tokens, at, 1), ...reachBack(tokens, at)]) {
    const { word } = tokens[index]!;
    if (/^(19|20)\d\d$/.test(word) && tokens[index + 1]?.word !== "built")
      return { year: Number(word), at: index };
  }
  return undefined;
}

/** "In 2019, the kitchen was redone": commas do not part a year from it, "built in" does. */
function reachBack(tokens: readonly Token[], at: number): number[] {
  const reached: number[] = [];
  for (let index = at - 1; tokens[index] && at - index <= 7; index--) {
    const { word } = tokens[index]!;
    if (isStop(tokens[index]!)) break;
    // The year belongs to the change before it.
    if (isChange(word)) return [];
    reached.push(index);
  }
  return reached
    .filter(
      (index) =>
        !tokens
          .slice(Math.max(0, index - 2), index)
          .some(({ word }) => /^(built|constructed|circa|since|from)$/.test(word)),
    )
    .filter((index) => tokens[index - 1]?.word === "in" || index === at - 1 || index === at - 2);
}
