import { readFileSync } from "node:fs";
import type { FactRecord } from "../../shared/ai/gates/facts.ts";
import { checkFacts } from "../../shared/ai/gates/facts.ts";
import { fairHousing, type Without } from "../../shared/ai/gates/fair-housing.ts";

type Verdict = "allow" | "review" | "block";

/** A phrase and what the fair-housing gate should say of it. */
export interface Phrase {
  readonly text: string;
  readonly on: "listing" | "chat" | "email";
  readonly expect: Verdict;
  readonly class: string;
  /** Where the home is; CA, whose law names the most, unless said. */
  readonly state?: string;
}
/** A listing text, a record, and the parts of the text that the record does not hold. */
export interface Claimed {
  readonly text: string;
  readonly record: FactRecord;
  readonly wrong: readonly string[];
  readonly class: string;
}
export type Item = Phrase | Claimed;

/** The day as of which the sets are measured. */
export const measuredOn = new Date("2026-06-01T00:00:00Z");

const isClaimed = (item: Item): item is Claimed => "wrong" in item;

/** Items of a set beside this file: one JSON object a line. */
export const readSet = (name: string): Item[] =>
  readFileSync(new URL(name, import.meta.url), "utf8")
    .split("\n")
    .filter((line) => line.trim() !== "")
    .map((line) => JSON.parse(line) as Item);

/** What the fair-housing gate says of a phrase: its most severe check. */
export function verdictOf({ text, state = "CA" }: Phrase, without: Without = {}): Verdict {
  const severities = fairHousing(text, { on: measuredOn, state }, without).map(({ severity }) => severity);
  return severities.includes("block") ? "block" : severities.length > 0 ? "review" : "allow";
}

/** Counts of one class: precision is right / raised, recall is right / (right + missed). */
export interface Count {
  readonly class: string;
  readonly items: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}
export const precision = ({ right, wrong }: Count): number =>
  right + wrong === 0 ? 1 : right / (right + wrong);
export const recall = ({ right, missed }: Count): number =>
  right + missed === 0 ? 1 : right / (right + missed);

export interface Figures {
  /** Per class, of phrases: blocks. */
  readonly blocks: readonly Count[];
  /** Per class, of phrases: blocks and reviews alike. */
  readonly raised: readonly Count[];
  /** Per class, of claims: spans that are not ok. */
  readonly facts: readonly Count[];
  /** Whatever went otherwise than the set says. */
  readonly misses: readonly string[];
}

/** Measures both gates on a set. */
export function figuresOf(items: readonly Item[], without: Without = {}): Figures {
  const misses: string[] = [];
  const phrases = items.filter((item): item is Phrase => !isClaimed(item));
  const verdicts = phrases.map((item) => ({ item, verdict: verdictOf(item, without) }));
  for (const { item, verdict } of verdicts)
    if (verdict !== item.expect) misses.push(`${item.class}: ${verdict}, not ${item.expect}: ${item.text}`);
  const claims = items.filter(isClaimed).map((item) => {
    const spans = checkFacts(item.text, item.record).filter(({ ok }) => !ok);
    const places = item.wrong.map((part) => [part, item.text.indexOf(part)] as const);
    const touches = ([part, at]: readonly [string, number], [start, end]: readonly [number, number]) =>
      start < at + part.length && at < end;
    const right = places.filter((place) => spans.some(({ span }) => touches(place, span)));
    const wrong = spans.filter(({ span }) => !places.some((place) => touches(place, span)));
    for (const place of places)
      if (!right.includes(place)) misses.push(`${item.class}: not seen: ${place[0]}: ${item.text}`);
    for (const { span } of wrong)
      misses.push(`${item.class}: falsely not ok: ${item.text.slice(...span)}: ${item.text}`);
    return {
      class: item.class,
      right: right.length,
      wrong: wrong.length,
      missed: places.length - right.length,
    };
  });
  return {
    blocks: count(
      verdicts.map(({ item, verdict }) => tally(item.class, item.expect === "block", verdict === "block")),
    ),
    raised: count(
      verdicts.map(({ item, verdict }) => tally(item.class, item.expect !== "allow", verdict !== "allow")),
    ),
    facts: count(claims),
    misses,
  };
}

const tally = (of: string, expected: boolean, raised: boolean) => ({
  class: of,
  right: Number(expected && raised),
  wrong: Number(!expected && raised),
  missed: Number(expected && !raised),
});

/** Counts per class, and of all of them. */
function count(tallies: readonly Omit<Count, "items">[]): Count[] {
  const sum = (of: string, some: readonly Omit<Count, "items">[]): Count => ({
    class: of,
    items: some.length,
    right: some.reduce((total, { right }) => total + right, 0),
    wrong: some.reduce((total, { wrong }) => total + wrong, 0),
    missed: some.reduce((total, { missed }) => total + missed, 0),
  });
  const classes = [...new Set(tallies.map((one) => one.class))];
  return [
    ...classes.map((of) =>
      sum(
        of,
        tallies.filter((one) => one.class === of),
      ),
    ),
    sum("all", tallies),
  ];
}
