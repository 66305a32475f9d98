import { getAiRequest } from "../../shared/data/ai-requests.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { AiRequest, aiRequestAt, aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const cancelAiRequest = operation({
  id: "cancelAiRequest",
  method: "POST",
  path: "/v1/ai-requests/{ai_request_id}/cancel",
  permission: "ai:write",
  summary: "Cancel a request to the assistant",
  description: "A call of the model that runs is aborted within seconds; what it may have cost is counted.",
  answer: { status: 200, body: AiRequest },
  problems: ["invalid_transition"],
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(aiRequestRecord, "ai_request_id", getAiRequest),
  async run({ record, commit, problem, ...invoked }) {
    const { status } = aiRequestAt(record, invoked.now);
    if (status !== "queued" && status !== "processing")
      throw problem("invalid_transition", `A request that is ${status} cannot be cancelled`);
    const ended = { status: "cancelled" as const, lease: null, completed_at: invoked.now.toISOString() };
    const { attempts, usage, ...stored } = record;
    const { record: cancelled, writes } = changeRecord(aiRequestRecord, stored, ended, invoked);
    return commit(writes, { ...cancelled, attempts, usage });
  },
});
