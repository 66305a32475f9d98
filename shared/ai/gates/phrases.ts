import { isStop, type Token } from "./tokens.ts";

/**
 * Phrases are written as they are said, in small letters: words, `(one|two words|three)`, `<class>` of a vocabulary, a
 * `?` behind what may be absent, `~3` for up to three words between, `#` for digits, `>>` for the rest of the sentence,
 * and the marks `,` `+` and `.` (which stands for the end of a sentence, too). They are matched word by word and never
 * by a regular expression, so no text can make them slow.
 */
export type Phrase = string;
export type Vocabulary = Readonly<Record<string, readonly string[]>>;

type Part =
  | { readonly word: string }
  | { readonly gap: number }
  | { readonly any: "number" | "rest" }
  | { readonly of: readonly (readonly Part[])[] };
type Optional = { readonly optional: Part };
type Element = Part | Optional;

/** A set of phrases that can be looked for together; each belongs to a `T`, such as a rule. */
export interface Phrasebook<T> {
  /** Every word that the phrases know. */
  readonly words: ReadonlySet<string>;
  readonly starting: ReadonlyMap<string, readonly Entry<T>[]>;
}

interface Entry<T> {
  /** What follows the first word. */
  readonly rest: readonly Element[];
  /** The words one of which must come next; undefined where any may, or none. */
  readonly next: ReadonlySet<string> | undefined;
  readonly of: T;
}

/** A phrase found: tokens `from` to `to`, the last not included. */
export interface Found<T> {
  readonly of: T;
  readonly from: number;
  readonly to: number;
}

/** Reads phrases once, so that many texts can be searched. Throws on a phrase that cannot be read. */
export function phrasebook<T>(
  entries: Iterable<{ readonly of: T; readonly phrases: readonly Phrase[] }>,
  vocabulary: Vocabulary = {},
): Phrasebook<T> {
  const words = new Set<string>();
  const starting = new Map<string, Entry<T>[]>();
  for (const { of, phrases } of entries)
    for (const phrase of phrases) {
      const elements = read(phrase, vocabulary);
      gather(elements, words);
      for (const [word, rest] of beginnings(elements)) {
        if (word === undefined) throw new Error(`A phrase must begin with a word: ${phrase}`);
        const next = firstWords(rest);
        const there = starting.get(word);
        if (there) there.push({ rest, next, of });
        else starting.set(word, [{ rest, next, of }]);
      }
    }
  return { words, starting };
}

/** All places of all phrases, each as long as it can be; the same phrase may be found inside another. */
export function findAll<T>({ starting }: Phrasebook<T>, tokens: readonly Token[]): Found<T>[] {
  const found: Found<T>[] = [];
  for (const [from, { word }] of tokens.entries()) {
    const next = tokens[from + 1]?.word ?? ".";
    for (const start of numeric(word) ? [word, "#"] : [word])
      for (const { rest, next: expected, of } of starting.get(start) ?? []) {
        if (expected && !expected.has(next) && !(numeric(next) && expected.has("#"))) continue;
        const ends = endsOf(rest, tokens, from + 1);
        if (ends.length > 0) found.push({ of, from, to: Math.max(...ends) });
      }
  }
  return found;
}

const numeric = (word: string) => /^\d+$/.test(word);

/** All positions at which the elements can end when they begin at `from`. */
function endsOf(elements: readonly Element[], tokens: readonly Token[], from: number): number[] {
  let at = [from];
  for (const element of elements) {
    at = [...new Set(at.flatMap((one) => endsOfOne(element, tokens, one)))];
    if (at.length === 0) break;
  }
  return at;
}

function endsOfOne(element: Element, tokens: readonly Token[], at: number): number[] {
  if ("optional" in element) return [at, ...endsOfOne(element.optional, tokens, at)];
  if ("of" in element) return element.of.flatMap((one) => endsOf(one, tokens, at));
  const token = tokens[at];
  if ("word" in element) {
    if (element.word === ".") return token === undefined ? [at] : isStop(token) ? [at + 1] : [];
    return token?.word === element.word ? [at + 1] : [];
  }
  if ("any" in element) {
    if (element.any === "number") return token && numeric(token.word) ? [at + 1] : [];
    let to = at;
    while (tokens[to] && !isStop(tokens[to]!)) to++;
    return [to];
  }
  const ends = [at];
  for (let to = at; to < at + element.gap && tokens[to] && !isStop(tokens[to]!); to++) ends.push(to + 1);
  return ends;
}

/** The words with which the elements can begin; undefined where they can begin with any, or be empty. */
function firstWords(elements: readonly Element[]): Set<string> | undefined {
  const first = beginnings(elements).map(([word]) => word);
  // Another mark than a full stop may end a sentence.
  return first.includes(undefined) || first.includes(".") ? undefined : new Set(first as string[]);
}

/** The words with which the elements can begin, each with what follows; undefined for any word, or none. */
function beginnings(elements: readonly Element[]): [string | undefined, readonly Element[]][] {
  const [first, ...rest] = elements;
  if (first === undefined) return [[undefined, []]];
  if ("optional" in first) return [...beginnings([first.optional, ...rest]), ...beginnings(rest)];
  if ("of" in first) return first.of.flatMap((one) => beginnings([...one, ...rest]));
  if ("word" in first) return [[first.word, rest]];
  return [["any" in first && first.any === "number" ? "#" : undefined, rest]];
}

function gather(elements: readonly Element[], words: Set<string>): void {
  for (const element of elements) {
    const part = "optional" in element ? element.optional : element;
    if ("word" in part) words.add(part.word);
    if ("of" in part) for (const one of part.of) gather(one, words);
  }
}

function read(phrase: Phrase, vocabulary: Vocabulary): Element[] {
  const pieces = phrase.match(/[()|?]|>>|~\d|<[\w ]+>|#|[^\s()|?<>~#]+/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new Error(`Not a phrase: ${phrase}`);
  };
  function sequence(): Element[] {
    const elements: Element[] = [];
    for (; at < pieces.length && pieces[at] !== ")" && pieces[at] !== "|"; ) {
      const part = one(pieces[at++]!);
      if (pieces[at] === "?") {
        at++;
        elements.push({ optional: part });
      } else elements.push(part);
    }
    return elements;
  }
  function one(piece: string): Part {
    if (piece === "(") {
      const of = [sequence()];
      while (pieces[at] === "|") {
        at++;
        of.push(sequence());
      }
      if (pieces[at++] !== ")") fail();
      return { of: of as Part[][] };
    }
    if (piece.startsWith("~")) return { gap: Number(piece.slice(1)) };
    if (piece === ">>") return { any: "rest" };
    if (piece === "#") return { any: "number" };
    if (piece.startsWith("<")) {
      const said = vocabulary[piece.slice(1, -1)] ?? fail();
      return { of: said.map((words) => read(words, vocabulary) as Part[]) };
    }
    return piece === "?" ? fail() : { word: piece };
  }
  const elements = sequence();
  return at < pieces.length || elements.length === 0 ? fail() : elements;
}
