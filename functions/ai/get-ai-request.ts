import { getAiRequest as readAiRequest } from "../../shared/data/ai-requests.ts";
import { readTable } from "../../shared/data/table.ts";
import { AiRequest, aiRequestAt, aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getAiRequest = operation({
  id: "getAiRequest",
  method: "GET",
  path: "/v1/ai-requests/{ai_request_id}",
  permission: "ai:read",
  summary: "Show a request to the assistant, and what it answered",
  answer: { status: 200, body: AiRequest },
  access: { table: readTable },
  record: recordAt(aiRequestRecord, "ai_request_id", readAiRequest),
  async run({ record, now }) {
    return aiRequestAt(record, now);
  },
});
