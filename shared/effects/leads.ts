import { type Enquiry, enquiryItems } from "../data/enquiries.ts";
import { closeLead, isOpen, readOpenLead } from "../data/open-leads.ts";
import { sendTo } from "../data/queue.ts";
import { aliveIn } from "../data/record-item.ts";
import { tryCommit } from "../data/records.ts";
import { tableFor } from "../data/table.ts";
import { clientRecord } from "../domain/client.ts";
import { onChange, onChangeOf } from "../entry/effect.ts";

/** Queues an enquiry that was received; a second message does no harm. */
export const queueEnquiries = onChange({
  name: "queueEnquiries",
  items: enquiryItems,
  access: { queue: sendTo("leads") },
  async run({ change, queue }) {
    const enquiry = change.after as unknown as Enquiry | undefined;
    if (!enquiry || enquiry.sk !== enquiryItems || change.before) return;
    await queue.send({ brokerage_id: enquiry.brokerage_id, id: enquiry.id });
  },
});

/** Closes a client's lead once somebody has answered, or a person has given the client to another. */
export const closeLeads = onChangeOf(clientRecord, {
  name: "closeLeads",
  access: { table: tableFor("BatchGetItem", "PutItem") },
  async run({ before, after, table, written }) {
    if (!before || !after) return;
    const isAsBefore = (["owner_user_id", "first_responded_at", "merged_into"] as const).every(
      (field) => before[field] === after[field],
    );
    if (isAsBefore) return;
    const [lead, item] = await readOpenLead(table, after.brokerage_id, after.id);
    if (!lead || lead.state === "closed" || isOpen(lead, aliveIn(clientRecord, item))) return;
    await tryCommit(table, [closeLead(lead, { written })]);
  },
});
