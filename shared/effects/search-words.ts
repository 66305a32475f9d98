import { aliveIn, recordKey } from "../data/record-item.ts";
import { removeWords, updateWords } from "../data/search-words.ts";
import { tableFor } from "../data/table.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { type Effect, onChangeOf } from "../entry/effect.ts";

/** Minutes after which a change may be one that was set aside and is sent again: newer ones may have had their effect. */
const late = 10;

/** Updates the words by which a record is found: those it has, those it has no more, none once it was erased. */
export const updateSearchWords = (type: AnyRecordType): Effect =>
  onChangeOf(type, {
    name: `words-${type.name}`,
    access: { table: tableFor("GetItem", "Query", "PutItem", "DeleteItem") },
    async run({ before, after, version, erases, table, now }) {
      const { brokerage_id, id, updated_at } = (after ?? before)!;
      const isLate = now.getTime() - Date.parse(updated_at) > late * 60_000;
      const item = isLate ? await table.get(recordKey(brokerage_id, type, id)) : undefined;
      const isPurged = isLate && item === undefined;
      const isNewer = item !== undefined && Number(item.version) > version;
      const has = isNewer ? aliveIn(type, item) : after;
      const had = isNewer ? [before, after] : [before];
      const isErased = has !== undefined && type.searched?.(has) === undefined;
      const isGone = isPurged || isErased || (item?.deleted !== undefined && item.erased_at !== undefined);
      if (isGone) return removeWords(table, type, { brokerage_id, id }, [before, after]);
      if (erases) {
        await removeWords(table, type, { brokerage_id, id }, [before]);
        return updateWords(table, type, { had: [], has, version }, now);
      }
      await updateWords(table, type, { had, has, version: isNewer ? Number(item.version) : version }, now);
    },
  });
