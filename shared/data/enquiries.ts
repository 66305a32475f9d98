import type { Invocation, WriteStamp } from "../domain/invocation.ts";
import type { ReceivedLead } from "../domain/lead.ts";
import { create, ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { DeleteWrite, Key, PutWrite } from "./table.ts";

/** A lead of a caller who is to learn nothing, until a worker takes it. */
export interface Enquiry extends Key {
  readonly brokerage_id: string;
  readonly id: string;
  readonly at: string;
  readonly lead: ReceivedLead;
  readonly written: WriteStamp;
}

/** The sort key of these items. */
export const enquiryItems = "enquiry";

export const enquiryKey = (brokerageId: string, id: string): Key => ({
  pk: `${brokerageId}#enquiry#${id}`,
  sk: enquiryItems,
});

/** Days for which one is kept that no worker could take: so long it can be sent again. */
const daysKept = 30;

/**
 * The write that keeps a lead for a worker. It is the same whatever is known, and so is its time: who has the email or
 * the phone is looked up behind the stream.
 */
export function keepEnquiry(
  brokerage_id: string,
  lead: ReceivedLead,
  { now, written, newId }: Invocation,
): PutWrite {
  const id = newId();
  const item: Enquiry = {
    ...enquiryKey(brokerage_id, id),
    ...{ brokerage_id, id, at: now.toISOString(), lead, written },
  };
  const end = ttl(new Date(now.getTime() + daysKept * 86_400_000));
  return create(withSchemaVersion("enquiry", { ...item, ttl: end }));
}

/** Removes an enquiry in the transaction that takes it: it is taken once, however often its message comes. */
export const removeEnquiry = ({ pk, sk }: Enquiry): DeleteWrite => ({
  Delete: { Key: { pk, sk }, ConditionExpression: "attribute_exists(pk)" },
});
