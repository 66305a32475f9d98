import * as z from "zod/mini";
import { OfficeHours } from "./office-hours.ts";
import { type RecordOf, recordType } from "./record-type.ts";
import { amount, id, text, timestamp } from "./schemas.ts";

/** What a lead asks for. */
export const leadTypes = [
  ...(["general_inquiry", "property_inquiry", "seller_inquiry"] as const),
  ...(["registration", "open_house"] as const),
] as const;

/** How many rules a brokerage may have, and how many users each may name. */
export const [maxRules, maxNamed] = [50, 20] as const;

/** Minutes of office hours in which somebody is to answer: a day and a night at most. */
const answerWithin = z
  .int()
  .check(
    z.gte(1),
    z.lte(24 * 60),
    z.describe(
      "Minutes, within office hours, after which the lead goes to the next agent; no limit unless said",
    ),
  );

export const leadSource = text(100, "Where it comes from").check(z.meta({ examples: ["zillow"] }));
const city = text(100, "The city of the property").check(z.meta({ examples: ["Seattle"] }));

const When = z.strictObject({
  source: z.optional(leadSource),
  type: z.optional(z.enum(leadTypes)),
  city: z.optional(city),
  min_price: z.optional(amount("The property's price, at least")),
  max_price: z.optional(amount("The property's price, at most")),
});

const Assign = z.strictObject({
  kind: z
    .enum(["round_robin", "first_to_claim", "user"])
    .check(
      z.describe(
        "In turn to one after the other; offered to all of them until one claims it; or always to one user",
      ),
    ),
  team_id: z.optional(id.check(z.describe("All members of this team"))),
  user_ids: z.optional(z.array(id).check(z.maxLength(maxNamed), z.describe("These users"))),
});
export type Assign = z.output<typeof Assign>;

/** Which leads go to whom: all that `when` says must hold. */
const RoutingRule = z.strictObject({
  when: When,
  assign: Assign,
  respond_within_minutes: z.optional(answerWithin),
});
export type RoutingRule = z.output<typeof RoutingRule>;

const fallback = z
  .nullable(id)
  .check(z.describe("Who gets what nobody else gets; null for the first active admin"));
const hours = z.nullable(OfficeHours).check(z.describe("When minutes count; null for always"));

/** How a brokerage's leads find their agent: the first rule that fits a lead decides. */
export const LeadRouting = z.object({
  version: z.int().check(z.gte(1), z.describe("Counts the writes; also the ETag")),
  updated_at: timestamp,
  rules: z.array(RoutingRule),
  fallback_user_id: fallback,
  office_hours: hours,
});
export type LeadRouting = z.output<typeof LeadRouting>;

/** What replacing it takes. */
export const NewLeadRouting = z.strictObject({
  rules: z.array(RoutingRule).check(z.maxLength(maxRules)),
  fallback_user_id: z._default(fallback, null),
  office_hours: z._default(hours, null),
});
export type NewLeadRouting = z.output<typeof NewLeadRouting>;

/** The routing in the table: one for each brokerage, under the brokerage's id. */
export const leadRoutingRecord = recordType({
  name: "lead_routing",
  schema: 1,
  guard: "brokerage",
  fields: LeadRouting,
  listed: LeadRouting,
  lists: ["brokerage"],
});
export type StoredLeadRouting = RecordOf<typeof leadRoutingRecord>;

/** What of a lead rules look at. City and price are its property's; null where they are not known. */
export interface Enquiry {
  readonly source: string;
  readonly type: (typeof leadTypes)[number];
  readonly city: string | null;
  readonly price: number | null;
}

/** The place of the first rule that fits a lead, counted from 0; undefined where none does. */
export function ruleFor(rules: readonly RoutingRule[], enquiry: Enquiry): number | undefined {
  const at = rules.findIndex(({ when }) => fits(when, enquiry));
  return at < 0 ? undefined : at;
}

function fits(when: RoutingRule["when"], { source, type, city, price }: Enquiry): boolean {
  const { min_price = 0, max_price = Number.POSITIVE_INFINITY } = when;
  const hasBand = when.min_price !== undefined || when.max_price !== undefined;
  return (
    (when.source === undefined || sameWords(when.source, source)) &&
    (when.type === undefined || when.type === type) &&
    (when.city === undefined || (city !== null && sameWords(when.city, city))) &&
    (!hasBand || (price !== null && price >= min_price && price <= max_price))
  );
}

/** Whether two texts are the same but for case, accents, Unicode's forms and blanks. */
const sameWords = (one: string, other: string): boolean => plain(one) === plain(other);
const plain = (text: string) =>
  text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

/** A rule in words: "The rule for leads from zillow in Seattle, from 500000 to 900000". */
export function ruleInWords({ source, type, city, min_price, max_price }: RoutingRule["when"]): string {
  const parts = [
    ...(type ? [`of type ${type}`] : []),
    ...(source ? [`from ${source}`] : []),
    ...(city ? [`in ${city}`] : []),
    ...(min_price ? [`at ${min_price} or more`] : []),
    ...(max_price ? [`at ${max_price} or less`] : []),
  ];
  return parts.length > 0 ? `The rule for leads ${parts.join(", ")}` : "The rule for all leads";
}

/** Those among whom a rule chooses: members of a team, and users by name. Without both, all agents of the brokerage. */
export type Group = Pick<Assign, "team_id" | "user_ids">;

/** Whether a group is named at all. */
export const isNamed = ({ team_id, user_ids = [] }: Group): boolean =>
  team_id !== undefined || user_ids.length > 0;

/** What of a user decides whether leads are given to them. */
interface Taker {
  readonly role: string;
  readonly is_active: boolean;
  readonly accepts_leads: boolean;
}

/** Whether leads may be given to a user whom a rule names: who takes none for now has paused. */
export const takesLeads = ({ role, is_active, accepts_leads }: Taker): boolean =>
  is_active && accepts_leads && role !== "client";

/** Whether leads may be given to a user where no rule names anybody: to agents only. */
export const takesAnyLeads = (user: Taker): boolean => takesLeads(user) && user.role === "agent";

/** Ids in the order of their turns: those after the one who had the last turn, then from the beginning. */
export function inTurn(ids: readonly string[], last: string | undefined): string[] {
  const sorted = [...new Set(ids)].sort();
  if (last === undefined) return sorted;
  return [...sorted.filter((id) => id > last), ...sorted.filter((id) => id <= last)];
}

/** How old a lead may be for somebody to be expected to answer it: what is older is history, and starts nothing. */
const newsMs = 24 * 3_600_000;

/** Whether a lead that happened at a moment is history. */
export const isHistory = (occurredAt: string, now: Date): boolean =>
  now.getTime() - Date.parse(occurredAt) > newsMs;

/** A time to answer in words: "1 minute", "30 minutes". */
export const inMinutes = (minutes = 0): string => `${minutes} ${minutes === 1 ? "minute" : "minutes"}`;
