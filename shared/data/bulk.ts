import { setTimeout as sleep } from "node:timers/promises";
import {
  CommitConflict,
  ConditionFailed,
  type Item,
  type Key,
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

/**
 * Reads the items of each of `all`, decides its writes and commits them, one commit for each. On a conflict it reads
 * and decides again. `probablyNew` skips the first read; if that is wrong, it only costs time. Returns the committed
 * decisions in no order.
 */
export async function writeAll<T, Decision extends { readonly writes: readonly Write[] }>(
  table: TableWriter,
  all: readonly T[],
  keysOf: (one: T) => readonly Key[],
  decide: (one: T, items: readonly (Item | undefined)[]) => Decision,
  { probablyNew = false } = {},
): Promise<Decision[]> {
  const held: Decision[] = [];
  const pace = pacing();
  let pending = all;
  for (let attempt = 1; pending.length > 0; attempt++) {
    if (attempt > tries) throw new Error(`${pending.length} records still conflict after ${tries} attempts`);
    const guessed = probablyNew && attempt === 1;
    const items = guessed ? [] : await readAll(table, pending.flatMap(keysOf));
    const again: T[] = [];
    let at = 0;
    const decided = pending.map((one) => {
      const { length } = keysOf(one);
      at += length;
      const read = guessed ? Array<undefined>(length).fill(undefined) : items.slice(at - length, at);
      return { one, decision: decide(one, read) };
    });
    const waiting = decided.values();
    const commit = async () => {
      // Only the write shows whether `probablyNew` was right.
      for (const { one, decision } of waiting)
        if (decision.writes.length === 0 ? !guessed : await isWritten(table, decision.writes, pace))
          held.push(decision);
        else again.push(one);
    };
    await Promise.all(Array.from({ length: commitsAtOnce }, commit));
    pending = again;
  }
  return held;
}

async function readAll(table: TableWriter, keys: readonly Key[]): Promise<(Item | undefined)[]> {
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
