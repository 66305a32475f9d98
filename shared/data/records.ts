import type { Written } from "../domain/invocation.ts";
import type { ProblemCode } from "../domain/problem.ts";
import { ttlAttribute } from "./schema.ts";
import { ConditionFailed, type Item, type Key, type TableWriter, type Write } from "./table.ts";

/** Every kind of record that is addressed by its own id. */
export type Entity = "brokerage" | "user" | "property" | "media" | "cma" | "market" | "task" | "import";

/** What every record carries; `version` counts its writes from 1. Timestamps are ISO 8601 UTC. */
export interface Stored extends Key {
  readonly entity: Entity;
  readonly brokerage_id: string;
  readonly id: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  readonly written: Written;
}

/** The key of a record. */
export function recordKey(brokerageId: string, entity: Entity, id: string): Key {
  return { pk: `${brokerageId}#${entity}#${id}`, sk: "record" };
}

/** Seconds since the epoch, as DynamoDB's time to live reads them. */
export const ttl = (date: Date): number => Math.ceil(date.getTime() / 1000);

/** Writes an item that must not stand yet. */
export function create(item: Item, otherwise: ProblemCode = "conflict"): Write {
  return { Put: { Item: item, ConditionExpression: "attribute_not_exists(pk)" }, otherwise };
}

/** What a record carries from its first write on, beside its own. */
export const firstVersion = ({ now, written }: { readonly now: Date; readonly written: Written }) => ({
  version: 1,
  created_at: now.toISOString(),
  updated_at: now.toISOString(),
  written,
});

/** The next version of a record, to be written with `replace`. */
export function nextVersion<T extends Stored>(
  record: T,
  changes: Partial<T>,
  now: Date,
  written: Written,
): T {
  return { ...record, ...changes, version: record.version + 1, updated_at: now.toISOString(), written };
}

/** Writes the next version of a record over the one that was read, and over no other. */
export function replace(next: Item & { version: number }): Write {
  return {
    Put: {
      Item: next,
      ConditionExpression: "#version = :read AND attribute_not_exists(deleted_at)",
      ExpressionAttributeNames: { "#version": "version" },
      ExpressionAttributeValues: { ":read": next.version - 1 },
    },
    otherwise: "stale_version",
  };
}

/** Days that a tombstone stays, so that readers of changes learn of the delete. */
const tombstoneDays = 90;

/** Replaces a record by its tombstone: it leaves every index and says who deleted it; DynamoDB removes it later. */
export function bury(record: Stored, at: Date, written: Written): Write {
  const { pk, sk, entity, brokerage_id, id, version } = record;
  return replace({
    pk,
    sk,
    deleted_entity: entity,
    deleted_id: id,
    deleted_at: at.toISOString(),
    brokerage_id,
    version: version + 1,
    written,
    [ttlAttribute]: ttl(new Date(at.getTime() + tombstoneDays * 86_400_000)),
  });
}

/** Holds a commit to a record that stands: what is added to it must not outlive its delete. */
export function standing({ pk, sk }: Key): Write {
  return {
    ConditionCheck: {
      Key: { pk, sk },
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(deleted_at)",
    },
    otherwise: "not_found",
  };
}

/** How often a worker tries again when callers write the same record. */
const changeTries = 10;

/**
 * Commits what `step` makes of a record as it stands; when another write comes between, of what stands then. False
 * when the record is gone or `step` answers undefined. For workers: a caller is told of the other write instead.
 */
export async function change<T extends Stored>(
  table: TableWriter,
  key: Key,
  step: (standing: T) => readonly Write[] | undefined,
): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    const record = await table.get<Item & T>(key);
    const writes = isAlive(record) ? step(record) : undefined;
    if (!writes) return false;
    try {
      await table.commit(writes);
      return true;
    } catch (error) {
      if (!(error instanceof ConditionFailed) || tries === changeTries) throw error;
    }
  }
}

/** Commits; false when a condition did not hold: somebody else was first, and nothing was written. */
export async function tryCommit(table: TableWriter, writes: readonly Write[]): Promise<boolean> {
  try {
    await table.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed) return false;
    throw error;
  }
}

/** True for a record that stands and is no tombstone. */
export function isAlive<T extends Key>(item: T | undefined): item is T {
  return item !== undefined && !("deleted_at" in item);
}
