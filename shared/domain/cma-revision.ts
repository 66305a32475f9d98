import * as z from "zod/mini";
import { type Analysis, type AnalysisInputs, type Correction, lines, type Revision } from "./cma/analysis.ts";
import { agentChanges, amountPath, correctedSubject, factPath, saleIn } from "./cma/changes.ts";
import { mostComps } from "./cma/comparables.ts";
import { features } from "./cma/features.ts";
import { type Rejection, rejections } from "./cma/rejections.ts";
import { kindOf } from "./cma/sale.ts";
import { neverEvidence } from "./cma/screen.ts";
import { parseWith } from "./parse.ts";
import { type InputError, invalidInput, Problem } from "./problem.ts";
import { Property } from "./property.ts";
import { id, text } from "./schemas.ts";

const saleIds = (max: number, description: string) =>
  z.optional(z.array(id).check(z.maxLength(max), z.describe(description)));

const NewCorrection = z.strictObject({
  path: text(200, "A JSON Pointer: /subject/<fact> or /comps/<sale id>/adjustments/<line>"),
  value: z
    .union([z.number(), z.string().check(z.maxLength(200)), z.null()])
    .check(z.describe("As the fact is written in a property, null where it is not known; or whole money")),
  reason: text(500, "Why; shown in the report"),
});

/** What revising an analysis takes: sales to leave out and to hold in its grid, and corrections. */
export const NewRevision = z.strictObject({
  exclude: saleIds(300, "Ids of candidates to exclude"),
  pin: saleIds(mostComps, "Ids of candidates to keep in the grid"),
  corrections: z.optional(z.array(NewCorrection).check(z.maxLength(100))),
});
export type NewRevision = z.output<typeof NewRevision>;

const { property_type, ...facts } = Property.shape;
const factSchemas = { ...facts, property_type: z.nullable(property_type) };
/** An adjustment may not exceed the price of the comparable. */
const amountFor = (price: number) => z.int().check(z.gte(-Math.floor(price)), z.lte(Math.floor(price)));

/** Rejections of sales that an agent cannot pin. */
const unpinnable: readonly Rejection[] = ["not_before", "subject_itself", "other_currency", ...neverEvidence];

/**
 * The changes of a revision: those of the analysis that it revises, merged with the new ones. Pinning an excluded sale
 * ends its exclusion, and the other way round; the last value of a path counts; an excluded sale has no corrections.
 * 400 for sales and paths that are not in the revised analysis.
 */
export function revise(asked: NewRevision, inputs: AnalysisInputs, revised: Analysis): Revision {
  const { corrected, errors } = readCorrections(asked, revised);
  errors.unshift(...wrongSales(asked, inputs, revised));
  if (![asked.exclude, asked.pin, asked.corrections].some((list) => list?.length))
    errors.push({ path: "", message: "must exclude, pin or correct something" });
  const merged = merge(inputs, {
    exclude: asked.exclude ?? [],
    pin: asked.pin ?? [],
    corrections: corrected,
  });
  errors.push(...otherKinds(asked, inputs, merged));
  if (agentChanges(merged).held.size > mostComps)
    errors.push({
      path: asked.pin ? "/pin" : "/corrections",
      message: `would put more than ${mostComps} sales in the grid`,
    });
  const [first] = errors;
  if (first) throw new Problem("invalid_input", `${first.path || "The body"} ${first.message}`, { errors });
  return merged;
}

function merge({ exclude = [], pin = [], corrections = [] }: Partial<Revision>, now: Revision): Revision {
  const excluded = without([...exclude, ...now.exclude], now.pin);
  const byPath = new Map([...corrections, ...now.corrections].map((one) => [one.path, one]));
  return {
    exclude: excluded,
    pin: without([...pin, ...now.pin], excluded),
    corrections: [...byPath.values()].filter(({ path }) => !excluded.includes(saleIn(path) ?? "")),
  };
}

const without = (ids: readonly string[], others: readonly string[]) =>
  [...new Set(ids)].filter((one) => !others.includes(one));

function wrongSales(
  { exclude = [], pin = [] }: NewRevision,
  { candidates }: AnalysisInputs,
  { rejected }: Analysis,
): InputError[] {
  const known = new Set(candidates.map((sale) => sale.id));
  const codes = new Map(rejected.map((one) => [one.id, one]));
  const unknown = "is not a candidate sale of the analysis";
  const wrongPin = (one: string) => {
    const { code, reason } = codes.get(one) ?? {};
    if (!known.has(one)) return unknown;
    if (exclude.includes(one)) return "must not be both excluded and pinned";
    return code && unpinnable.includes(code) ? `cannot be pinned: ${reason}` : undefined;
  };
  const errors = (list: string, ids: readonly string[], wrong: (one: string) => string | undefined) =>
    ids.flatMap((one, at) => {
      const message = wrong(one);
      return message ? [{ path: `/${list}/${at}`, message }] : [];
    });
  return [
    ...errors("exclude", exclude, (one) => (known.has(one) ? undefined : unknown)),
    ...errors("pin", pin, wrongPin),
  ];
}

/** Pinned sales must be of the same kind as the subject after its corrections. */
function otherKinds({ pin = [] }: NewRevision, inputs: AnalysisInputs, merged: Revision): InputError[] {
  const kind = kindOf(correctedSubject(inputs.subject, merged.corrections));
  const kinds = new Map(inputs.candidates.map((sale) => [sale.id, kindOf(sale)]));
  return pin.flatMap((one, at) =>
    (kinds.get(one) ?? kind) === kind
      ? []
      : [{ path: `/pin/${at}`, message: `cannot be pinned: ${rejections.other_kind}` }],
  );
}

/** Reads each value by the schema of what its path names. */
function readCorrections({ exclude = [], corrections = [] }: NewRevision, { comps }: Analysis) {
  const inGrid = comps.map(({ sale }) => sale).filter(({ id }) => !exclude.includes(id));
  const schemas = new Map<string, z.ZodMiniType>([
    ...features.map((fact) => [factPath(fact), factSchemas[fact]] as const),
    ...inGrid.flatMap(({ id, price }) =>
      lines.map((line) => [amountPath(id, line), amountFor(price)] as const),
    ),
  ]);
  const errors: InputError[] = [];
  const corrected: Correction[] = [];
  for (const [at, { path, value, reason }] of corrections.entries()) {
    const schema = schemas.get(path);
    try {
      if (!schema) throw invalidInput(`/corrections/${at}/path`, unknownPath);
      const parsed = parseWith(schema, value, `/corrections/${at}/value`) as Correction["value"];
      corrected.push({ path, value: parsed, reason });
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      errors.push(...(error.errors ?? []));
    }
  }
  return { corrected, errors };
}

const unknownPath = "must name a fact of the subject or an adjustment of a comparable in the grid";
