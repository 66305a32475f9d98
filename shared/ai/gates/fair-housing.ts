import { undisguised } from "./disguises.ts";
import type { Check } from "./finding.ts";
import { type Found, findAll, type Phrasebook, phrasebook } from "./phrases.ts";
import { allowed } from "./rules/allowed.ts";
import { federal } from "./rules/federal.ts";
import type { Allowed, Rule } from "./rules/rule.ts";
import { states } from "./rules/states.ts";
import { steering } from "./rules/steering.ts";
import { vocabulary } from "./rules/vocabulary.ts";
import { isStop, type Token, tokensOf } from "./tokens.ts";

/** Parts of the gate that a test takes away to show what they are for. */
export interface Without {
  readonly allowList?: true;
  readonly normalisation?: true;
  readonly context?: true;
}

interface Books {
  readonly rules: Phrasebook<Rule>;
  readonly unless: Phrasebook<Rule>;
  readonly allowed: Phrasebook<Allowed>;
}

let books: Books | undefined;
/** Read when first asked for: an import does nothing. */
const booksOf = (): Books => {
  const rules = [...federal, ...steering, ...states];
  books ??= {
    rules: phrasebook(
      rules.map((rule) => ({ of: rule, phrases: rule.phrases })),
      vocabulary,
    ),
    unless: phrasebook(
      rules.map((rule) => ({ of: rule, phrases: rule.unless ?? [] })),
      vocabulary,
    ),
    allowed: phrasebook(
      allowed.map((one) => ({ of: one, phrases: one.phrases })),
      vocabulary,
    ),
  };
  return books;
};

/**
 * What the fair-housing rules of a day object to in a text, in its order. `state` is where the property is (CA); where
 * that is not known, what any state's rule forbids is to be reviewed.
 */
export function fairHousing(
  text: string,
  { on, state }: { readonly on: Date; readonly state?: string | undefined },
  without: Without = {},
): Check[] {
  const { rules, unless, allowed } = booksOf();
  const tokens = without.normalisation ? plainTokens(text) : undisguised(tokensOf(text), rules.words, text);
  const day = on.toISOString().slice(0, 10);
  const here = state?.trim().toUpperCase();
  const sentences = sentencesOf(tokens);
  const mayBeSaid = without.allowList ? [] : findAll(allowed, tokens).filter(({ of }) => isInForce(of, day));
  const takenBack = without.context ? [] : findAll(unless, tokens);
  const checks = findAll(rules, tokens)
    .filter(({ of }) => isInForce(of, day) && holdsIn(of, here))
    .filter((found) => !mayBeSaid.some((one) => holdsOff(one, found)))
    .filter(
      (found) =>
        !takenBack.some((one) => one.of === found.of && sentences[one.from] === sentences[found.from]),
    )
    .filter((found) => without.context || !isRejected(text, tokens, found))
    .map((found) => check(found, tokens, here, without));
  return withoutRepeats(checks);
}

const rejecting =
  /\b(?:illegal|unlawful|prohibited|violat\w*|wording|phrases?|remove|drop|delete|strike|u\.?s\.?c\b|(?:can't|cannot|can\u2019t|may not|must not|don't|don\u2019t|do not) (?:say|use|include|write|print|advertise|put))/i;

/** Whether a phrase is in quotation marks, next to words that say it must not be used. */
function isRejected(text: string, tokens: readonly Token[], { from, to }: Found<Rule>): boolean {
  const [start, end] = [tokens[from]!.span[0], tokens[to - 1]!.span[1]];
  const before = text.slice(Math.max(0, start - 80), start);
  const after = text.slice(end, end + 80);
  const isQuoted =
    /["\u201c][^"\u201c\u201d]{0,40}$/.test(before) && /^[^"\u201c\u201d]{0,40}["\u201d]/.test(after);
  return isQuoted && (rejecting.test(before) || rejecting.test(after));
}

const isInForce = ({ from, until }: { from: string; until?: string }, day: string) =>
  from <= day && (until === undefined || day < until);

const holdsIn = ({ jurisdiction }: Rule, state: string | undefined) =>
  jurisdiction === "US" || state === undefined || jurisdiction === state;

/** Whether an allowed phrase overlaps what a rule found, and is about the same. */
const holdsOff = (one: Found<Allowed>, found: Found<Rule>) =>
  one.from < found.to &&
  found.from < one.to &&
  (one.of.of === undefined || one.of.of.includes(found.of.protects));

function check(
  { of, from, to }: Found<Rule>,
  tokens: readonly Token[],
  state: string | undefined,
  without: Without,
): Check {
  const words = tokens.slice(from, to);
  while (words.length > 1 && /^[.?,]$/.test(words.at(-1)!.word)) words.pop();
  const asks = !without.context && of.inQuestions === "review" && isAsked(tokens, from);
  const unsure = of.jurisdiction !== "US" && state === undefined;
  return {
    rule: of.id,
    severity: asks || unsure ? "review" : of.severity,
    span: [words[0]!.span[0], words.at(-1)!.span[1]],
    message: of.message,
    suggestion: of.suggestion,
  };
}

const interrogative = new Set(
  (
    "is are do does did where which who what what's who's how would will can could should has have was were isn't aren't " +
    "don't doesn't wouldn't why when any"
  ).split(" "),
);

/** Whether a phrase is in a real question: one that begins as questions do, "are you" and "looking for" apart. */
function isAsked(tokens: readonly Token[], from: number): boolean {
  let start = from;
  while (start > 0 && !isStop(tokens[start - 1]!)) start--;
  let end = from;
  while (tokens[end] && !isStop(tokens[end]!)) end++;
  if (tokens[end]?.word !== "?") return false;
  const first = tokens.slice(start, Math.min(start + 4, end)).map(({ word }) => word);
  return first.some(
    (word, index) => interrogative.has(word) && !(/^(are|do)$/.test(word) && first[index + 1] === "you"),
  );
}

/** The number of the sentence that each token is in. */
function sentencesOf(tokens: readonly Token[]): number[] {
  let sentence = 0;
  return tokens.map((token) => (isStop(token) ? sentence++ : sentence));
}

/** In the text's order; of checks that lie within another, only what is more severe stays. */
function withoutRepeats(checks: readonly Check[]): Check[] {
  const weight = ({ severity }: Check) => (severity === "block" ? 1 : 0);
  const length = ({ span }: Check) => span[1] - span[0];
  const kept: Check[] = [];
  for (const one of [...checks].sort((a, b) => weight(b) - weight(a) || length(b) - length(a)))
    if (!kept.some(({ span }) => span[0] <= one.span[0] && one.span[1] <= span[1])) kept.push(one);
  return kept.sort((a, b) => a.span[0] - b.span[0] || a.span[1] - b.span[1]);
}

/** Words without any reading of disguises: what a test compares with. */
function plainTokens(text: string): Token[] {
  return [...text.matchAll(/[a-z0-9']+|[.?,]/g)].map(({ 0: word, index }) => ({
    word,
    span: [index, index + word.length],
  }));
}
