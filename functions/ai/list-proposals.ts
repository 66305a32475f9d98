import * as z from "zod/mini";
import { proposalsOf } from "../../shared/data/proposals.ts";
import { readTable } from "../../shared/data/table.ts";
import { pageOf } from "../../shared/data/whole-list.ts";
import { aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { Proposal } from "../../shared/domain/proposal.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listProposals = operation({
  id: "listProposals",
  method: "GET",
  path: "/v1/ai-requests/{ai_request_id}/proposals",
  permission: "ai:read",
  summary: "List what the assistant proposed, in its order",
  description:
    "Each is one exact request, and done only when whoever asked approves it. `preview` shows what it would change, as it " +
    "was when it was proposed and as it would be.",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(Proposal) },
  access: { table: readTable },
  record: recordAt(aiRequestRecord, "ai_request_id"),
  async run({ table, record: request, ...asked }) {
    const places = new Map((request.proposals ?? []).map((id, at) => [id, at]));
    const order = (one: { readonly id: string }, other: { readonly id: string }) =>
      places.get(one.id)! - places.get(other.id)!;
    const all = await proposalsOf(table, request);
    return pageOf(all, order, ({ id }) => ({ id }), asked, `listProposals ${request.id}`);
  },
});
