import { audienceEntries, entrySortKey, recordKey } from "../data/record-item.ts";
import { tryCommit, ttl } from "../data/records.ts";
import { type PutWrite, type StoredItem, tableFor } from "../data/table.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { type Effect, onChangeOf } from "../entry/effect.ts";

/** Days for which an ended entry is kept, so that a late repeat of an older change does not bring it back. */
const daysKept = 7;

/**
 * Updates the entries that put a record into the lists of its team and of those it is shared with: the record names
 * its audiences, and its entries follow. An entry is never overwritten by one of an older version.
 */
export const updateAudienceEntries = (type: AnyRecordType): Effect =>
  onChangeOf(type, {
    name: `audiences-${type.name}`,
    access: { table: tableFor("PutItem") },
    async run({ before, after, version, table, now, written }) {
      const [had, has] = [before, after].map((one) =>
        one ? audienceEntries(type, one) : new Map<string, StoredItem>(),
      );
      const { brokerage_id, id } = (after ?? before)!;
      const { pk } = recordKey(brokerage_id, type, id);
      const ended = [...had!.keys()].filter((name) => !has!.has(name));
      const entries: StoredItem[] = [
        ...has!.values(),
        ...ended.map((name) => ({
          ...{ pk, sk: entrySortKey(name), schema: type.schema, version, written },
          ttl: ttl(new Date(now.getTime() + daysKept * 86_400_000)),
        })),
      ];
      await Promise.all(entries.map((entry) => tryCommit(table, [unlessNewer(entry)])));
    },
  });

const unlessNewer = (entry: StoredItem): PutWrite => ({
  Put: {
    Item: entry,
    ConditionExpression: "attribute_not_exists(pk) OR #version < :version",
    ExpressionAttributeNames: { "#version": "version" },
    ExpressionAttributeValues: { ":version": entry.version },
  },
});
