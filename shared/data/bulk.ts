import { setTimeout as sleep } from "node:timers/promises";
import {
  CommitConflict,
  ConditionFailed,
  type Item,
  type Key,
  type TableReader,
  type TableWriter,
  type Write,
} from "./table.ts";

/** Keys of one BatchGetItem. */
const keysAtOnce = 100;
/** Commits under way at once: where the table takes one after the other, the log's large ones do not crowd these out. */
const commitsAtOnce = 128;
/** Half of what one key of an index takes: a throttled index throttles the table, for everybody else too. */
const commitsPerSecond = 500;
/** How often a decision is repeated when others wrote its records in between. */
const tries = 8;

/** A decision, and what of the pending it is about. */
export interface Decided<T, Decision> {
  readonly of: readonly T[];
  readonly decision: Decision;
  /** Made without a read: only a write that succeeds shows that it is right. */
  readonly isGuess?: boolean;
}

/**
 * Decides about all of `all` and commits the writes of each decision, one commit for each. What a decision is about
 * whose commit was in conflict is decided again. Returns the committed decisions in no order.
 */
export async function decideAll<T, Decision extends { readonly writes: readonly Write[] }>(
  table: TableWriter,
  all: readonly T[],
  decide: (pending: readonly T[], attempt: number) => Promise<readonly Decided<T, Decision>[]>,
): Promise<Decision[]> {
  const held: Decision[] = [];
  const pace = pacing();
  let pending = all;
  for (let attempt = 1; pending.length > 0; attempt++) {
    if (attempt > tries) throw new Error(`${pending.length} records still conflict after ${tries} attempts`);
    const again: T[] = [];
    const waiting = (await decide(pending, attempt)).values();
    const commit = async () => {
      for (const { of, decision, isGuess } of waiting)
        if (decision.writes.length === 0 ? !isGuess : await isWritten(table, decision.writes, pace))
          held.push(decision);
        else again.push(...of);
    };
    await Promise.all(Array.from({ length: commitsAtOnce }, commit));
    pending = again;
  }
  return held;
}

/** Reads the items of each of `all`, decides its writes and commits them; on a conflict it reads and decides again. */
export const writeAll = <T, Decision extends { readonly writes: readonly Write[] }>(
  table: TableWriter,
  all: readonly T[],
  keysOf: (one: T) => readonly Key[],
  decide: (one: T, items: readonly (Item | undefined)[]) => Decision,
): Promise<Decision[]> =>
  decideAll(table, all, async (pending) => {
    const items = await readAll(table, pending.flatMap(keysOf));
    let at = 0;
    return pending.map((one) => {
      const { length } = keysOf(one);
      at += length;
      return { of: [one], decision: decide(one, items.slice(at - length, at)) };
    });
  });

/** The items of any number of keys, in their order. */
export async function readAll(table: TableReader, keys: readonly Key[]): Promise<(Item | undefined)[]> {
  const pages = Array.from({ length: Math.ceil(keys.length / keysAtOnce) }, (_, page) =>
    table.getMany(keys.slice(page * keysAtOnce, (page + 1) * keysAtOnce)),
  );
  return (await Promise.all(pages)).flat();
}

/** False when somebody else wrote one of the items since they were read. */
async function isWritten(
  table: TableWriter,
  writes: readonly Write[],
  pace: () => Promise<void>,
): Promise<boolean> {
  await pace();
  try {
    await table.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed || error instanceof CommitConflict) return false;
    throw error;
  }
}

/** Limits how many commits start per second. */
function pacing(): () => Promise<void> {
  let next = 0;
  return async () => {
    const now = performance.now();
    next = Math.max(now, next) + 1000 / commitsPerSecond;
    // A timer is no finer than this, and what came early waits for it together.
    if (next - now > 10) await sleep(next - now);
  };
}
