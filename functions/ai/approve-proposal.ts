import { carryOut } from "../../shared/ai/carry-out.ts";
import { callApi } from "../../shared/data/api.ts";
import { settle } from "../../shared/data/proposals.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import {
  approval,
  checkAsker,
  ending,
  Proposal,
  ProposalVersion,
  proposalRecord,
} from "../../shared/domain/proposal.ts";
import { operation } from "../../shared/entry/definition.ts";
import { proposalAt } from "../../shared/entry/path-proposal.ts";

export const approveProposal = operation({
  id: "approveProposal",
  method: "POST",
  path: "/v1/ai-requests/{ai_request_id}/proposals/{proposal_id}/approve",
  permission: "ai:write",
  summary: "Approve a proposal: its request is done, once",
  description:
    "By whoever asked the assistant, in their own session; no API key and no assistant. `version` is that of the proposal " +
    "that was shown. Its request is done exactly as proposed, as you: read `status`, which is then done, or failed with " +
    "the reason. A record that changed after it was proposed is not touched. After a 503 approve again: the request is " +
    "done once all the same.",
  body: ProposalVersion,
  answer: { status: 200, body: Proposal },
  problems: ["stale_version", "invalid_transition"],
  unversioned: true,
  access: { table: writeTable("PutItem"), api: callApi },
  record: proposalAt,
  async run({ table, api, record, body, caller, authorization = "", claim, save, ...invoked }) {
    const { request, proposal } = record;
    checkAsker(request, caller);
    const changes = approval(proposal, body.version, invoked.now);
    const made = changes && changeRecord(proposalRecord, proposal, changes, invoked);
    // First of all: of many who approve at once, one does so.
    if (made) await claim(orConflict(made.writes));
    const approved = made?.record ?? proposal;
    const came = await carryOut(api, approved, { authorization });
    return settle(table, approved, ending(approved, came), save, invoked);
  },
});
