import * as z from "zod/mini";
import type { Caller } from "./access.ts";
import { Client, emailsOf, phonesOf, type StoredClient } from "./client.ts";
import { type Channel, type ConsentPatch, channels, SaidConsent } from "./consent.ts";
import { saidPhone } from "./contact.ts";
import { happened, Interaction } from "./interaction.ts";
import { type Enquiry, type Group, leadSource, leadTypes } from "./lead-routing.ts";
import { invalidInput } from "./problem.ts";
import { email, id, moment, text, timestamp } from "./schemas.ts";

/** Who asks. */
const Person = z.strictObject({
  name: z.optional(text(200)),
  first_name: z.optional(text(100)),
  last_name: z.optional(text(100)),
  email: z.optional(email),
  phone: z.optional(saidPhone),
});

const type = z
  .enum(leadTypes)
  .check(z.describe("property_inquiry where a property is named, else general_inquiry, unless said"));

/** What a website, a portal or a person of the brokerage says of an enquiry. */
export const NewLead = z.strictObject({
  source: leadSource,
  occurred_at: z.optional(
    moment("When it was; now unless said. What is older than a day is kept, and nobody is hurried"),
  ),
  person: Person.check(z.describe("An email or a phone is needed: by these a client is known")),
  message: z.optional(text(8000, "In the person's own words")),
  property_id: z.optional(id.check(z.describe("The property that it is about"))),
  type: z.optional(type),
  consent: z.optional(
    SaidConsent.check(z.describe("Of each channel a status, or a status and how they said so")),
  ),
});
export type NewLead = z.output<typeof NewLead>;

/** A lead as it is kept until it is taken: phones are in E.164. */
export interface ReceivedLead {
  readonly source: string;
  readonly type: (typeof leadTypes)[number];
  readonly occurred_at: string;
  readonly name: string;
  readonly email: string | null;
  readonly phone: string | null;
  readonly message: string | null;
  readonly property_id: string | null;
  readonly consent: z.output<typeof ConsentPatch>;
}

/** A lead that came at a moment. Throws 400 for one of nobody who can be reached, and for one of the future. */
export function receivedLead(body: NewLead, now: Date): ReceivedLead {
  const { source, person, message = null, property_id = null, consent = {} } = body;
  const { email = null, phone = null } = person;
  if (email === null && phone === null)
    throw invalidInput("/person", "needs an email or a phone: without one nobody can answer");
  const parts = [person.first_name, person.last_name].filter((one) => one !== undefined).join(" ");
  const name = person.name ?? (parts || (email ?? phone)!);
  return {
    ...{ source, email, phone, message, property_id, consent },
    type: body.type ?? (property_id === null ? "general_inquiry" : "property_inquiry"),
    occurred_at: happened(body.occurred_at, now),
    name: name.slice(0, 200),
  };
}

/** What rules look at. */
export const enquiryOf = (
  { source, type }: ReceivedLead,
  property: (Pick<Enquiry, "price"> & { readonly city: string | null }) | undefined,
): Enquiry => ({ source, type, city: property?.city ?? null, price: property?.price ?? null });

/** What a new client's consent is noted with: the lead is how they said so, unless it says more. */
export const consentIn = ({ source, consent }: ReceivedLead): z.output<typeof ConsentPatch> =>
  Object.fromEntries(
    channels.flatMap((channel): [Channel, object][] => {
      const said = consent[channel];
      return said ? [[channel, { ...said, how: said.how ?? `Enquiry from ${source}`.slice(0, 200) }]] : [];
    }),
  );

/**
 * An enquiry as it is noted at its client: what they wrote, what it is about, and what they said of themselves that a
 * known client does not have. A lead changes nothing of a known client, so this is where a person finds it.
 */
export function notesOf(lead: ReceivedLead, known: StoredClient | undefined): string {
  const { source, type, message, property_id, name, email, phone } = lead;
  const differs = known
    ? [
        ...(name === known.name || name === email || name === phone ? [] : [name]),
        ...(email === null || emailsOf(known).includes(email) ? [] : [email]),
        ...(phone === null || phonesOf(known).includes(phone) ? [] : [phone]),
      ]
    : [];
  const consents = channels.flatMap((channel) => {
    const said = lead.consent[channel];
    return known && said ? [`${channel} ${said.status}`] : [];
  });
  return [
    `${type[0]!.toUpperCase()}${type.slice(1).replaceAll("_", " ")} from ${source}`,
    ...(property_id ? [`Property: ${property_id}`] : []),
    ...(differs.length > 0 ? [`They also gave: ${differs.join(", ")}`] : []),
    ...(consents.length > 0 ? [`They said of consent: ${consents.join(", ")}`] : []),
    ...(message ? ["", message] : []),
  ].join("\n");
}

/** A lead that was taken: whose it is now, and why. */
export const TakenLead = z.object({
  client: Client,
  interaction: Interaction,
  created: z.boolean().check(z.describe("Whether the client is new")),
  assigned_to: id.check(z.describe("Whose client they are")),
  reason: z.string().check(z.meta({ examples: ["The rule for leads from zillow: it is their turn"] })),
});
export type TakenLead = z.output<typeof TakenLead>;

/** All that a caller learns who may not read the client. */
export const ReceivedAnswer = z.object({ received: z.literal(true) });
export const received = { received: true } as const;

const price = z.nullable(z.number().check(z.meta({ examples: [725_000] })));

/** A lead that several may claim. */
export const Lead = z.object({
  client_id: id,
  name: z.string().check(z.meta({ examples: ["Nora Lindqvist"] })),
  source: z.string().check(z.meta({ examples: ["zillow"] })),
  type: z.enum(leadTypes),
  property_id: z.nullable(id),
  city: z.nullable(z.string()),
  price,
  offered_at: timestamp,
  claim_by: z
    .nullable(timestamp)
    .check(z.describe("When the offer ends, and it stays the fallback's; null for no end")),
  reason: z
    .string()
    .check(z.meta({ examples: ["The rule for seller inquiries: offered until somebody claims it"] })),
});

/** Whether a lead that is offered to a group is offered to a caller. */
export const isOfferedTo = (
  { user_id, team_ids }: Pick<Caller, "user_id" | "team_ids">,
  { team_id, user_ids = [] }: Group,
): boolean => user_ids.includes(user_id) || (team_id !== undefined && team_ids.includes(team_id));
