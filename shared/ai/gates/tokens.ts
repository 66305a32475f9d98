import type { Span } from "./finding.ts";

/** A word, a number or a mark of a text; `word` is folded, `span` is where it is in the text as it was given. */
export interface Token {
  readonly word: string;
  readonly span: Span;
  /** Written in an unusual way: with invisible characters or symbols inside, or as a hashtag. */
  readonly disguised?: true;
}

/** Marks at which a phrase ends. */
export const isStop = ({ word }: Token): boolean => word === "." || word === "?";

/** Letters of other scripts that look like Latin ones. */
const lookalikes: Readonly<Record<string, string>> = {
  ...{
    а: "a",
    е: "e",
    о: "o",
    р: "p",
    с: "c",
    х: "x",
    у: "y",
    і: "i",
    ѕ: "s",
    ј: "j",
    һ: "h",
    ԁ: "d",
    к: "k",
  },
  ...{
    м: "m",
    т: "t",
    в: "b",
    н: "h",
    ο: "o",
    α: "a",
    ε: "e",
    ι: "i",
    κ: "k",
    ν: "v",
    ρ: "p",
    τ: "t",
    υ: "u",
  },
  ...{ χ: "x", ı: "i", ɡ: "g", ⅼ: "l", ø: "o", ł: "l" },
};
/** What stands for a letter within a word. */
const symbols: Readonly<Record<string, string>> = { "@": "a", $: "s", "!": "i" };
/** What means the same as a word or another mark. */
const marks: Readonly<Record<string, string>> = {
  ...{ "!": ".", ";": ".", "…": ".", "|": ".", "•": ".", "·": ".", "?": "?", ".": ".", "+": "+", "&": "and" },
  ...{ ",": ",", ":": ",", "(": ",", ")": ",", "/": ",", "\u2014": ",", "\u2013": ",", "🚫": "no", "%": "%" },
};

/** Words whose full stop ends no sentence. */
const shortened = /^(?:st|mt|ft|dr|mr|mrs|ms|sq|approx|ave|blvd|bldg|apt|incl|vs|etc)$/;

const ignorable = /^[\p{Default_Ignorable_Code_Point}\p{Mn}]$/u;
const letter = /^[\p{L}\p{N}]$/u;
const apostrophe = /^['\u2018\u2019\u02bc\uff07]$/;
const space = /^[\s\u2028\u2029]$/u;

interface Piece {
  readonly text: string;
  readonly at: number;
  readonly end: number;
  readonly kind: "letter" | "ignorable" | "apostrophe" | "space" | "other";
}

function* piecesOf(text: string): Generator<Piece> {
  let at = 0;
  for (const point of text) {
    const end = at + point.length;
    yield { text: point, at, end, kind: kindOf(point) };
    at = end;
  }
}

function kindOf(point: string): Piece["kind"] {
  if (point < "\u0080") {
    if (/[a-z0-9]/i.test(point)) return "letter";
    return point === "'" ? "apostrophe" : space.test(point) ? "space" : "other";
  }
  if (ignorable.test(point)) return "ignorable";
  if (apostrophe.test(point)) return "apostrophe";
  if (letter.test(point)) return "letter";
  return space.test(point) ? "space" : "other";
}

/** A character as it is compared: NFKD, lower case, without marks, Latin where it looks so. */
function fold(point: string): string {
  if (point < "\u0080") return point.toLowerCase();
  const plain = point
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{Mn}/gu, "");
  return [...plain].map((one) => lookalikes[one] ?? one).join("");
}

/**
 * The words and marks of a text. Full-width and accented letters, curly quotes, invisible characters, soft hyphens and
 * words that a hyphen breaks over two lines are read as what they look like; hyphens and line breaks part words, an
 * empty line ends the phrase.
 */
export function tokensOf(text: string): Token[] {
  const pieces = [...piecesOf(text)];
  const tokens: Token[] = [];
  let word = "";
  let start = 0;
  let end = 0;
  let disguised = false;
  const finish = () => {
    if (word !== "") tokens.push({ word, span: [start, end], ...(disguised ? { disguised: true } : {}) });
    word = "";
    disguised = false;
  };
  const add = (said: string, { at, end: to }: Piece) => {
    if (word === "") start = at;
    word += said;
    end = to;
  };
  for (let index = 0; index < pieces.length; index++) {
    const piece = pieces[index]!;
    const next = pieces[index + 1];
    const touches = next?.kind === "letter";
    switch (piece.kind) {
      case "letter":
        add(fold(piece.text), piece);
        break;
      case "ignorable":
        if (word !== "" && touches && !/\p{Mn}/u.test(piece.text)) disguised = true;
        break;
      case "apostrophe":
        if (word !== "" && touches) add("'", piece);
        else finish();
        break;
      case "space":
        finish();
        if (isEmptyLine(pieces, index)) tokens.push({ word: ".", span: [piece.at, piece.end] });
        break;
      default: {
        const broken = piece.text === "-" && word !== "" ? lineBreakAfter(pieces, index) : 0;
        if (broken > 0) {
          index += broken;
          disguised = true;
        } else if (piece.text === "#" && touches && word === "") disguised = true;
        else if (isInside(piece, word, pieces, index)) {
          const said = symbols[piece.text];
          if (said) add(said, piece);
          disguised = true;
        } else {
          finish();
          const last = tokens.at(-1);
          if (piece.text === "." && last?.span[1] === piece.at && shortened.test(last.word)) break;
          const mark = marks[piece.text] ?? marks[piece.text.normalize("NFKC")];
          if (mark) tokens.push({ word: mark, span: [piece.at, piece.end] });
        }
      }
    }
  }
  finish();
  return tokens;
}

/** How many pieces of space with a line break follow before a small letter: a word that was broken at a line's end. */
function lineBreakAfter(pieces: readonly Piece[], index: number): number {
  let to = index + 1;
  let breaks = 0;
  for (; pieces[to]?.kind === "space"; to++) if (/[\n\r]/.test(pieces[to]!.text)) breaks++;
  const next = pieces[to]?.text ?? "";
  return breaks > 0 && /\p{Ll}/u.test(next) ? to - index - 1 : 0;
}

/** A second line break with nothing but spaces between: the piece is that second one. */
function isEmptyLine(pieces: readonly Piece[], index: number): boolean {
  if (pieces[index]!.text !== "\n") return false;
  for (let back = index - 1; pieces[back]?.kind === "space"; back--)
    if (pieces[back]!.text === "\n") return true;
  return false;
}

/** Whether a symbol belongs to a word: k!ds, ki*ds, kid$, $ection. */
function isInside({ text }: Piece, word: string, pieces: readonly Piece[], index: number): boolean {
  const next = pieces[index + 1];
  const joins = next?.kind === "letter" && /\p{L}/u.test(next.text);
  const follows = /[\p{L}]$/u.test(word);
  if (text === "$") return (follows && next?.kind !== "letter") || joins;
  if (text === "@" || text === "!" || /[*_~^`]/.test(text)) return follows && joins;
  return false;
}
