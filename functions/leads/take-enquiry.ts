import * as z from "zod/mini";
import { type Enquiry, enquiryKey, removeEnquiry } from "../../shared/data/enquiries.ts";
import { takeLead, untilTaken } from "../../shared/data/leads.ts";
import { tableFor } from "../../shared/data/table.ts";
import { id } from "../../shared/domain/schemas.ts";
import { queueWorker } from "../../shared/entry/definition.ts";

/** What it writes is the caller's who sent the lead, and of the moment when it came. */
export const takeEnquiry = queueWorker({
  id: "takeEnquiry",
  queue: "leads",
  summary: "Take in an enquiry of a caller who learns nothing: find or add the client, and whose they are",
  impact: "Enquiries of the brokerages' websites reach no agent.",
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"),
  },
  message: z.object({ brokerage_id: id, id }),
  run: ({ message, table, newId }) =>
    untilTaken(async () => {
      const { brokerage_id, id } = message;
      const enquiry = await table.get<Enquiry>(enquiryKey(brokerage_id, id));
      if (!enquiry) return;
      const { lead, written, at } = enquiry;
      const stamp = { now: new Date(at), written, newId };
      const { writes } = await takeLead(table, brokerage_id, lead, null, stamp);
      await table.commit([...writes, removeEnquiry(enquiry)]);
    }),
});
