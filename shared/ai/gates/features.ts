import { features, none, places, to } from "./feature-words.ts";
import type { Span } from "./finding.ts";
import { findAll, type Phrasebook, phrasebook } from "./phrases.ts";
import { isStop, tokensOf } from "./tokens.ts";

/** A feature that a text claims: `pool`, `view of water`, `near a park`. */
export interface Feature {
  readonly name: string;
  readonly span: Span;
  readonly denied: boolean;
}

interface Meaning {
  readonly name: string;
  readonly none?: true;
}
let book: Phrasebook<Meaning> | undefined;
function bookOf(): Phrasebook<Meaning> {
  const said = Object.entries(features).map(([name, phrases]) => ({ of: { name }, phrases }));
  const near = Object.entries(places).map(([name, nouns]) => ({
    of: { name },
    phrases: [
      `${to} ~2 ${nouns} ( (,|and|, and|or) ~1 ${nouns} )?`,
      `${nouns} (nearby|close by|around the corner|within walking distance|just (steps|minutes|blocks) away|next door|down the street|across the street)`,
    ],
  }));
  book ??= phrasebook<Meaning>([...said, ...near, { of: { name: "", none: true }, phrases: none }]);
  return book;
}

const denials = new Set(["no", "not", "without", "lacks", "never", "neither", "nor", "isn't"]);

/** The features that a text claims or denies, in its order. */
export function featuresIn(text: string): Feature[] {
  const tokens = tokensOf(text);
  const found = findAll(bookOf(), tokens);
  const nothing = found.filter(({ of }) => of.none);
  return found
    .filter(({ of, from, to }) => !of.none && !nothing.some((one) => one.from < to && from < one.to))
    .filter(
      ({ of, from, to }) =>
        !found.some(
          (one) =>
            one.of.name.startsWith(of.name) &&
            one.from <= from &&
            to <= one.to &&
            one.to - one.from > to - from,
        ),
    )
    .map(({ of, from, to }) => ({
      name: of.name,
      span: [tokens[from]!.span[0], tokens[to - 1]!.span[1]] as const,
      denied:
        of.name !== "association" &&
        tokens
          .slice(Math.max(0, from - 3), from)
          .some((token, index, lead) => denials.has(token.word) && !lead.slice(index).some(isStop)),
    }))
    .sort((one, other) => one.span[0] - other.span[0]);
}
