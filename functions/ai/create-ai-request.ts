import { providerSecretIn } from "../../shared/ai/provider/provider.ts";
import { settings } from "../../shared/ai/settings.ts";
import { budgetKeys, budgetsIn, checkBudgets, limitsOf } from "../../shared/data/ai-budget.ts";
import { withCost } from "../../shared/data/ai-requests.ts";
import { aiRequestKey } from "../../shared/data/assistants.ts";
import { counted } from "../../shared/data/quotas.ts";
import { aliveIn, recordKey } from "../../shared/data/record-item.ts";
import { createRecord } from "../../shared/data/records.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { writeTable } from "../../shared/data/table.ts";
import { AiRequest, aiRequestRecord, NewAiRequest } from "../../shared/domain/ai-request.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { limitSaid } from "../../shared/domain/limits.ts";
import { invalidInput } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createAiRequest = operation({
  id: "createAiRequest",
  method: "POST",
  path: "/v1/ai-requests",
  permission: "ai:write",
  summary: "Ask the assistant",
  description:
    "Returns the queued request at once; read it again until its status is completed, failed or cancelled, three minutes " +
    "after its start at the latest. The assistant reads what you may read, with the same operations, and changes nothing: " +
    "what it would change it proposes (`/proposals`), and you approve it or not. A text is `usable` when its numbers and " +
    "features are those of the record and no fair-housing rule blocks it. " +
    limitSaid("requests to the assistant"),
  body: NewAiRequest,
  answer: { status: 202, body: AiRequest },
  problems: ["ai_unavailable", "budget_exceeded"],
  access: { table: writeTable("PutItem", "UpdateItem"), openai: readSecret("openai") },
  async run({ table, openai, body, caller, userAgent: _, commit, problem, ...invoked }) {
    const secret = providerSecretIn(await openai.read());
    if (!secret) throw problem("ai_unavailable");
    const { brokerage_id, user_id, session_id } = caller;
    const { source, request_payload } = body;
    const conversation_id =
      "conversation_id" in request_payload ? request_payload.conversation_id : undefined;
    const [ofBrokerage, ofUser, brokerage, first] = await table.getMany([
      ...budgetKeys(brokerage_id, user_id, invoked.now),
      recordKey(brokerage_id, brokerageRecord, brokerage_id),
      ...(conversation_id === undefined ? [] : [aiRequestKey(brokerage_id, conversation_id)]),
    ]);
    if (conversation_id !== undefined && aliveIn(aiRequestRecord, first)?.user_id !== user_id)
      throw invalidInput("/request_payload/conversation_id", "is no conversation of yours");
    if (source === "chat" && body.request_payload.messages.at(-1)!.role !== "user")
      throw invalidInput("/request_payload/messages", "must end with a message of the user");
    const limits = limitsOf(aliveIn(brokerageRecord, brokerage)!);
    checkBudgets(budgetsIn([ofBrokerage, ofUser]), limits, invoked.now);
    const { record, writes } = createRecord(
      aiRequestRecord,
      brokerage_id,
      {
        ...{ user_id, owner_user_id: user_id, source, request_payload, provider: "openai" as const },
        ...{ model: secret.model ?? settings.model, status: "queued" as const },
        conversation_id: conversation_id ?? null,
        asked: { ...invoked.written, ...(session_id ? { session_id } : {}) },
      },
      invoked,
    );
    const used = counted("requests to the assistant", caller, invoked.now);
    return commit([...writes, used], withCost(record, undefined));
  },
});
