import * as z from "zod/mini";
import {
  type Analysis,
  type AnalysisInputs,
  type Correction,
  lines,
  type Rejection,
  type Revision,
} from "./cma/analysis.ts";
import { amountPath, factPath } from "./cma/changes.ts";
import { mostComps } from "./cma/comparables.ts";
import { features } from "./cma/features.ts";
import { parseWith } from "./parse.ts";
import { type InputError, Problem } from "./problem.ts";
import { Property } from "./property.ts";
import { id, text } from "./schemas.ts";

const saleIds = (max: number, description: string) =>
  z.optional(z.array(id).check(z.maxLength(max), z.describe(description)));

const NewCorrection = z.strictObject({
  path: text(200, "A JSON Pointer: /subject/<fact> or /comps/<sale id>/adjustments/<line>"),
  value: z
    .union([z.number(), z.string(), z.null()])
    .check(z.describe("As the fact is written in a property, null where it is not known; or whole money")),
  reason: text(500, "Why; the report says it"),
});

/** What revising an analysis takes: sales to leave out and to hold in its grid, and corrections. */
export const NewRevision = z
  .strictObject({
    exclude: saleIds(300, "Ids of candidates to leave out"),
    pin: saleIds(mostComps, "Ids of candidates to hold in the grid"),
    corrections: z.optional(z.array(NewCorrection).check(z.maxLength(100))),
  })
  .check(
    z.meta({
      examples: [{ corrections: [{ path: "/subject/size_sqft", value: 1920, reason: "Measured on site" }] }],
    }),
  );
export type NewRevision = z.output<typeof NewRevision>;

const { property_type, ...facts } = Property.shape;
const factSchemas = { ...facts, property_type: z.nullable(property_type) };
const WholeMoney = z.int().check(z.gte(-1e9), z.lte(1e9));

/** What is no evidence in any analysis, whatever an agent thinks of it. */
const unpinnable: readonly Rejection[] = ["not_before", "subject_itself", "duplicate", "other_kind"];

/**
 * The changes of a revision: those of the analysis that it revises, with what is asked for now. What was left out and
 * is now pinned is moved, and the other way round; the last value of a path counts; a sale that is left out has no
 * corrections. 400 for what the revised analysis does not know.
 */
export function revise(
  asked: NewRevision,
  { exclude = [], pin = [], corrections = [], candidates }: AnalysisInputs,
  { comps, rejected }: Analysis,
): Revision {
  const errors: InputError[] = [];
  const refuse = (path: string, message: string) => void errors.push({ path, message });
  if (![asked.exclude, asked.pin, asked.corrections].some((list) => list?.length))
    refuse("", "must exclude, pin or correct something");

  const known = new Set(candidates.map((sale) => sale.id));
  const codes = new Map(rejected.map((one) => [one.id, one]));
  for (const [at, one] of (asked.exclude ?? []).entries())
    if (!known.has(one)) refuse(`/exclude/${at}`, "is no sale that the analysis looked at");
  for (const [at, one] of (asked.pin ?? []).entries()) {
    const { code, reason } = codes.get(one) ?? {};
    if (!known.has(one)) refuse(`/pin/${at}`, "is no sale that the analysis looked at");
    else if (asked.exclude?.includes(one)) refuse(`/pin/${at}`, "is excluded, too");
    else if (code && unpinnable.includes(code)) refuse(`/pin/${at}`, `cannot be evidence: ${reason}`);
  }

  const inGrid = comps.map(({ sale }) => sale.id).filter((one) => !asked.exclude?.includes(one));
  const schemas = new Map<string, z.ZodMiniType>([
    ...features.map((fact) => [factPath(fact), factSchemas[fact]] as const),
    ...inGrid.flatMap((sale) => lines.map((line) => [amountPath(sale, line), WholeMoney] as const)),
  ]);
  const read = ({ path, value, reason }: z.output<typeof NewCorrection>, at: number): Correction[] => {
    const schema = schemas.get(path);
    if (!schema) {
      refuse(
        `/corrections/${at}/path`,
        "is no fact of the subject and no adjustment of a comparable in the grid",
      );
      return [];
    }
    try {
      const parsed = parseWith(schema, value, `/corrections/${at}/value`);
      return [{ path, value: parsed as Correction["value"], reason }];
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      errors.push(...(error.errors ?? []));
      return [];
    }
  };
  const corrected = (asked.corrections ?? []).flatMap(read);

  const excluded = without([...exclude, ...(asked.exclude ?? [])], asked.pin ?? []);
  const pinned = without([...pin, ...(asked.pin ?? [])], excluded);
  const byPath = new Map([...corrections, ...corrected].map((one) => [one.path, one]));
  const kept = [...byPath.values()].filter(({ path }) => !excluded.includes(saleOf(path)));
  const held = new Set([...pinned, ...kept.map(({ path }) => saleOf(path)).filter(Boolean)]);
  if (held.size > mostComps)
    refuse(asked.pin ? "/pin" : "/corrections", `would hold more than ${mostComps} sales in the grid`);
  const [first] = errors;
  if (first) throw new Problem("invalid_input", `${first.path || "The body"} ${first.message}`, { errors });
  return { exclude: excluded, pin: pinned, corrections: kept };
}

const without = (ids: readonly string[], others: readonly string[]) =>
  [...new Set(ids)].filter((one) => !others.includes(one));

/** The sale whose adjustment a path names; empty for a fact of the subject. */
const saleOf = (path: string) => (path.startsWith("/comps/") ? (path.split("/")[2] ?? "") : "");
