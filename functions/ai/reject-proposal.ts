import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import {
  checkAsker,
  Proposal,
  ProposalVersion,
  proposalRecord,
  rejection,
} from "../../shared/domain/proposal.ts";
import { operation } from "../../shared/entry/definition.ts";
import { proposalAt } from "../../shared/entry/path-proposal.ts";

export const rejectProposal = operation({
  id: "rejectProposal",
  method: "POST",
  path: "/v1/ai-requests/{ai_request_id}/proposals/{proposal_id}/reject",
  permission: "ai:write",
  summary: "Reject a proposal: it is never done",
  description: "By whoever asked the assistant, in their own session; no API key and no assistant.",
  body: ProposalVersion,
  answer: { status: 200, body: Proposal },
  problems: ["stale_version", "invalid_transition"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: proposalAt,
  async run({ record: { request, proposal }, body, caller, save, ...invoked }) {
    checkAsker(request, caller);
    return save(changeRecord(proposalRecord, proposal, rejection(proposal, body.version), invoked));
  },
});
