import {
  CommitConflict,
  ConditionFailed,
  type Item,
  type Key,
  type TableWriter,
  type Write,
} from "./table.ts";

/** Keys of one BatchGetItem, writes of one transaction, and transactions under way at once. */
const keysAtOnce = 100;
const writesAtOnce = 100;
const transactionsAtOnce = 4;
/** How often something is decided again because somebody else wrote its records. */
const tries = 8;

/**
 * Decides each of `all` from the items that stand at its keys and writes what was decided, many in a transaction,
 * each whole or not at all. What others wrote in between is read and decided again: so `probablyNew`, which spares
 * the first reading, costs time where it is wrong and nothing else. Answers the decisions that hold, in no order.
 */
export async function writeAll<T, Decision extends { readonly writes: readonly Write[] }>(
  table: TableWriter,
  all: readonly T[],
  keysOf: (one: T) => readonly Key[],
  decide: (one: T, standing: readonly (Item | undefined)[]) => Decision,
  { probablyNew = false } = {},
): Promise<Decision[]> {
  const held: Decision[] = [];
  let pending = all;
  for (let attempt = 1; pending.length > 0; attempt++) {
    if (attempt > tries) throw new Error(`Others write ${pending.length} of the records all the time`);
    const keys = pending.flatMap(keysOf);
    const guessed = probablyNew && attempt === 1;
    const standing = guessed ? keys.map(() => undefined) : await readAll(table, keys);
    let at = 0;
    const decided = pending.map((one) => {
      const read = keysOf(one).length;
      at += read;
      return { one, decision: decide(one, standing.slice(at - read, at)) };
    });
    const again: T[] = [];
    const settle = (batch: typeof decided, holds: boolean) => {
      if (holds) held.push(...batch.map(({ decision }) => decision));
      else again.push(...batch.map(({ one }) => one));
    };
    const writes = ({ decision }: (typeof decided)[number]) => decision.writes;
    // Only a write finds out whether a guess was right.
    settle(
      decided.filter((one) => writes(one).length === 0),
      !guessed,
    );
    const batches = packed(decided.filter((one) => writes(one).length > 0)).values();
    const write = async () => {
      for (const batch of batches) settle(batch, await stands(table, batch.flatMap(writes)));
    };
    await Promise.all(Array.from({ length: transactionsAtOnce }, write));
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

function packed<T extends { readonly decision: { readonly writes: readonly Write[] } }>(
  all: readonly T[],
): T[][] {
  const batches: T[][] = [];
  let room = 0;
  for (const one of all) {
    const { length } = one.decision.writes;
    if (length > room) {
      batches.push([]);
      room = writesAtOnce;
    }
    batches.at(-1)!.push(one);
    room -= length;
  }
  return batches;
}

/** False when somebody else wrote one of the items since they were read. */
async function stands(table: TableWriter, writes: readonly Write[]): Promise<boolean> {
  try {
    await table.commit(writes);
    return true;
  } catch (error) {
    if (error instanceof ConditionFailed || error instanceof CommitConflict) return false;
    throw error;
  }
}
