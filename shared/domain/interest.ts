import * as z from "zod/mini";
import { ClientSummary } from "./client.ts";
import { PropertySummary } from "./property.ts";
import { id, timestamp } from "./schemas.ts";

const interest = z
  .enum(["favorite", "possibility", "discard"])
  .check(z.describe("How the client sees it, in the words of RESO's ContactListings"));

/** What noting an interest takes. */
export const NewInterest = z.strictObject({ interest });
export type NewInterest = z.output<typeof NewInterest>;

/** A client's interest in a property. */
export const Interest = z.object({
  client_id: id,
  property_id: id,
  interest,
  created_at: timestamp,
  updated_at: timestamp,
});
export type Interest = z.output<typeof Interest>;

/** The same with the property. */
export const InterestingProperty = z.extend(Interest, { property: PropertySummary });
export type InterestingProperty = z.output<typeof InterestingProperty>;
/** The same with the client. */
export const InterestedClient = z.extend(Interest, { client: ClientSummary });
export type InterestedClient = z.output<typeof InterestedClient>;
