import type { Action, Item } from "./iam.ts";
import { arn } from "./identities.ts";

/** A write or a read of one item: a Put has the whole item, the others its key. */
interface OfItem {
  readonly Item?: Item;
  readonly Key?: Item;
}

interface Batch {
  /** Of a BatchGetItem. */
  readonly Keys?: readonly Item[];
}

interface Input extends OfItem {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Item;
  readonly RequestItems?: Readonly<Record<string, Batch | readonly Readonly<Record<string, OfItem>>[]>>;
  readonly TransactItems?: readonly Readonly<Record<string, OfItem & { readonly TableName: string }>>[];
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
      Object.entries(item).map(([kind, one]) => ({
        ...on(transactActions[kind] ?? kind, one.TableName),
        items: itemOf(one),
      })),
    );
  if (input.RequestItems)
    return Object.entries(input.RequestItems).map(([table, batch]) => ({
      ...on(operation, table),
      items: "map" in batch ? batch.flatMap((one) => Object.values(one).flatMap(itemOf)) : (batch.Keys ?? []),
    }));
  if (input.TableName)
    return [
      {
        ...on(operation, input.TableName, input.IndexName),
        items: input.KeyConditionExpression ? [queried(input)] : itemOf(input),
      },
    ];
  return [{ action: `dynamodb:${operation}`, resource: "*" }];
}

const itemOf = ({ Item, Key }: OfItem): Item[] => [Item ?? Key].filter((one) => one !== undefined);

/** The attributes that a Query compares with `=`. */
function queried(input: Input): Item {
  const {
    KeyConditionExpression = "",
    ExpressionAttributeNames = {},
    ExpressionAttributeValues = {},
  } = input;
  const equalities = [...KeyConditionExpression.matchAll(/([#\w]+)\s*=\s*(:\w+)/g)];
  return Object.fromEntries(
    equalities.map(([, name = "", value = ""]) => [
      ExpressionAttributeNames[name] ?? name,
      ExpressionAttributeValues[value] ?? {},
    ]),
  );
}

function on(operation: string, table: string, index?: string): Action {
  const named = table.startsWith("arn:") ? table : arn("dynamodb", `table/${table}`);
  return { action: `dynamodb:${operation}`, resource: index ? `${named}/index/${index}` : named };
}
