import { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

/** One request to the table, with what it costs. */
export interface Metered {
  /** "GetItem", "Query", ... as DynamoDB names it. */
  readonly action: string;
  readonly readUnits: number;
  readonly writeUnits: number;
}

interface Capacity {
  readonly CapacityUnits?: number;
  readonly ReadCapacityUnits?: number;
  readonly WriteCapacityUnits?: number;
}

let metered: Metered[] | undefined;

const actions: Readonly<Record<string, string>> = {
  GetCommand: "GetItem",
  BatchGetCommand: "BatchGetItem",
  QueryCommand: "Query",
  BatchWriteCommand: "BatchWriteItem",
  PutCommand: "PutItem",
  UpdateCommand: "UpdateItem",
  TransactWriteCommand: "TransactWriteItems",
};

type Send = (command: { readonly input: object }, ...rest: unknown[]) => Promise<unknown>;

// Each request of the document client in this process asks what it costs.
const client = DynamoDBDocumentClient.prototype as unknown as { send: Send };
const { send } = client;
client.send = async function (this: typeof client, command, ...rest) {
  const meter = metered;
  if (!meter) return send.call(this, command, ...rest);
  Object.assign(command.input, { ReturnConsumedCapacity: "INDEXES" });
  const action = actions[command.constructor.name] ?? command.constructor.name;
  // In the order in which they were asked: which of two at once is answered first is chance.
  const at = meter.push({ action, readUnits: 0, writeUnits: 0 }) - 1;
  const answer = await send.call(this, command, ...rest);
  const { ConsumedCapacity = [] } = answer as { ConsumedCapacity?: Capacity | Capacity[] };
  meter[at] = { action, ...unitsOf(action, [ConsumedCapacity].flat()) };
  return answer;
};

function unitsOf(action: string, capacities: readonly Capacity[]) {
  const sum = (of: (capacity: Capacity) => number | undefined) =>
    capacities.reduce((total, capacity) => total + (of(capacity) ?? 0), 0);
  const total = sum(({ CapacityUnits }) => CapacityUnits);
  const reads = ["GetItem", "BatchGetItem", "Query"].includes(action);
  return { readUnits: reads ? total : 0, writeUnits: reads ? 0 : total };
}

/** What `run` asks of the table, request by request. One at a time. */
export async function meter<T>(
  run: () => Promise<T>,
): Promise<{ readonly result: T; readonly requests: Metered[] }> {
  const requests: Metered[] = [];
  metered = requests;
  try {
    return { result: await run(), requests };
  } finally {
    metered = undefined;
  }
}
