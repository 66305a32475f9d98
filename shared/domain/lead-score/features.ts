import * as z from "zod/mini";
import { type Client, emailsOf, phonesOf } from "../client.ts";
import { channels } from "../consent.ts";
import type { Line } from "./ledger.ts";
import { saysNeed } from "./signals.ts";

const count = (what: string) => z.int().check(z.gte(0), z.describe(what));

/**
 * All that a score is computed from. Nothing of this is, or stands for, income, marriage, or anything by which nobody may
 * be treated differently (42 USC 3604, 3605): no name, language, address or place of the person, no free text, tag,
 * source or custom field. A test has this list once more.
 */
export const Features = z.object({
  has_email: z.boolean(),
  has_phone: z.boolean(),
  may_be_contacted: z.boolean().check(z.describe("Consents to one channel at least")),
  asked_for_a_listing: z.boolean().check(z.describe("Enquired about a listing, or keeps one")),
  price_range_known: z.boolean().check(z.describe("Did so of two listings at least")),
  enquiries: count("Enquiries that still count"),
  meetings: count("Meetings that still count"),
  meetings_again: count("Of these on a later day than another"),
  favorites: count("Listings marked as favorites"),
  possibilities: count("Listings noted as possibilities"),
  views: count("Looks at listings that still count"),
  views_again: count("Of these at a listing that they had seen on another day"),
  calls: count("Calls that still count"),
  emails: count("Emails that still count"),
});
export type Features = z.output<typeof Features>;

/** What of a client's record counts. */
export type Known = Pick<Features, "has_email" | "has_phone" | "may_be_contacted">;

export const knownOf = (
  client: Pick<Client, "email" | "more_emails" | "phone" | "more_phones" | "consent">,
): Known => ({
  has_email: emailsOf(client).length > 0,
  has_phone: phonesOf(client).length > 0,
  may_be_contacted: channels.some((channel) => client.consent[channel].status === "granted"),
});

/** The features of a client with what stands in the ledger. */
export function featuresOf(known: Known, lines: readonly Line[]): Features {
  const many = (kind: Line["kind"], isAgain = false) =>
    lines.filter((line) => line.kind === kind && line.isAgain === isAgain).length;
  const asked = lines.filter(({ kind, listing }) => listing !== undefined && saysNeed.includes(kind));
  return {
    ...known,
    asked_for_a_listing: asked.length > 0,
    price_range_known: new Set(asked.map(({ listing }) => listing)).size > 1,
    enquiries: many("enquiry"),
    meetings: many("meeting"),
    meetings_again: many("meeting", true),
    favorites: many("favorite"),
    possibilities: many("possibility"),
    views: many("view"),
    views_again: many("view", true),
    calls: many("call"),
    emails: many("email"),
  };
}
