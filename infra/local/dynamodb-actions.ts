import type { Action, Item } from "./iam.ts";
import { arn } from "./identities.ts";

/** A write or a read of one item: a Put has the whole item, the others its key. */
interface OfItem {
  readonly Item?: Item;
  readonly Key?: Item;
  readonly UpdateExpression?: string;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
}

interface Batch {
  /** Of a BatchGetItem. */
  readonly Keys?: readonly Item[];
}

interface Input extends OfItem {
  readonly TableName?: string;
  readonly IndexName?: string;
  readonly KeyConditionExpression?: string;
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

/** Words of expressions that name no attribute. */
const keywords = [
  ...["SET", "ADD", "REMOVE", "DELETE", "AND", "OR", "NOT", "IN", "BETWEEN"],
  ...["attribute_exists", "attribute_not_exists", "begins_with", "contains", "size", "if_not_exists"],
];

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
        attributes: attributesOf(one),
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
        attributes: attributesOf(input),
      },
    ];
  return [{ action: `dynamodb:${operation}`, resource: "*" }];
}

const itemOf = ({ Item, Key }: OfItem): Item[] => [Item ?? Key].filter((one) => one !== undefined);

/** The top-level attributes that an Update names: its key's, and those of its expressions. */
function attributesOf(update: OfItem): string[] {
  const { Key = {}, UpdateExpression = "", ConditionExpression = "", ExpressionAttributeNames = {} } = update;
  const words = `${UpdateExpression} ${ConditionExpression}`.match(/(?<![\w:#.])[#A-Za-z_]\w*/g) ?? [];
  const named = words
    .filter((word) => !keywords.includes(word))
    .map((word) => ExpressionAttributeNames[word] ?? word);
  return [...new Set([...Object.keys(Key), ...named])];
}

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
