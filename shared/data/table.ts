import { type AttributeValue, DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import type { ProblemCode } from "../domain/problem.ts";
import type { Grant } from "../entry/grant.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

/** Who wrote an item, from where and in which invocation; on every record from its first write. */
export interface Written {
  /** User id, or the name of the worker that wrote. */
  readonly by: string;
  readonly ip: string | null;
  /** One id for all that one invocation writes; how a repeated write recognises itself. */
  readonly operation_id: string;
}

export type Item = Key & Record<string, unknown>;

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];
type WithoutTable<T> = Omit<T, "TableName">;

type Input =
  | { readonly Put: WithoutTable<NonNullable<TransactItem["Put"]>> }
  | { readonly Update: WithoutTable<NonNullable<TransactItem["Update"]>> }
  | { readonly ConditionCheck: WithoutTable<NonNullable<TransactItem["ConditionCheck"]>> };

/**
 * One write of a commit, in the document client's words without the table's name, and the problem that a caller
 * is told when its condition does not hold.
 */
export type Write = Input & { readonly otherwise?: ProblemCode };

/** Conditions of a commit did not hold: nothing was written. `failed` maps a write's place to what stands there. */
export class ConditionFailed extends Error {
  readonly failed: ReadonlyMap<number, Item | undefined>;
  constructor(failed: ReadonlyMap<number, Item | undefined>) {
    super(`The condition of write ${[...failed.keys()].join(", ")} did not hold`);
    this.name = "ConditionFailed";
    this.failed = failed;
  }
}

/** Another transaction held one of the items, again and again. Nothing was written. */
export class CommitConflict extends Error {
  override name = "CommitConflict";
}

/** Reads of the table. */
export interface TableReader {
  /** Strongly consistent. */
  get<T extends Key = Item>(key: Key): Promise<T | undefined>;
  /** Strongly consistent, in the order of the keys; at most 100. */
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>;
  /** One Query; eventually consistent unless it says otherwise. */
  query(input: Omit<QueryCommandInput, "TableName">): Promise<{ items: Item[]; last: Item | undefined }>;
}

/** Reads and writes of the table. */
export interface TableWriter extends TableReader {
  /** Writes all or nothing: one write as itself, more as a transaction (at most 100). Throws `ConditionFailed`. */
  commit(writes: readonly Write[]): Promise<void>;
}

let client: DynamoDBDocumentClient | undefined;

/**
 * The SDK would log a failed call with the items in it; what fails is thrown, and logged without them. A logger
 * without `info` spares the SDK's copies of every call.
 */
function connect(config: DynamoDBClientConfig): DynamoDBDocumentClient {
  const logger = { debug() {}, warn: console.warn, error() {} } as unknown as Console;
  return DynamoDBDocumentClient.from(new DynamoDBClient({ ...config, logger }), {
    marshallOptions: { removeUndefinedValues: true },
  });
}

function open(TableName: string): TableWriter {
  client ??= connect({});
  return tableOn(client, TableName);
}

/** Opens the table with a client of its own: for scripts, which know where and as whom. */
export const openTable = (name: string, config: DynamoDBClientConfig): TableWriter =>
  tableOn(connect(config), name);

function tableOn(send: DynamoDBDocumentClient, TableName: string): TableWriter {
  return {
    async get<T extends Key>(key: Key) {
      const { Item } = await send.send(
        new GetCommand({ TableName, Key: onlyKey(key), ConsistentRead: true }),
      );
      return Item as T | undefined;
    },
    async getMany(keys) {
      const found = new Map<string, Item>();
      let pending = keys.map(onlyKey);
      for (let attempt = 0; pending.length > 0; attempt++) {
        if (attempt > 0) await pause(attempt);
        const answer = await send.send(
          new BatchGetCommand({ RequestItems: { [TableName]: { Keys: pending, ConsistentRead: true } } }),
        );
        for (const item of (answer.Responses?.[TableName] ?? []) as Item[]) found.set(name(item), item);
        pending = (answer.UnprocessedKeys?.[TableName]?.Keys ?? []) as { pk: string; sk: string }[];
        if (attempt >= 8 && pending.length > 0) throw new Error("DynamoDB left keys unread");
      }
      return keys.map((key) => found.get(name(key)));
    },
    async query(input) {
      const answer = await send.send(new QueryCommand({ ...input, TableName }));
      return { items: (answer.Items ?? []) as Item[], last: answer.LastEvaluatedKey as Item | undefined };
    },
    async commit(writes) {
      for (let attempt = 0; ; attempt++) {
        try {
          return await write(send, TableName, writes);
        } catch (error) {
          if (!(error instanceof CommitConflict) || attempt >= 4) throw error;
          await pause(attempt);
        }
      }
    },
  };
}

