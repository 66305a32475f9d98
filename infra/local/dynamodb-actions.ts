import type { Action } from "./iam.ts";
import { account, region } from "./identities.ts";

interface Input {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly RequestItems?: Record<string, unknown>;
  readonly TransactItems?: readonly Record<string, { TableName: string }>[];
}

const transactActions: Record<string, string> = {
  Put: "PutItem",
  Update: "UpdateItem",
  Delete: "DeleteItem",
  ConditionCheck: "ConditionCheckItem",
  Get: "GetItem",
};

/**
 * What IAM must allow for a DynamoDB call, as the Service Authorization Reference has it: an index has its own ARN,
 * a transaction needs the action of each of its items.
 */
export function dynamoActions(operation: string, input: Input): Action[] {
  if (input.TransactItems)
    return input.TransactItems.flatMap((item) =>
      Object.entries(item).map(([kind, { TableName }]) => on(transactActions[kind] ?? kind, TableName)),
    );
  if (input.RequestItems) return Object.keys(input.RequestItems).map((table) => on(operation, table));
  if (input.TableName) return [on(operation, input.TableName, input.IndexName)];
  return [{ action: `dynamodb:${operation}`, resource: "*" }];
}

function on(operation: string, table: string, index?: string): Action {
  const arn = table.startsWith("arn:") ? table : `arn:aws:dynamodb:${region}:${account}:table/${table}`;
  return { action: `dynamodb:${operation}`, resource: index ? `${arn}/index/${index}` : arn };
}
