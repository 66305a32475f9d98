import type { StoredAiRequest } from "../domain/ai-request.ts";
import type { Invocation } from "../domain/invocation.ts";
import { Problem, type ProblemCode } from "../domain/problem.ts";
import {
  type ending,
  mostProposals,
  newProposal,
  type Proposed,
  proposalRecord,
  type StoredProposal,
} from "../domain/proposal.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { changeRecord, createRecord, type Stamp } from "./records.ts";
import type { PutWrite, TableReader } from "./table.ts";

/** The key of a proposal. */
export const proposalKey = (brokerageId: string, id: string) => recordKey(brokerageId, proposalRecord, id);

/**
 * What a request to the assistant proposed, as the last step of its job: it names them in their order, and whoever asked
 * has written them. Throws for more than it may make.
 */
export function proposedIn(
  { id, brokerage_id, asked }: StoredAiRequest,
  proposed: readonly Proposed[],
  { now, newId, written }: Invocation,
) {
  if (proposed.length > mostProposals) throw new Error(`${proposed.length} proposals of one request`);
  const { session_id: _, ...by } = asked;
  const stamp = { now, newId, written: { ...by, operation_id: written.operation_id } };
  const made = proposed.map((one) => createRecord(proposalRecord, brokerage_id, newProposal(one, id), stamp));
  return {
    changes: { proposals: made.map(({ record }) => record.id) },
    also: made.flatMap(({ writes }) => writes),
  };
}

/** The proposals of a request, in their order: one read. Those that were erased are left out. */
export async function proposalsOf(
  table: TableReader,
  { brokerage_id, proposals = [] }: Pick<StoredAiRequest, "brokerage_id" | "proposals">,
): Promise<StoredProposal[]> {
  if (proposals.length === 0) return [];
  const items = await table.getMany(proposals.map((id) => proposalKey(brokerage_id, id)));
  return items.flatMap((item) => aliveIn(proposalRecord, item) ?? []);
}

/** How a proposal that was approved, or done, ends. */
type Ending = ReturnType<typeof ending> | { readonly status: "undone" };
/** Another attempt wrote first. */
const lost: readonly ProblemCode[] = ["stale_version", "conflict", "request_in_progress"];
const mostTries = 5;

/**
 * Writes how a proposal ended. Two may try at once, with one effect: who writes second answers what the first wrote,
 * unless that says that it failed, and it did not.
 */
export async function settle(
  table: TableReader,
  from: StoredProposal,
  ending: Ending,
  save: (made: {
    readonly record: StoredProposal;
    readonly writes: readonly PutWrite[];
  }) => Promise<StoredProposal>,
  stamp: Stamp,
): Promise<StoredProposal> {
  for (let current = from, tries = 1; ; tries++)
    try {
      return await save(changeRecord(proposalRecord, current, ending, stamp));
    } catch (error) {
      if (!(error instanceof Problem) || !lost.includes(error.code) || tries === mostTries) throw error;
      const now = aliveIn(proposalRecord, await table.get(proposalKey(from.brokerage_id, from.id)));
      if (!now) throw error;
      const isWrong = now.status === "failed" && ending.status === "done";
      if (now.status !== from.status && !isWrong) return now;
      current = now;
    }
}
