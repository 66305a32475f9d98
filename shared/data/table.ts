import { isDeepStrictEqual } from "node:util";
import { type AttributeValue, DynamoDBClient, type DynamoDBClientConfig } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DeleteCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  QueryCommand,
  type QueryCommandInput,
  TransactWriteCommand,
  type TransactWriteCommandInput,
  UpdateCommand,
} from "@aws-sdk/lib-dynamodb";
import { marshall, unmarshall } from "@aws-sdk/util-dynamodb";
import type { WriteStamp } from "../domain/invocation.ts";
import { Problem, type ProblemCode } from "../domain/problem.ts";
import type { Grant } from "./grant.ts";

export interface Key {
  readonly pk: string;
  readonly sk: string;
}

export type Item = Key & Record<string, unknown>;

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];
type WithoutTable<T> = Omit<T, "TableName">;

/** An item as it is written, with the version of its schema. */
export type StoredItem = Item & { readonly schema: number };

/** The problem that a caller is told when a write's condition does not hold: its code, or one with more to say. */
interface Conditional {
  readonly ifConditionFails?: ProblemCode | (() => Problem);
}

/** The writes of a commit, in the document client's words without the table's name. */
export type PutWrite = Conditional & {
  readonly Put: WithoutTable<NonNullable<TransactItem["Put"]>> & { readonly Item: StoredItem };
};
export type UpdateWrite = Conditional & {
  readonly Update: WithoutTable<NonNullable<TransactItem["Update"]>>;
};
export type DeleteWrite = Conditional & {
  readonly Delete: WithoutTable<NonNullable<TransactItem["Delete"]>>;
};
export type CheckWrite = Conditional & {
  readonly ConditionCheck: WithoutTable<NonNullable<TransactItem["ConditionCheck"]>>;
};
export type Write = PutWrite | UpdateWrite | DeleteWrite | CheckWrite;

/** The problem for a caller whose commit failed at this write's condition. */
export function refusalOf(write: Write | undefined): Problem {
  const refusal = write?.ifConditionFails ?? "conflict";
  return typeof refusal === "string" ? new Problem(refusal) : refusal();
}

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

/** Reads by key. Every call throws the problem `busy` when DynamoDB throttles, or does not answer, again and again. */
export interface TableReader {
  /** Strongly consistent. */
  get<T extends Key = Item>(key: Key): Promise<T | undefined>;
  /** Strongly consistent, in the order of the keys, of which some may be the same; at most 100. */
  getMany(keys: readonly Key[]): Promise<(Item | undefined)[]>;
}

/** Reads by key and by index. */
export interface TableQuerier extends TableReader {
  /** One Query; eventually consistent unless it says otherwise. */
  query(input: Omit<QueryCommandInput, "TableName">): Promise<{ items: Item[]; last: Item | undefined }>;
}

/** Items of a page of a walk: DynamoDB Local keeps in memory whatever a page may be. */
const walked = 1000;

/** Every item that a Query finds, page after page. */
export async function* everyItem(
  table: TableQuerier,
  { Limit = walked, ...input }: Parameters<TableQuerier["query"]>[0],
): AsyncGenerator<Item> {
  let from = input.ExclusiveStartKey;
  do {
    const { items, last } = await table.query({ ...input, Limit, ExclusiveStartKey: from });
    yield* items;
    from = last;
  } while (from);
}

/** Reads by key, and writes as its grant allows. */
export interface TableWriter<W extends Write = Write> extends TableReader {
  /** Writes all or nothing: one write as itself, more as a transaction (at most 100). Throws `ConditionFailed`. */
  commit(writes: readonly W[]): Promise<void>;
}

/** The table with all its methods. */
export type Table = TableQuerier & TableWriter;

let client: DynamoDBDocumentClient | undefined;

/**
 * How errors begin that pass by themselves, as the SDK gives up: DynamoDB throttles (also as cancellation reasons of a
 * transaction), or no answer came, and nobody knows whether it was done.
 */
const passing =
  /^(Throttling|ProvisionedThroughputExceeded|RequestLimitExceeded|InternalServerError|TimeoutError)/;

