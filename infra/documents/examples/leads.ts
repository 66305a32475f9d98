import { ids } from "./ids.ts";

const NewLeadRouting = {
  rules: [
    {
      when: { source: "zillow", city: "Seattle", min_price: 1_000_000 },
      assign: { kind: "user", user_ids: [ids.agent] },
      respond_within_minutes: 15,
    },
    { when: {}, assign: { kind: "round_robin", user_ids: [ids.agent] }, respond_within_minutes: 30 },
  ],
  fallback_user_id: ids.agent,
  office_hours: { days: [1, 2, 3, 4, 5, 6], from: "09:00", to: "18:00" },
};

/** Bodies and answers about leads. */
export const leads = {
  NewLead: {
    source: "zillow",
    person: { name: "Nora Lindqvist", email: "nora@lindqvist.example", phone: "(206) 555-0142" },
    message: "Is the house on Woodlawn Avenue still for sale? We could come on Saturday.",
    type: "property_inquiry",
    consent: { text: { status: "granted", how: "Ticked the box below the form" } },
  },
  NewLeadRouting,
  LeadRouting: { version: 2, updated_at: "2026-03-02T17:05:00.000Z", ...NewLeadRouting },
};
