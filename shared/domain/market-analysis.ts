import * as z from "zod/mini";
import { Analysis, type Comp, Neighbour, type Revision, type Subject } from "./cma/analysis.ts";
import { assignedTeam, ownerFields } from "./ownership.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { amount, date, id, recordFields, timestamp } from "./schemas.ts";

export const cmaStatuses = ["queued", "processing", "completed", "failed"] as const;

const price = z.nullable(z.number());

/** A market analysis without its grid: what lists show and the record keeps. Prices in `currency`, whole units. */
export const CmaSummary = z.object({
  ...recordFields,
  property_id: id,
  ...ownerFields,
  status: z.enum(cmaStatuses),
  effective_date: date,
  asking_price: price,
  currency: z.string(),
  suggested_price: price,
  price_range: z.nullable(z.object({ low: z.number(), high: z.number() })),
  market_position: z.nullable(z.enum(["above", "at", "below"])),
  confidence: z.nullable(
    z.number().check(z.gte(0), z.lte(1), z.describe("Probability that the sale falls within 10 %")),
  ),
  reason: z.nullable(z.string().check(z.describe("Why it failed, or why no price is suggested"))),
  completed_at: z.nullable(timestamp),
  revision_of: z._default(z.nullable(id), null).check(z.describe("The analysis that it revises")),
  approved_at: z._default(z.nullable(timestamp), null).check(z.describe("When a person approved it")),
  approved_by: z._default(z.nullable(id), null),
});

/** A comparable of the grid in a line. */
const ComparableLine = z.pick(Neighbour, {
  ...{ id: true, address: true, sale_date: true, price: true },
  ...{ distance_km: true, net_adjustment: true, adjusted_price: true, weight: true },
});

/** A market analysis with everything it rests on; the last three are null until it is completed. */
export const Cma = z.extend(CmaSummary, {
  comps_json: z
    .nullable(z.array(ComparableLine))
    .check(z.describe("The comparables of the grid, a line each")),
  recommendations: z.nullable(z.string()).check(z.describe("What the numbers advise, in sentences")),
  analysis: z.nullable(Analysis),
});

/** An analysis as answered: its comparables and recommendations stand beside the whole of it, too. */
export const withAnalysis = <C extends StoredCma>(cma: C, analysis: Analysis | null) => ({
  ...cma,
  comps_json: analysis === null ? null : analysis.comps.map(lineOf),
  recommendations: analysis === null ? null : analysis.recommendations.join(" "),
  analysis,
});

const lineOf = ({ sale, distance_km, net_adjustment, adjusted_price, weight }: Comp) => ({
  ...{ id: sale.id, address: sale.address ?? null, sale_date: sale.sale_date, price: sale.price },
  ...{ distance_km, net_adjustment, adjusted_price, weight },
});

/** What asking for a market analysis takes. */
export const NewCma = z.strictObject({
  asking_price: z.optional(amount("In the property's currency")),
  effective_date: z.optional(date.check(z.describe("The day as of which to analyse; today unless given"))),
  team_id: z.optional(assignedTeam),
});

/**
 * What a report says beside its analysis: plain JSON of some hundred bytes. It is stored with the approval; from then
 * on the report uses it even if the records change. `photos` are ids of media, the cover's first; `country` decides
 * the paper.
 */
export interface Presented {
  readonly brokerage: { readonly name: string; readonly accent: string };
  readonly agent: { readonly name: string; readonly email: string };
  readonly approver: string | null;
  readonly home: { readonly title: string; readonly lines: readonly string[]; readonly state: string | null };
  readonly country: string | null;
  readonly photos: readonly string[];
}

type Facts = { readonly [K in keyof Omit<Subject, "lat" | "lon">]?: Subject[K] | null };

/** The subject of an analysis, made from a property; undefined without a location. */
export function subjectOf(
  property: Facts & { readonly id: string; readonly location?: { lat: number; lng: number } | null },
): Subject | undefined {
  const { id, location, address, property_type, bedrooms, bathrooms } = property;
  const { size_sqft, lot_sqft, year_built, condition } = property;
  if (!location) return undefined;
  const facts = { address, property_type, bedrooms, bathrooms, size_sqft, lot_sqft, year_built, condition };
  const known = Object.fromEntries(Object.entries(facts).filter(([, value]) => value != null));
  return { id, lat: location.lat, lon: location.lng, ...known };
}

/** Market analyses in the table; what one was computed from, and its result, stand beside it. */
export const cmaRecord = recordType({
  name: "cma",
  schema: 1,
  guard: "cma",
  fields: CmaSummary,
  listed: CmaSummary,
  internal: internalFields<{
    /** The changes of a revision, those of the analyses that it goes back to included. */
    readonly revision?: Revision | undefined;
    /** What the report says beside the analysis, as it was approved. */
    readonly presented?: Presented | undefined;
    readonly lease?: Lease | null;
  }>(),
  lists: ["owner"],
  indexAttributes: ({ property_id }) => ({ property_id }),
  job: {
    startsOn: ["queued"],
    deadlines: { queued: abandonedAfter, processing: abandonedAfter },
    claimed: () => ({ status: "processing" }) as const,
    failed: (_, cause, now) => ({
      status: "failed" as const,
      reason: cause === "expired" ? "The analysis timed out" : "The analysis could not be computed",
      completed_at: now.toISOString(),
    }),
  },
});
export type StoredCma = RecordOf<typeof cmaRecord>;
