import type { Token } from "./tokens.ts";

const digits: Readonly<Record<string, string>> = { 0: "o", 1: "i", 3: "e", 4: "a", 5: "s", 7: "t" };

/**
 * The tokens with disguised words read as what they stand for: digits for letters (k1ds), letters set apart
 * (n o k i d s, k.i.d.s), and words run together where something shows that (a hashtag, an invisible character). Only
 * words that the rules know are read so; everything else stays.
 */
export function undisguised(tokens: readonly Token[], known: ReadonlySet<string>, text: string): Token[] {
  return apart(
    tokens.flatMap((token) => digitsRead(token, known)),
    known,
    text,
  ).flatMap((token) =>
    token.disguised && !known.has(token.word) ? (partsOf(token, known) ?? [token]) : [token],
  );
}

function digitsRead(token: Token, known: ReadonlySet<string>): Token[] {
  const { word } = token;
  if (known.has(word) || !/\d/.test(word) || !/[a-z]/.test(word)) return [token];
  const read = word.replace(/[013457]/g, (digit) => digits[digit]!);
  const other = word.replace(/[013457]/g, (digit) => (digit === "1" ? "l" : digits[digit]!));
  const found = [read, other].find((one) => known.has(one));
  return [found === undefined ? token : { ...token, word: found }];
}

/** Joins single letters that stand apart by one and the same character; a wider gap parts words. */
function apart(tokens: readonly Token[], known: ReadonlySet<string>, text: string): Token[] {
  const read: Token[] = [];
  for (let at = 0; at < tokens.length; ) {
    const run = lettersFrom(tokens, at, text);
    const joined = run.length >= 3 ? words(run, known) : undefined;
    if (joined) {
      read.push(...joined);
      at = tokens.indexOf(run.at(-1)!.last) + 1;
    } else read.push(tokens[at++]!);
  }
  return read;
}

/** Letters that are read together at most: a sentence of disguised words. */
const longestRun = 30;

interface Letter {
  readonly token: Token;
  /** The letter itself or the dot behind it. */
  readonly last: Token;
  readonly parted: boolean;
}

function lettersFrom(tokens: readonly Token[], from: number, text: string): Letter[] {
  const run: Letter[] = [];
  for (let at = from; at < tokens.length && run.length < longestRun; ) {
    const token = tokens[at]!;
    if (!/^[a-z]$/.test(token.word)) break;
    const previous = run.at(-1);
    const gap = previous ? text.slice(previous.last.span[1], token.span[0]) : "";
    if (gap.length > 3 || /\n\s*\n/.test(gap)) break;
    const dot = tokens[at + 1];
    const dotted = dot?.word === "." && dot.span[0] === token.span[1];
    run.push({ token, last: dotted ? dot : token, parted: gap.length > 1 });
    at += dotted ? 2 : 1;
  }
  return run;
}

/** A run of letters as the words that rules know; undefined where it cannot be read so. */
function words(run: readonly Letter[], known: ReadonlySet<string>): Token[] | undefined {
  const groups: Letter[][] = [];
  for (const letter of run) {
    if (letter.parted || groups.length === 0) groups.push([]);
    groups.at(-1)!.push(letter);
  }
  const read = groups.flatMap((group) => {
    const word = group.map(({ token }) => token.word).join("");
    const starts = group.map(({ token }) => token.span[0]);
    const ends = group.map(({ token }) => token.span[1]);
    return (
      split(word, known)?.map(
        ([from, to]): Token => ({
          word: word.slice(from, to),
          span: [starts[from]!, ends[to - 1]!],
        }),
      ) ?? [undefined]
    );
  });
  return read.some((one) => one === undefined) ? undefined : (read as Token[]);
}

/** A word run together, as its parts; all have the span of the whole. */
function partsOf(token: Token, known: ReadonlySet<string>): Token[] | undefined {
  return split(token.word, known)?.map(([from, to]) => ({
    word: token.word.slice(from, to),
    span: token.span,
  }));
}

/** The fewest known words of two letters and more that a word is made of. */
function split(word: string, known: ReadonlySet<string>): [number, number][] | undefined {
  if (word.length > 60) return undefined;
  const best: ([number, number][] | undefined)[] = [[]];
  for (let to = 1; to <= word.length; to++)
    for (let from = 0; from < to; from++) {
      const before = best[from];
      if (before === undefined || !known.has(word.slice(from, to))) continue;
      if (to - from < 2 && word.length > 1) continue;
      if (best[to] === undefined || before.length + 1 < best[to]!.length) best[to] = [...before, [from, to]];
    }
  return best[word.length];
}
