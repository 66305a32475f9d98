import * as z from "zod/mini";
import { assignLead } from "../../shared/data/lead-assignment.ts";
import { loadRouting } from "../../shared/data/lead-routing.ts";
import { queryTable } from "../../shared/data/table.ts";
import { leadSource, leadTypes } from "../../shared/domain/lead-routing.ts";
import { id, queryNumber, text } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const previewLeadRouting = operation({
  id: "previewLeadRouting",
  method: "GET",
  path: "/v1/lead-routing/preview",
  permission: "lead:read",
  summary: "Show who would get a lead now, and why",
  description:
    "Nothing is written: whose turn it is stays. City and price are those of the property that the lead asks for.",
  query: z.strictObject({
    source: z.optional(leadSource),
    type: z.optional(z.enum(leadTypes)),
    city: z.optional(text(100, "The property's city")),
    price: z.optional(queryNumber(0, 1e12, "The property's price")),
  }),
  answer: {
    status: 200,
    body: z.object({
      assigned_to: id.check(z.describe("The user who would get it")),
      rule: z
        .nullable(z.int().check(z.gte(0)))
        .check(z.describe("The rule that decides, by its place in `rules`, from 0; null where none does")),
      reason: z
        .string()
        .check(z.meta({ examples: ["The rule for leads from zillow, in Seattle: it is their turn"] })),
    }),
  },
  access: { table: queryTable },
  async run({ table, query, caller, ...invoked }) {
    const { source = "", type = "general_inquiry", city = null, price = null } = query;
    const { brokerage_id } = caller;
    const routing = await loadRouting(table, brokerage_id);
    const found = await assignLead(table, brokerage_id, routing, { source, type, city, price }, invoked);
    return { assigned_to: found.user.id, rule: found.rule, reason: found.reason };
  },
});