async function write(
  send: DynamoDBDocumentClient,
  TableName: string,
  writes: readonly Write[],
): Promise<void> {
  const [only] = writes;
  const ReturnValuesOnConditionCheckFailure = "ALL_OLD" as const;
  try {
    if (writes.length === 1 && only && "Put" in only)
      await send.send(new PutCommand({ ...only.Put, TableName, ReturnValuesOnConditionCheckFailure }));
    else if (writes.length === 1 && only && "Update" in only)
      await send.send(new UpdateCommand({ ...only.Update, TableName, ReturnValuesOnConditionCheckFailure }));
    else
      await send.send(
        new TransactWriteCommand({
          TransactItems: writes.map(({ otherwise: _, ...one }) => {
            const [[kind, input]] = Object.entries(one) as [[string, object]];
            return { [kind]: { ...input, TableName, ReturnValuesOnConditionCheckFailure } };
          }) as TransactItem[],
        }),
      );
  } catch (error) {
    rethrow(error, writes);
  }
}

/** Turns the service's refusals into ours; a write that finds its own operation id has already happened. */
function rethrow(error: unknown, writes: readonly Write[]): void {
  const failure = error as {
    name?: string;
    Item?: Record<string, AttributeValue>;
    CancellationReasons?: { Code?: string; Item?: Record<string, AttributeValue> }[];
  };
  if (failure.name === "ConditionalCheckFailedException") {
    const [only] = writes;
    if (only && "Put" in only && isSameWrite(plain(failure.Item), only.Put.Item as Item)) return;
    throw new ConditionFailed(new Map([[0, plain(failure.Item)]]));
  }
  if (failure.name === "TransactionConflictException") throw new CommitConflict();
  if (failure.name === "TransactionCanceledException") {
    const reasons = failure.CancellationReasons ?? [];
    const failed = reasons.flatMap(({ Code, Item }, index) =>
      Code === "ConditionalCheckFailed" ? [[index, plain(Item)] as const] : [],
    );
    if (failed.length > 0) throw new ConditionFailed(new Map(failed));
    if (reasons.some((reason) => reason.Code === "TransactionConflict")) throw new CommitConflict();
  }
  throw error;
}

function isSameWrite(stands: Item | undefined, wanted: Item): boolean {
  const [ours, theirs] = [wanted.written, stands?.written] as (Written | undefined)[];
  return (
    ours !== undefined && ours.operation_id === theirs?.operation_id && wanted.version === stands?.version
  );
}

/** Errors carry items as the wire has them: the document client does not touch them. */
const plain = (item: Record<string, AttributeValue> | undefined) => item && (unmarshall(item) as Item);
const onlyKey = ({ pk, sk }: Key) => ({ pk, sk });
const name = ({ pk, sk }: Key) => `${pk}\n${sk}`;
const pause = (attempt: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 40 * 2 ** attempt));

const readActions = ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:Query"] as const;
const writeActions = ["dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:ConditionCheckItem"] as const;

/** Grant: read the table and its indexes. */
export const readTable: Grant<TableReader> = { target: { kind: "table" }, actions: readActions, open };

/** Grant: read and write the table. Nothing deletes: a delete is a tombstone with a time to live. */
export const writeTable: Grant<TableWriter> = {
  target: { kind: "table" },
  actions: [...readActions, ...writeActions],
  open,
};
