import { type BatchedPuts, withPuts } from "../data/batched-puts.ts";
import { aliveIn, recordKey } from "../data/record-item.ts";
import { changesWords, removeWords, updateWords } from "../data/search-words.ts";
import { type Item, type Key, type StoredItem, type TableReader, tableFor } from "../data/table.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { type Effect, onChangeOf } from "../entry/effect.ts";
import { together } from "../entry/together.ts";

/**
 * Updates the words by which a record is found: those it has, those it has no more, none once it was erased. An import
 * changes a hundred records at a time: they are read together, and their entries written together.
 *
 * A change is compared with the record as it is now. If that is the change's version, what comes before it in the stream
 * has been done and what follows it has not, so its entries are put without a condition. If it is a newer one, the change
 * came again or late: the entries become the newer one's, unless they are of one still newer.
 */
export const updateSearchWords = (type: AnyRecordType): Effect =>
  onChangeOf(type, {
    name: `words-${type.name}`,
    access: { table: withPuts(tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem")) },
    async run({ before, after, version, erases, table, now }) {
      if (!erases && !changesWords(type, { had: [before], has: after })) return;
      const { brokerage_id, id } = (after ?? before)!;
      const { read, put } = togetherOn(table);
      const item = await read(recordKey(brokerage_id, type, id));
      const isNewest = item !== undefined && Number(item.version) <= version;
      const has = isNewest ? after : aliveIn(type, item);
      const isErased = has !== undefined && type.searched?.(has) === undefined;
      const isGone = !item || isErased || (item.deleted !== undefined && item.erased_at !== undefined);
      if (isGone) return removeWords(table, type, { brokerage_id, id }, [before, after]);
      if (erases) await removeWords(table, type, { brokerage_id, id }, [before]);
      const had = erases ? [] : isNewest ? [before] : [before, after];
      const change = { had, has, version: Math.max(version, Number(item.version)), isNewest };
      await updateWords({ ...table, putMany: put }, type, change, now);
    },
  });

interface Together {
  read(key: Key): Promise<Item | undefined>;
  put(items: readonly StoredItem[]): Promise<void>;
}

const tables = new WeakMap<object, Together>();

/** Reads and puts that are asked for at about the same time, in a few requests. */
function togetherOn(table: TableReader & BatchedPuts): Together {
  const known = tables.get(table);
  if (known) return known;
  const read = together((keys: readonly Key[]) => table.getMany(keys), 100);
  const put = together(async (items: readonly StoredItem[]) => {
    await table.putMany(items);
    return items;
  }, 500);
  const made: Together = { read, put: async (items) => void (await Promise.all(items.map(put))) };
  tables.set(table, made);
  return made;
}