export const busy = () => new Problem("busy", undefined, { headers: { "retry-after": "1" } });

const marshallOptions = { removeUndefinedValues: true } as const;

/** Connections at most, for what writes in bulk; the SDK's own limit is 50. */
const maxSockets = 160;

/**
 * The SDK would log a failed call with the items in it; what fails is thrown, and logged without them. A logger
 * without `info` spares the SDK's copies of every call.
 */
function connect(config: DynamoDBClientConfig): DynamoDBDocumentClient {
  const logger = { debug() {}, warn: console.warn, error() {} } as unknown as Console;
  const requestHandler = { httpAgent: { maxSockets }, httpsAgent: { maxSockets } };
  const client = new DynamoDBClient({ ...config, logger, requestHandler });
  client.middlewareStack.add(
    (next) => (call) =>
      next(call).catch((error) => {
        throw passing.test(error.name) ? busy() : error;
      }),
    { step: "initialize" },
  );
  // A copy: the document client changes what it is given.
  return DynamoDBDocumentClient.from(client, { marshallOptions: { ...marshallOptions } });
}

/** The process's client, made when it is first asked for. */
export function documentClient(): DynamoDBDocumentClient {
  client ??= connect({});
  return client;
}

const open = (TableName: string): Table => tableOn(documentClient(), TableName);

/** Opens the table with a client of its own: for scripts, which pass endpoint and credentials. */
export const openTable = (name: string, config: DynamoDBClientConfig): Table =>
  tableOn(connect(config), name);

