import * as z from "zod/mini";
import { unclaimedPage } from "../../shared/data/lead-offers.ts";
import { examined } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { Lead } from "../../shared/domain/lead.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listLeads = operation({
  id: "listLeads",
  method: "GET",
  path: "/v1/leads",
  permission: "lead:read",
  summary: "List leads that nobody has claimed",
  description:
    "Those that are offered to you or your teams, the oldest first; all of them for who reads all leads. How to reach the " +
    `client is for whoever claims them. A page examines at most ${examined} leads, so it may be short, even empty, while ` +
    "next_cursor is set.",
  query: z.strictObject({
    ...listQuery,
    unclaimed: z._default(z.literal("true"), "true").check(z.describe("There is no other list of leads")),
  }),
  assistant: "calls",
  answer: { status: 200, body: page(Lead) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => unclaimedPage(table, asked),
});
