import type {
  Change,
  Comp,
  Correction,
  Difference,
  Line,
  Previous,
  Reason,
  Revision,
  Subject,
} from "./analysis.ts";
import { type Feature, features } from "./features.ts";
import { round } from "./market-statistics.ts";
import type { Sale } from "./sale.ts";

/** Where a correction of a subject's fact points. */
export const factPath = (fact: Feature) => `/subject/${fact}`;
/** Where a sale stands, and a correction of one of its adjustments. */
export const salePath = (saleId: string) => `/comps/${saleId}`;
export const amountPath = (saleId: string, line: Line) => `${salePath(saleId)}/adjustments/${line}`;

/** The sale whose adjustment a path names; undefined for a fact of the subject. */
export const saleIn = (path: string): string | undefined =>
  /^\/comps\/([^/]+)\/adjustments\//.exec(path)?.[1];

/** An agent's changes as the engine asks for them. */
export interface AgentChanges {
  /** Ids of the sales that get no weight. */
  readonly excluded: ReadonlySet<string>;
  /** Ids of the sales that are in the grid whatever their weight: pinned ones, and those with a corrected amount. */
  readonly held: ReadonlySet<string>;
  readonly corrected: (saleId: string, line: Line) => number | undefined;
}

/** The agent's changes among an analysis's inputs; empty when there are none. */
export function agentChanges({ exclude = [], pin = [], corrections = [] }: Partial<Revision>): AgentChanges {
  const excluded = new Set(exclude);
  const amounts = new Map(corrections.map(({ path, value }) => [path, value]));
  const adjusted = corrections.flatMap(({ path }) => saleIn(path) ?? []);
  return {
    excluded,
    held: new Set([...pin, ...adjusted].filter((id) => !excluded.has(id))),
    corrected: (saleId, line) => amounts.get(amountPath(saleId, line)) as number | undefined,
  };
}

/** The subject with the agent's corrections; a fact corrected to null is unknown. */
export function correctedSubject(subject: Subject, corrections: readonly Correction[] = []): Subject {
  const facts: Record<string, unknown> = { ...subject };
  for (const { path, value } of corrections) {
    const fact = features.find((feature) => factPath(feature) === path);
    if (!fact) continue;
    delete facts[fact];
    if (value !== null) facts[fact] = value;
  }
  return facts as Subject;
}

/** The display name of each line of the grid; facts of a home use the same names. */
export const lineNames: Readonly<Record<Line, string>> = {
  time: "Date of sale",
  market_movement: "Market since",
  size_sqft: "Living area (sq ft)",
  lot_sqft: "Lot (sq ft)",
  year_built: "Year built",
  condition: "Condition (1–5)",
  bedrooms: "Bedrooms",
  bathrooms: "Bathrooms",
  property_type: "Type",
};

/**
 * The changes as the report lists them. `computed` are the columns of the grid as they were without corrected amounts;
 * the subject is the one before its correction.
 */
export function listChanges(
  { exclude = [], pin = [], corrections = [] }: Partial<Revision>,
  subject: Subject,
  candidates: readonly Sale[],
  computed: readonly Comp[],
): Change[] {
  const sales = new Map(candidates.map((sale) => [sale.id, sale]));
  const nameOf = (id: string) => sales.get(id)?.address ?? id;
  const chosen = (kind: "excluded" | "pinned") => (id: string) => {
    return { kind, path: salePath(id), label: nameOf(id), from: null, to: null, reason: null };
  };
  const before = new Map<string, Change["from"]>([
    ...features.map((fact) => [factPath(fact), subject[fact] ?? null] as const),
    ...computed.flatMap(({ sale, adjustments }) =>
      adjustments.map(({ line, amount }) => [amountPath(sale.id, line), amount] as const),
    ),
  ]);
  const labelOf = (path: string) => {
    const [, kind, of = "", , line] = path.split("/");
    return kind === "subject" ? lineNames[of as Feature] : `${lineNames[line as Line]}, ${nameOf(of)}`;
  };
  const corrected = ({ path, value, reason }: Correction): Change => {
    return {
      kind: "corrected",
      path,
      label: labelOf(path),
      from: before.get(path) ?? null,
      to: value,
      reason,
    };
  };
  return [...exclude.map(chosen("excluded")), ...pin.map(chosen("pinned")), ...corrections.map(corrected)];
}

/** How a suggestion and its grid differ from those of an earlier analysis. */
export function differenceTo(
  { comps: before, ...previous }: Previous,
  suggested: number,
  comps: readonly Comp[],
): Difference {
  const ids = comps.map(({ sale }) => sale.id);
  const change = suggested - previous.suggested_price;
  return {
    ...previous,
    change,
    change_percent: round((100 * change) / previous.suggested_price, 2),
    comps_added: ids.filter((id) => !before.includes(id)),
    comps_removed: before.filter((id) => !ids.includes(id)),
  };
}

/** The note on the confidence when an agent corrected amounts. */
export function correctedReasons(comps: readonly Comp[]): Reason[] {
  const count = comps.flatMap(({ adjustments }) => adjustments).filter(({ corrected }) => corrected).length;
  if (count === 0) return [];
  const amounts = count === 1 ? "1 adjustment was" : `${count} adjustments were`;
  const text = `${amounts} corrected by the agent: the confidence does not take this into account.`;
  return [{ code: "corrected_by_agent", text }];
}
