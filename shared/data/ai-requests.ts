import type * as z from "zod/mini";
import { type AiCost, aiRequestRecord, type StoredAiRequest } from "../domain/ai-request.ts";
import { aiRequestKey } from "./assistants.ts";
import { pack } from "./packed.ts";
import { aliveIn } from "./record-item.ts";
import type { Item, Key, TableReader, UpdateWrite } from "./table.ts";

/** What stands beside an AI request: the calls of models so far. */
export const workKey = (brokerageId: string, id: string): Key => ({
  ...aiRequestKey(brokerageId, id),
  sk: "work",
});

/** A request with what its calls cost so far. */
export type CostedAiRequest = StoredAiRequest & {
  readonly usage: z.output<typeof AiCost>;
  readonly attempts: number;
};

/** What an item beside a request says of its cost. */
interface WorkSaid {
  readonly attempts: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
  readonly cost_micros: number;
}

/** Reads a request with what it cost, in one request to the table. */
export async function getAiRequest(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<CostedAiRequest | undefined> {
  const [item, work] = await table.getMany([aiRequestKey(brokerageId, id), workKey(brokerageId, id)]);
  const request = aliveIn(aiRequestRecord, item);
  return request && withCost(request, work);
}

/** A request with what its calls cost, as the item beside it says; nothing where there is none. */
export function withCost(request: StoredAiRequest, work: Item | undefined): CostedAiRequest {
  const { attempts, input_tokens, output_tokens, cost_micros } = (work ?? nothing) as unknown as WorkSaid;
  return { ...request, attempts, usage: { input_tokens, output_tokens, cost_usd: cost_micros / 1e6 } };
}

const nothing: WorkSaid = { attempts: 0, input_tokens: 0, output_tokens: 0, cost_micros: 0 };

/** Forgets what was said in the work on a request, where there is any, and stops it; what it cost stays. */
export const forgetWork = (brokerageId: string, id: string): UpdateWrite => ({
  Update: {
    Key: workKey(brokerageId, id),
    UpdateExpression: "ADD step :one SET said = :nothing",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeValues: { ":one": 1, ":nothing": pack({ turns: [], sources: [], proposed: [] }) },
  },
});
