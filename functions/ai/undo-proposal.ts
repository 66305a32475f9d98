import { takeBack } from "../../shared/ai/carry-out.ts";
import { callApi } from "../../shared/data/api.ts";
import { settle } from "../../shared/data/proposals.ts";
import { writeTable } from "../../shared/data/table.ts";
import {
  checkAsker,
  Proposal,
  ProposalVersion,
  refuseUndoing,
  takingBack,
} from "../../shared/domain/proposal.ts";
import { operation } from "../../shared/entry/definition.ts";
import { proposalAt } from "../../shared/entry/path-proposal.ts";

export const undoProposal = operation({
  id: "undoProposal",
  method: "POST",
  path: "/v1/ai-requests/{ai_request_id}/proposals/{proposal_id}/undo",
  permission: "ai:write",
  summary: "Undo a proposal that was done",
  description:
    "By whoever asked the assistant, in their own session, with what they may do today: what was created is deleted, what " +
    "was deleted restored, and what was changed gets its former values, by the operation that `preview.undo` names. A " +
    "record that somebody has changed since stays as it is: 409.",
  body: ProposalVersion,
  answer: { status: 200, body: Proposal },
  problems: ["stale_version", "invalid_transition"],
  unversioned: true,
  access: { table: writeTable("PutItem"), api: callApi },
  record: proposalAt,
  async run({ table, api, record, body, caller, authorization = "", save, ...invoked }) {
    const { request, proposal } = record;
    checkAsker(request, caller);
    const came = await takeBack(api, proposal, takingBack(proposal, body.version), { authorization });
    if (!came.isDone) refuseUndoing(came);
    return settle(table, proposal, { status: "undone" }, save, invoked);
  },
});
