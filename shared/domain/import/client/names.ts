/** What stands behind a comma and is no first name. */
const suffixes =
  /^(jr|sr|ii|iii|iv|md|phd|esq|cpa|dds|rn|mba|pa|llc|llp|inc|ltd|corp|co|gmbh|ag|plc|trust|trustee)\.?$/i;

/** The parts of a name, as columns of their own. */
export interface NameParts {
  readonly name?: string | undefined;
  readonly first_name?: string | undefined;
  readonly middle_name?: string | undefined;
  readonly last_name?: string | undefined;
  readonly name_suffix?: string | undefined;
  readonly company?: string | undefined;
}

/** A person's name as it is said; a company's where a row names nobody. */
export function nameOf({
  name,
  first_name,
  middle_name,
  last_name,
  name_suffix,
  company,
}: NameParts): string | undefined {
  const parts = [first_name, middle_name, last_name, name_suffix].filter((part) => part !== undefined);
  if (first_name && last_name) return joined(parts);
  if (name !== undefined) return inOrder(name);
  return first_name || last_name ? joined(parts) : company;
}

const joined = (parts: readonly string[]) => parts.join(" ").replace(/\s+/g, " ");

/** "Last, First" in the order in which it is said; a suffix or a company keeps its comma. */
function inOrder(said: string): string {
  const [last = "", first = "", suffix, more] = said.split(",").map((part) => part.trim());
  if (first === "" || last === "" || suffixes.test(first) || more !== undefined) return joined([said]);
  if (suffix !== undefined && !suffixes.test(suffix)) return joined([said]);
  return joined([first, last, ...(suffix === undefined ? [] : [suffix])]);
}

/** A name's words, without case, accents and punctuation. */
const wordsOf = (name: string): string[] =>
  name
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter(Boolean);

/** A name as it is looked up: the order of its words makes no other name. */
export const nameKey = (name: string): string => wordsOf(name).sort().join(" ");

/**
 * Whether two names can be one person's: each word of the shorter one is in the other, or is an initial of a word in
 * it. Couples share a phone, and an office is everybody's: a phone alone makes nobody the same.
 */
export function mayBeSame(one: string, other: string): boolean {
  const [short, long] = [wordsOf(one), wordsOf(other)].sort((a, b) => a.length - b.length) as [
    string[],
    string[],
  ];
  const left = [...long];
  return short.every((word) => {
    const at = left.findIndex(
      (of) =>
        of === word || (word.length === 1 && of.startsWith(word)) || (of.length === 1 && word.startsWith(of)),
    );
    if (at < 0) return false;
    left.splice(at, 1);
    return true;
  });
}

/** Whether a name says more than the one that is known: "Ann" and "A. Lee" say nothing new of Ann Lee. */
export const saysMore = (name: string, than: string): boolean =>
  !mayBeSame(name, than) || wordsOf(name).join("").length >= wordsOf(than).join("").length;