function tableOn(send: DynamoDBDocumentClient, TableName: string): Table {
  return {
    async get<T extends Key>(key: Key) {
      const { Item } = await send.send(
        new GetCommand({ TableName, Key: onlyKey(key), ConsistentRead: true }),
      );
      return Item as T | undefined;
    },
    async getMany(keys) {
      const found = new Map<string, Item>();
      // A request that names a key twice is refused.
      let pending = [...new Map(keys.map((key) => [name(key), onlyKey(key)])).values()];
      for (let attempt = 0; pending.length > 0; attempt++) {
        if (attempt > 0) await pause(attempt);
        const answer = await send.send(
          new BatchGetCommand({ RequestItems: { [TableName]: { Keys: pending, ConsistentRead: true } } }),
        );
        for (const item of (answer.Responses?.[TableName] ?? []) as Item[]) found.set(name(item), item);
        pending = (answer.UnprocessedKeys?.[TableName]?.Keys ?? []) as { pk: string; sk: string }[];
        if (attempt >= 5 && pending.length > 0) throw busy();
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
          if (attempt >= 6 || !mayPass(error as Refusal)) return rethrow(error as Refusal, writes);
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
  if (writes.length === 1 && only && "Put" in only)
    await send.send(new PutCommand({ ...only.Put, TableName, ReturnValuesOnConditionCheckFailure }));
  else if (writes.length === 1 && only && "Update" in only)
    await send.send(new UpdateCommand({ ...only.Update, TableName, ReturnValuesOnConditionCheckFailure }));
  else if (writes.length === 1 && only && "Delete" in only)
    await send.send(new DeleteCommand({ ...only.Delete, TableName, ReturnValuesOnConditionCheckFailure }));
  else
    await send.send(
      new TransactWriteCommand({
        TransactItems: writes.map(({ ifConditionFails: _, ...one }) => {
          const [[kind, input]] = Object.entries(one) as [[string, object]];
          return { [kind]: { ...input, TableName, ReturnValuesOnConditionCheckFailure } };
        }) as TransactItem[],
      }),
    );
}

/** How DynamoDB refuses a write, as the SDK throws it. */
interface Refusal extends Error {
  readonly Item?: Record<string, AttributeValue>;
  readonly CancellationReasons?: { Code?: string; Item?: Record<string, AttributeValue> }[];
}

const conditionFailed = "ConditionalCheckFailed";
const isConflict = (code: string) => code.startsWith("TransactionConflict");
const isThrottle = (code: string) => passing.test(code);
const reasonsOf = ({ CancellationReasons = [] }: Refusal) => CancellationReasons.map(({ Code = "" }) => Code);

/** Whether the same write may succeed in a moment; the SDK itself does not try these again. */
function mayPass(refusal: Refusal): boolean {
  const reasons = reasonsOf(refusal);
  if (reasons.includes(conditionFailed)) return false;
  return isConflict(refusal.name) || reasons.some((reason) => isConflict(reason) || isThrottle(reason));
}

/** Throws the service's refusals as our errors; returns when the write itself had already succeeded. */
function rethrow(refusal: Refusal, writes: readonly Write[]): void {
  if (refusal.name === "ConditionalCheckFailedException") {
    const [only] = writes;
    const stands = plain(refusal.Item);
    if (only && "Put" in only && isSameWrite(refusal.Item, only.Put.Item)) return;
    const stamp = only && "Update" in only && only.Update.ExpressionAttributeValues?.[":written"];
    if (stamp && stamp.operation_id === (stands?.written as WriteStamp | undefined)?.operation_id) return;
    throw new ConditionFailed(new Map([[0, stands]]));
  }
  const failed = (refusal.CancellationReasons ?? []).flatMap(({ Code, Item }, index) =>
    Code === conditionFailed ? [[index, plain(Item)] as const] : [],
  );
  if (failed.length > 0) throw new ConditionFailed(new Map(failed));
  const reasons = reasonsOf(refusal);
  if (isConflict(refusal.name) || reasons.some(isConflict)) throw new CommitConflict();
  if (reasons.some(isThrottle)) throw busy();
  throw refusal;
}

/**
 * Whether a stamped item stands as it was to be written: it was sent again after its answer was lost. The stamp alone
 * would not tell, since a job stamps all that it writes alike: an import may make one record of two rows.
 */
const isSameWrite = (stands: Refusal["Item"], wanted: StoredItem) =>
  wanted.written !== undefined && isDeepStrictEqual(stands, marshall(wanted, marshallOptions));

/** Errors carry items as the wire has them: the document client does not touch them. */
const plain = (item: Record<string, AttributeValue> | undefined) => item && (unmarshall(item) as Item);
const onlyKey = ({ pk, sk }: Key) => ({ pk, sk });
const name = ({ pk, sk }: Key) => `${pk}\n${sk}`;
const pause = (attempt: number) =>
  new Promise((resolve) => setTimeout(resolve, Math.random() * 40 * 2 ** attempt));

/** Nothing scans. */
type ReadAction = "GetItem" | "BatchGetItem" | "Query";
type WriteAction = "PutItem" | "UpdateItem" | "DeleteItem" | "ConditionCheckItem";
type TableAction = ReadAction | WriteAction;

/** The writes that an action allows. */
type WriteFor<A> = A extends "PutItem"
  ? PutWrite
  : A extends "UpdateItem"
    ? UpdateWrite
    : A extends "DeleteItem"
      ? DeleteWrite
      : A extends "ConditionCheckItem"
        ? CheckWrite
        : never;

/** The type of the table for some actions: it lacks the methods that need other actions. */
type TableFor<A extends TableAction> = ("Query" extends A ? TableQuerier : TableReader) &
  (A & WriteAction extends never ? unknown : TableWriter<WriteFor<A>>);

/** Grant: exactly these actions on the table, of which a transaction asks for those of its parts. */
export function tableFor<const A extends TableAction>(...actions: readonly A[]): Grant<TableFor<A>> {
  const named = actions.map((action) => `dynamodb:${action}`);
  return { target: { kind: "table" }, actions: named, open: open as (name: string) => TableFor<A> };
}

/** What the HTTP stack asks for a signed-in caller: the signing keys, and the session with what goes with it. */
const signedIn = ["GetItem", "BatchGetItem"] as const;

/** Grant, for signed-in callers: read by key. */
export const readTable = tableFor(...signedIn);

/** Grant, for signed-in callers: read by key and by index. */
export const queryTable = tableFor(...signedIn, "Query");

/** Grant, for signed-in callers: read by key, and what is named. */
export const writeTable = <const A extends TableAction>(...actions: readonly A[]) =>
  tableFor<A | (typeof signedIn)[number]>(...signedIn, ...actions);
