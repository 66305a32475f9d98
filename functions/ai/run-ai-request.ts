import {
  type Answering,
  chatAnswer,
  cmaProse,
  followUpEmail,
  lawfully,
  listingDescription,
  workflowSummary,
} from "../../shared/ai/answers.ts";
import { markOf } from "../../shared/ai/fence.ts";
import { Model, Unanswered } from "../../shared/ai/model.ts";
import { proposalOf } from "../../shared/ai/propose.ts";
import { openProvider, providerSecretIn } from "../../shared/ai/provider/provider.ts";
import { recordsOf } from "../../shared/ai/records.ts";
import { toolsBeside } from "../../shared/ai/tools.ts";
import { readWork } from "../../shared/ai/work.ts";
import { callApi } from "../../shared/data/api.ts";
import { proposedIn } from "../../shared/data/proposals.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { tableFor } from "../../shared/data/table.ts";
import {
  type AiResponse,
  aiRequestAt,
  aiRequestRecord,
  type Payload,
  type StoredAiRequest,
} from "../../shared/domain/ai-request.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { dayIn } from "../../shared/domain/days.ts";
import { jobWorker } from "../../shared/entry/job-worker.ts";
import { assistantAuthorization } from "../../shared/identity/assistant-tokens.ts";

/**
 * Answers a request: a model writes, and reads as the user's assistant, over the API. Whatever the provider does, it ends
 * within three minutes of its start, within its budget, with one answer or a reason.
 */
export const runAiRequest = jobWorker(aiRequestRecord, {
  id: "runAiRequest",
  queue: "ai",
  summary: "Answer a request to the assistant",
  impact: "Requests to the assistant stay queued or end as failed.",
  bundle: { files: ["tools.json"] },
  access: {
    table: tableFor("GetItem", "PutItem", "UpdateItem"),
    openai: readSecret("openai"),
    assistant: readSecret("assistant"),
    api: callApi,
  },
  async work({ record: request, table, openai, assistant, api, ...invoked }) {
    const { now, newId, written } = invoked;
    const failed = (reason: string) => ({
      changes: { status: "failed" as const, reason, completed_at: new Date().toISOString() },
    });
    const late = aiRequestAt(request, now);
    if (late.status === "failed") return failed(late.reason ?? "");
    const secret = providerSecretIn(await openai.read());
    const { brokerage_id, user_id, started_at, asked } = request;
    const brokerage = await loadRecord(table, brokerageRecord, brokerage_id, brokerage_id);
    const { session_id, api_key_id } = asked;
    const signed_in_by = session_id ? { session_id } : api_key_id ? { api_key_id } : undefined;
    if (!secret || !brokerage || !signed_in_by) return failed("No assistant is set up here any more");
    const tools = toolsBeside(import.meta.url);
    const named = { brokerage_id, user_id, ai_request_id: request.id, signed_in_by };
    const authorization = await assistantAuthorization(assistant, named, started_at!);
    const calling = { table, provider: await openProvider(secret), request, brokerage, newId, written };
    const model = new Model(calling, await readWork(table, request));
    const forgotten = (reason: string) => ({ ...failed(reason), also: [model.forgetting()] });
    try {
      const response_payload = await answer(request, {
        model,
        records: recordsOf(api, authorization, tools),
        asking: {
          mark: markOf(request),
          today: dayIn(brokerage.time_zone, now),
          time_zone: brokerage.time_zone,
        },
        agent: { tools, propose: lawfully(now, (what) => proposalOf({ api, authorization, tools }, what)) },
        now,
      });
      const { changes, also } = proposedIn(request, model.said.proposed, invoked);
      const ended = new Date();
      // Whoever read it since has seen that it had failed.
      const { status, reason } = aiRequestAt(request, ended);
      if (status === "failed") return forgotten(reason ?? "");
      const completed_at = ended.toISOString();
      return {
        changes: { ...changes, status: "completed" as const, response_payload, completed_at },
        also: [...also, model.forgetting()],
      };
    } catch (error) {
      if (error instanceof Unanswered) return forgotten(error.message);
      throw error;
    }
  },
});

function answer({ source, request_payload, id }: StoredAiRequest, answering: Answering): Promise<AiResponse> {
  switch (source) {
    case "chat":
      return chatAnswer(answering, request_payload as Payload<"chat">, id);
    case "cma":
      return cmaProse(answering, request_payload as Payload<"cma">);
    case "workflow":
      return workflowSummary(answering, request_payload as Payload<"workflow">);
    case "content": {
      const asked = request_payload as Payload<"content">;
      return asked.kind === "follow_up_email"
        ? followUpEmail(answering, asked)
        : listingDescription(answering, asked);
    }
  }
}
