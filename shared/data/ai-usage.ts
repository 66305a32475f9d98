import type { AiSource } from "../domain/ai-request.ts";
import type { Used, UsedOfDay } from "../domain/ai-usage.ts";
import { dayIn, daysAfter } from "../domain/days.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import { everyItem, type Item, type Key, type TableQuerier, type UpdateWrite } from "./table.ts";

/** Who spends: the user of a request. */
export interface Spender {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly source: AiSource;
}

/** When something was used, and the brokerage's time zone, which says on which day that is. */
export interface When {
  readonly now: Date;
  readonly time_zone: string;
}

/** Days that usage is kept: three years. */
const daysKept = 3 * 366;

/** The partition of what a user, or everybody in the brokerage (`all`), used. */
const partitionOf = (brokerageId: string, of: string): string => `${brokerageId}#ai-usage#${of}`;

/** The writes that count what was used, in the user's usage and in the brokerage's. Each adds: commit them once. */
export function usageWrites(spender: Spender, used: Used, { now, time_zone }: When): UpdateWrite[] {
  const { brokerage_id, user_id, source } = spender;
  const day = dayIn(time_zone, now);
  return [user_id, "all"].map((of) =>
    counting({ pk: partitionOf(brokerage_id, of), sk: `${day}#${user_id}#${source}` }, used, day),
  );
}

function counting(key: Key, used: Used, day: string): UpdateWrite {
  return {
    Update: {
      Key: key,
      UpdateExpression:
        "ADD requests :requests, input_tokens :input, output_tokens :output, cost_micros :cost " +
        "SET #ttl = :ttl, #schema = :schema",
      ExpressionAttributeNames: { "#ttl": "ttl", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":requests": used.requests,
        ":input": used.input_tokens,
        ":output": used.output_tokens,
        ":cost": used.cost_micros,
        ":ttl": ttl(new Date(daysAfter(day, daysKept))),
        ":schema": withSchemaVersion("aiUsage", {}).schema,
      },
    },
  };
}

/** What a user, or everybody in the brokerage (`all`), used in some days, `to` not among them. Strongly consistent. */
export async function readUsage(
  table: TableQuerier,
  brokerageId: string,
  of: string,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<UsedOfDay[]> {
  const used: UsedOfDay[] = [];
  const items = everyItem(table, {
    // The keys of a day begin with it: they come after the day itself, so those of `to` are not in the range.
    KeyConditionExpression: "pk = :pk AND sk BETWEEN :from AND :to",
    ExpressionAttributeValues: { ":pk": partitionOf(brokerageId, of), ":from": from, ":to": to },
    ConsistentRead: true,
  });
  for await (const item of items) used.push(usedIn(item));
  return used;
}

function usedIn({ sk, requests, input_tokens, output_tokens, cost_micros }: Item): UsedOfDay {
  const [day, user, source] = sk.split("#") as [string, string, string];
  return { day, user, source, ...({ requests, input_tokens, output_tokens, cost_micros } as Used) };
}
