/** The words that records are found by, and those of a search: folded alike, so that they can be compared. */

/** What a record is found by. */
export interface Searched {
  /** Texts, the most important first: each of their words is found by its beginning. */
  readonly texts: readonly (string | null | undefined)[];
  /** Found by the words before the @, and by the longest behind it; the others there (`mail`, `com`) only narrow. */
  readonly emails?: readonly string[];
  /** How many of the words have entries of their own; the others narrow a search and begin none. 12 unless said. */
  readonly most?: number;
  /** Numbers in E.164: found by seven or more of their last digits. */
  readonly phones?: readonly string[];
  /** Names that duplicates are looked for by, as a whole. */
  readonly names?: readonly string[];
}

/** A record's words: those that have entries of their own, and those that only narrow a search. */
export interface Words {
  readonly found: readonly string[];
  /** Domains of emails: many records share one, so no team has entries of them. */
  readonly domains: readonly string[];
  readonly beside: readonly string[];
  /** Phones and whole names as words that no text has: so few records share one that all callers look in one place. */
  readonly signs: readonly string[];
}

/** A search: the word that is looked up by its beginning, and all of them. */
export interface Sought {
  readonly word: string;
  readonly all: readonly string[];
}

const mostWords = 12;
/** Letters of a word that are kept; what is longer is found by these. */
const longestWord = 30;
/** How much of the words that only narrow is kept, in characters: an entry stays within a write unit. */
const longestBeside = 200;
const fewestDigits = 7;

const apostrophes = /['\u2018\u2019\u02bc`\u00b4]/gu;
const marks = /[\p{Mn}\p{Default_Ignorable_Code_Point}]/gu;
const words = /[\p{L}\p{N}\p{Mc}]+/gu;
/** Letters that Unicode does not take apart, and that people without them on the keyboard spell so. */
const spelled: Readonly<Record<string, string>> = {
  ...{ ß: "ss", æ: "ae", œ: "oe", ø: "o", ł: "l", đ: "d", ð: "d", þ: "th", ħ: "h", ŧ: "t", ı: "i", ς: "σ" },
};

/** A text as it is compared: NFKD, without case, marks and apostrophes. */
export const folded = (text: string): string =>
  text
    .replace(apostrophes, "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(marks, "")
    .replace(/[ßæœøłđðþħŧıς]/gu, (letter) => spelled[letter]!);

/** The words of a text, in its order: letters and digits. */
export const wordsIn = (text: string): string[] =>
  (folded(text).match(words) ?? []).map((word) => [...word].slice(0, longestWord).join(""));

/** What street lines have in common: a search by one of these tells least. */
const common = new Set(
  (
    "st street ave avenue rd road dr drive ln lane ct court pl place way blvd boulevard ter terrace cir circle pkwy " +
    "hwy apt unit suite ste n s e w ne nw se sw north south east west northeast northwest southeast southwest the and of"
  ).split(" "),
);

/**
 * The words that tell most first, for whatever is looked up and for what has entries of its own, so that both choose
 * alike: a number of three digits and more (of a house, a postal code), then the longest, what streets have in common
 * last.
 */
const tellingFirst = (one: string, other: string): number =>
  rank(other) - rank(one) || other.length - one.length || (one < other ? -1 : 1);

function rank(word: string): number {
  if (isSign(word)) return 3;
  if (/\d/.test(word) && word.length >= 3) return 2;
  return common.has(word) ? 0 : 1;
}

/** Scripts that write a word in a character or two: one is enough to look a word up by. */
const ideograph = /^[\p{Script_Extensions=Han}\p{Script_Extensions=Hira}\p{Script_Extensions=Kana}]/u;

/** The beginning of a word under which its entries stand; undefined for a word that is too short to be looked up. */
export function startOf(word: string): string | undefined {
  const [first, second] = word;
  if (first !== undefined && ideograph.test(first)) return first;
  return second === undefined ? undefined : `${first}${second}`;
}

/** The words that a record is found by. */
export function wordsOf({ texts, emails = [], phones = [], names = [], most = mostWords }: Searched): Words {
  const parts = emails.map((email) => email.split("@"));
  const hosts = parts.map(([, host = ""]) => wordsIn(host.replace(/\.[^.]*$/, "")).sort(tellingFirst));
  const said = [...texts, ...parts.map(([name]) => name)].flatMap((text) =>
    wordsIn(text ?? "").sort(tellingFirst),
  );
  const found = lookedUp(said).slice(0, most);
  const domains = lookedUp(hosts.flatMap(([first]) => first ?? []))
    .filter((word) => !found.includes(word))
    .slice(0, most);
  const others = [...said, ...hosts.flat(), ...parts.flatMap(([, host = ""]) => wordsIn(host))];
  const beside: string[] = [];
  let length = 0;
  for (const word of new Set(others)) {
    if (found.includes(word) || domains.includes(word)) continue;
    length += word.length + 1;
    if (length > longestBeside) break;
    beside.push(word);
  }
  const signs = [...phones.map(phoneWord), ...names.map(nameWord).filter((one) => one !== "=")];
  return { found, domains, beside, signs: [...new Set(signs)] };
}

const lookedUp = (words: readonly string[]) =>
  [...new Set(words)].filter((word) => startOf(word) !== undefined);

/** All that a search may find a record by. */
export const allIn = ({ found, domains, beside, signs }: Words): string[] => [
  ...found,
  ...domains,
  ...beside,
  ...signs,
];

/** A phone as a word: its digits from the last to the first. */
export const phoneWord = (e164: string): string => `+${[...digitsIn(e164)].reverse().join("")}`;

/** A whole name as a word: "Smith, Ana" and "ana smith" are the same. */
export const nameWord = (name: string): string => `=${wordsIn(name).sort().slice(0, 5).join(" ")}`;

const isSign = (word: string) => word.startsWith("+") || word.startsWith("=");
const digitsIn = (text: string) => text.replace(/\D/g, "");

/** What may be a phone as people write it: digits with what stands between them, and no part of a word or an email. */
const phoneLike = /(?<![\p{L}\p{N}@_][-.]?)\+?\d(?:[\d\s./()-]*\d)?(?![-.]?[\p{L}\p{N}@_])/gu;

/**
 * What a search looks for; undefined where none of its words is long enough. With `phones`, seven digits and more are the
 * last digits of a phone, however they are grouped.
 */
export function soughtIn(q: string, { phones }: { readonly phones: boolean }): Sought | undefined {
  const numbers: string[] = [];
  const rest = phones
    ? q.normalize("NFKD").replace(phoneLike, (said) => {
        // A prefix of the country, or for calls within it, is not among the last digits of E.164.
        const digits = digitsIn(said.replace("(0)", "")).replace(/^0+/, "");
        if (digits.length < fewestDigits) return said;
        numbers.push(phoneWord(digits));
        return " ";
      })
    : q;
  const all = [...new Set([...numbers, ...wordsIn(rest)])];
  // Of an email what stands before the @: its domain is many people's.
  const before = lookedUp([...numbers, ...wordsIn(rest.replace(/@\S*/g, " "))]);
  const [word] = (before.length > 0 ? before : lookedUp(all)).sort(tellingFirst);
  return word === undefined ? undefined : { word, all };
}

/** Whether each word of a search is the beginning of one of a record's. */
export const areAmong = (sought: readonly string[], had: readonly string[]): boolean =>
  sought.every((word) => had.some((one) => one.startsWith(word)));
