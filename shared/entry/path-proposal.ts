import { aiRequestKey } from "../data/assistants.ts";
import { proposalKey } from "../data/proposals.ts";
import { aliveIn } from "../data/record-item.ts";
import { aiRequestRecord, type StoredAiRequest } from "../domain/ai-request.ts";
import { proposalRecord, type StoredProposal } from "../domain/proposal.ts";
import type { PathRecord } from "./definition.ts";

interface ProposalOfPath {
  readonly request: StoredAiRequest;
  readonly proposal: StoredProposal;
}

/** The proposal of the path, of the request to the assistant that it names; that one decides who may see it. */
export const proposalAt: PathRecord<"ai_request_id" | "proposal_id", "ai", ProposalOfPath> = {
  type: proposalRecord,
  guard: "ai",
  async load(table, brokerageId, { ai_request_id, proposal_id }) {
    const [asked, proposed] = await table.getMany([
      aiRequestKey(brokerageId, ai_request_id),
      proposalKey(brokerageId, proposal_id),
    ]);
    const [request, proposal] = [aliveIn(aiRequestRecord, asked), aliveIn(proposalRecord, proposed)];
    if (!request || proposal?.ai_request_id !== request.id) return undefined;
    return { record: { request, proposal }, guarded: request };
  },
};
