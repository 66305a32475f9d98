import type { Property } from "../../domain/property.ts";
import { addressWords } from "./addresses.ts";
import { type Claim, claimsIn } from "./claims.ts";
import { conditionsIn, typesIn } from "./condition.ts";
import { featuresIn } from "./features.ts";
import { type Renovation, renovationsIn } from "./renovations.ts";

/** A property as far as it is known, and what else its agent says of it. */
export type FactRecord = Partial<Property> & {
  /** What the agent gave for this text. */
  readonly notes?: string | readonly string[] | null;
  /** Captions of its media. */
  readonly captions?: readonly string[] | null;
  readonly features?: readonly string[] | null;
};

/** What a record's texts say. */
export interface Evidence {
  readonly claims: readonly Claim[];
  readonly features: ReadonlySet<string>;
  readonly renovations: readonly Renovation[];
  readonly types: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
  /** Whether the record's texts or its address have these words, in this order. */
  says(words: string): boolean;
  isState(name: string): boolean;
}

/** Reads the texts of a record that anyone may read, and what the agent noted. */
export function evidenceOf(record: FactRecord): Evidence {
  const { title, description, notes, captions, features } = record;
  const texts = [title, description, notes, captions, features]
    .flat()
    .filter((one) => typeof one === "string");
  const known = [...texts, record.address, record.city, record.country, record.postal_code]
    .filter((one) => typeof one === "string")
    .map((one) => ` ${addressWords(one).join(" ")} `);
  const state = record.state_or_province?.toLowerCase();
  const said = texts.flatMap(featuresIn).filter(({ denied, name }) => !denied || name === "association");
  const names = new Set(said.map(({ name }) => name));
  // A view of something is a view.
  if ([...names].some((name) => name.startsWith("view "))) names.add("view");
  return {
    claims: texts.flatMap(claimsIn),
    features: names,
    renovations: texts.flatMap(renovationsIn),
    types: new Set(texts.flatMap(typesIn).map(({ type }) => type)),
    conditions: new Set(texts.flatMap(conditionsIn).map(({ words }) => words)),
    says: (words) => {
      const sought = ` ${addressWords(words).join(" ")} `;
      return known.some((one) => one.includes(sought));
    },
    isState: (name) => {
      const said = name.toLowerCase();
      return state !== undefined && (said === state || states[said] === state || states[state] === said);
    },
  };
}

const pairs =
  "alabama al,alaska ak,arizona az,arkansas ar,california ca,colorado co,connecticut ct,delaware de,florida fl,georgia ga," +
  "hawaii hi,idaho id,illinois il,indiana in,iowa ia,kansas ks,kentucky ky,louisiana la,maine me,maryland md," +
  "massachusetts ma,michigan mi,minnesota mn,mississippi ms,missouri mo,montana mt,nebraska ne,nevada nv," +
  "new hampshire nh,new jersey nj,new mexico nm,new york ny,north carolina nc,north dakota nd,ohio oh,oklahoma ok," +
  "oregon or,pennsylvania pa,rhode island ri,south carolina sc,south dakota sd,tennessee tn,texas tx,utah ut," +
  "vermont vt,virginia va,washington wa,west virginia wv,wisconsin wi,wyoming wy";
const states: Readonly<Record<string, string>> = Object.fromEntries(
  pairs.split(",").map((pair) => [pair.slice(0, -3), pair.slice(-2)]),
);
