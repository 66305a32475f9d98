/**
 * Phrases are written as they are said, in small letters: words, `(one|two words|three)`, `<class>` of a vocabulary, a
 * `?` behind what may be absent, `~3` for up to three words between, `#` for digits, `>>` for the rest of the sentence,
 * and the marks `,` `+` `%` and `.` (which stands for the end of a sentence, too).
 */
export type Phrase = string;
/** Kinds of words by name; what is listed may be phrases, too. */
export type Vocabulary = Readonly<Record<string, readonly Phrase[]>>;

/** A phrase as it was read. */
export type Part =
  | { readonly word: string }
  | { readonly gap: number }
  | { readonly any: "number" | "rest" }
  | { readonly of: readonly Sequence[] };
export type Element = Part | { readonly optional: Part };
export type Sequence = readonly Element[];

/** Reads a phrase; throws on one that cannot be read. */
export function readPhrase(phrase: Phrase, vocabulary: Vocabulary): Sequence {
  const pieces = phrase.match(/[()|?]|>>|~\d|<[\w ]+>|#|[^\s()|?<>~#]+/g) ?? [];
  let at = 0;
  const fail = (): never => {
    throw new Error(`Not a phrase: ${phrase}`);
  };
  function sequence(): Element[] {
    const elements: Element[] = [];
    while (at < pieces.length && pieces[at] !== ")" && pieces[at] !== "|") {
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
      return { of };
    }
    if (piece.startsWith("~")) return { gap: Number(piece.slice(1)) };
    if (piece === ">>") return { any: "rest" };
    if (piece === "#") return { any: "number" };
    if (piece.startsWith("<")) {
      const said = vocabulary[piece.slice(1, -1)] ?? fail();
      return { of: said.map((words) => readPhrase(words, vocabulary)) };
    }
    return piece === "?" ? fail() : { word: piece };
  }
  const elements = sequence();
  return at < pieces.length || elements.length === 0 ? fail() : elements;
}
