import type { Api } from "../../data/api.ts";
import { proposedIn } from "../../data/proposals.ts";
import { counted } from "../../data/quotas.ts";
import { changeRecord, createRecord } from "../../data/records.ts";
import type { SecretReader } from "../../data/secret.ts";
import type { PutWrite, UpdateWrite } from "../../data/table.ts";
import { type Caller, scopeOf } from "../../domain/access.ts";
import { aiRequestRecord, type StoredAiRequest } from "../../domain/ai-request.ts";
import type { Invocation } from "../../domain/invocation.ts";
import { Problem } from "../../domain/problem.ts";
import { assistantAuthorization } from "../../identity/assistant-tokens.ts";
import { type Asked, type ProposalOf, proposalOf } from "../propose.ts";
import type { Tool } from "../tools.ts";
import { type Place, proposed } from "./proposed.ts";
import { answered } from "./read.ts";
import type { ToolCall } from "./serve.ts";
import { failed, failedBy } from "./tool-result.ts";

export { proposedBefore } from "./proposed.ts";

/** What proposing takes: who asks, and what stores it. */
export interface Proposing extends Invocation {
  readonly caller: Caller;
  readonly api: Api;
  /** Where the web app is, in which a person approves. */
  readonly appOrigin: string;
  /** The key of assistants' tokens. */
  readonly assistant: SecretReader;
  commit(writes: readonly (PutWrite | UpdateWrite)[], body: undefined): Promise<undefined>;
}

/**
 * Proposes a change: as a request to the assistant that has no model and ends at once. Its token lets the API check the
 * exact request without doing it, as the caller; what a caller's own token would do at once.
 */
export async function propose(
  context: Proposing,
  tools: readonly Tool[],
  { given, showsLinks }: ToolCall,
): Promise<object> {
  const { caller, appOrigin } = context;
  const tool = tools.find((one) => one.kind === "proposes" && one.operation_id === given.operation_id);
  if (!tool)
    return failed({ code: "invalid_input", detail: "operation_id is none of those that can be proposed" });
  if (scopeOf(caller, "ai:write") === undefined)
    return failed({ code: "forbidden", detail: "Proposing needs ai:write" });
  try {
    const request = await begun(context, tool);
    const made = await checked(context, tools, request, given as unknown as Asked).catch((error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      return { ok: false as const, problem: error.message };
    });
    const place = await ended(context, request, made);
    if (!made.ok) return failed({ detail: made.problem });
    return proposed({ ...made.fields, status: "proposed", reason: null }, place!, { appOrigin, showsLinks });
  } catch (error) {
    if (error instanceof Problem) return failedBy(error);
    throw error;
  }
}

/** The request as which it is done, in work: so its token is good, for this session or key and no longer. */
async function begun(context: Proposing, { summary }: Tool): Promise<StoredAiRequest> {
  const { caller, now, written, commit } = context;
  const { brokerage_id, user_id, session_id } = caller;
  const { record, writes } = createRecord(
    aiRequestRecord,
    brokerage_id,
    {
      ...{ user_id, owner_user_id: user_id, source: "workflow" as const, provider: "openai" as const },
      ...{ request_payload: { goal: `${summary} (by MCP)` }, model: "none" },
      ...{ status: "processing" as const, started_at: now.toISOString(), conversation_id: null },
      asked: { ...written, ...(session_id ? { session_id } : {}) },
    },
    context,
  );
  await commit([...writes, counted("requests to the assistant", caller, now)], undefined);
  return record;
}

async function checked(
  { caller, api, assistant }: Proposing,
  tools: readonly Tool[],
  { id, started_at }: StoredAiRequest,
  asked: Asked,
): Promise<ProposalOf> {
  const { brokerage_id, user_id, session_id, api_key_id } = caller;
  const signed_in_by = session_id ? { session_id } : { api_key_id: api_key_id! };
  const claims = { brokerage_id, user_id, ai_request_id: id, signed_in_by };
  const authorization = await assistantAuthorization(assistant, claims, started_at!);
  return proposalOf({ api: { call: (one) => answered(api, one) }, authorization, tools }, asked);
}

/** Ends the request, with its proposal in the same transaction; answers where that is. */
async function ended(
  context: Proposing,
  request: StoredAiRequest,
  made: ProposalOf,
): Promise<Place | undefined> {
  const completed_at = context.now.toISOString();
  if (!made.ok) {
    const failure = { status: "failed" as const, reason: made.problem.slice(0, 1000), completed_at };
    await context.commit(changeRecord(aiRequestRecord, request, failure, context).writes, undefined);
    return undefined;
  }
  const { changes, also } = proposedIn(request, [made.fields], context);
  const response_payload = { summary: made.fields.preview.title, checks: [], usable: true };
  const success = { ...changes, status: "completed" as const, response_payload, completed_at };
  const { writes } = changeRecord(aiRequestRecord, request, success, context);
  await context.commit([...writes, ...also], undefined);
  return { ai_request_id: request.id, proposal_id: changes.proposals[0]! };
}
