import { type Caller, decide, scopeOf } from "../domain/access.ts";
import { clientRecord, idsOf, type StoredClient } from "../domain/client.ts";
import type { InterestedClient, InterestingProperty } from "../domain/interest.ts";
import { propertyRecord, type StoredProperty } from "../domain/property-record.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import {
  answered,
  interestChild,
  interestPrefix,
  lastWord,
  propertyIdOf,
  type StoredInterest,
} from "./interests.ts";
import type { ListQuery, Page } from "./list.ts";
import { type Addressing, withPhotoUrl } from "./photos.ts";
import { aliveIn, listedIn, pick, recordKey } from "./record-item.ts";
import type { Item, Key, TableQuerier, TableReader } from "./table.ts";

interface Asked {
  readonly caller: Caller;
  readonly now: Date;
  readonly query: ListQuery;
  readonly cursorKey: string;
}

/**
 * One page of the properties in which a client, or one merged into them, is interested, by property, the newest first:
 * one Query for each of these clients, in parallel, and a BatchGetItem. Properties that are deleted, or that the caller
 * may not read, are left out, so a page may be short.
 */
export async function propertiesOf(
  table: TableQuerier,
  client: StoredClient,
  { caller, now, query, cursorKey, origin }: Asked & Addressing,
): Promise<Page<InterestingProperty>> {
  const { limit, cursor } = query;
  const scope = `interests of ${client.id}`;
  const from = cursor === undefined ? undefined : decryptCursor<string>(cursor, cursorKey, scope);
  const reads = await Promise.all(
    idsOf(client).map(async (id) => {
      const { pk } = recordKey(client.brokerage_id, clientRecord, id);
      const { items, last } = await table.query({
        KeyConditionExpression: "pk = :pk AND begins_with(sk, :prefix)",
        ExpressionAttributeValues: { ":pk": pk, ":prefix": interestPrefix },
        ScanIndexForward: false,
        ConsistentRead: true,
        Limit: limit + 1,
        ExclusiveStartKey: from === undefined ? undefined : { pk, sk: from },
      });
      return { items: items as unknown as readonly StoredInterest[], last: last?.sk };
    }),
  );
  // Below the last entry of a partition that has more, another one of it may follow.
  const horizon = reads
    .flatMap(({ last }) => last ?? [])
    .sort()
    .at(-1);
  const all = Map.groupBy(
    reads.flatMap(({ items }) => items),
    ({ sk }) => sk,
  );
  const known = [...all.keys()]
    .filter((sk) => horizon === undefined || sk >= horizon)
    .sort()
    .reverse();
  const shown = known.slice(0, limit);
  const end = known.length > limit ? shown.at(-1) : horizon;
  const words = shown.flatMap((sk) => lastWord(all.get(sk)!) ?? []).filter(({ listed }) => listed);
  const properties = await itemsAt(table, client.brokerage_id, propertyRecord, words.map(propertyIdOf));
  return {
    items: words.flatMap((word) => {
      const item = properties.get(propertyIdOf(word));
      const property = aliveIn(propertyRecord, item);
      if (!item || !property || !decide(caller, "property:read", property, now).allowed) return [];
      const listed = withPhotoUrl(listedIn(propertyRecord, item), client.brokerage_id, { cursorKey, origin });
      return [{ ...answered(client.id, word), property: listed }];
    }),
    next_cursor: end === undefined ? null : encryptCursor(end, cursorKey, scope),
  };
}

/** Interests that a page examines at most where not all clients are the caller's to read: one BatchGetItem. */
const examinedAtMost = 100;

/**
 * One page of the clients who are interested in a property, the latest first, as far as the caller may read them: one
 * Query and a BatchGetItem, and up to two more where some of them were merged. A merged client counts as the kept one.
 */
export async function interestedIn(
  table: TableQuerier,
  property: StoredProperty,
  { caller, now, query, cursorKey }: Asked,
): Promise<Page<InterestedClient>> {
  const { limit, cursor } = query;
  const { brokerage_id, id: property_id } = property;
  const scope = `interested in ${property_id}`;
  const from = cursor === undefined ? undefined : decryptCursor<Item>(cursor, cursorKey, scope);
  const { items, last } = await table.query({
    IndexName: "of_property",
    KeyConditionExpression: "brokerage_id = :brokerage AND property_id = :property AND child = :child",
    ExpressionAttributeValues: {
      ":brokerage": brokerage_id,
      ":property": property_id,
      ":child": interestChild,
    },
    ScanIndexForward: false,
    Limit: scopeOf(caller, "client:read") === "brokerage" ? limit : examinedAtMost,
    ExclusiveStartKey: from && { ...from, brokerage_id, property_id, child: interestChild },
  });
  const entries = items as unknown as readonly (StoredInterest & Item)[];
  const holders = await holdersOf(table, entries);
  const readable = entries.flatMap((entry) => {
    const holder = holders.get(entry.id);
    return holder && decide(caller, "client:read", holder.client, now).allowed
      ? [{ entry, ...answered(holder.client.id, entry), client: holder.summary }]
      : [];
  });
  const shown = readable.slice(0, limit);
  const end = readable.length > limit ? shown.at(-1)!.entry : last;
  return {
    items: shown,
    next_cursor: end ? encryptCursor(pick(end, ["at", "id", "pk", "sk"]), cursorKey, scope) : null,
  };
}

/** Who has an interest now: the client, or the one they were merged into; none where that one has a later word. */
async function holdersOf(table: TableReader, entries: readonly (StoredInterest & Item)[]) {
  const [{ brokerage_id, sk } = { brokerage_id: "", sk: "" }] = entries;
  const own = await itemsAt(
    table,
    brokerage_id,
    clientRecord,
    entries.map(({ id }) => id),
  );
  const merged = [...own.values()].flatMap((item) => aliveIn(clientRecord, item)?.merged_into ?? []);
  const all = new Map([...own, ...(await itemsAt(table, brokerage_id, clientRecord, merged))]);
  const found = entries.flatMap(({ id }) => {
    const kept = all.get(aliveIn(clientRecord, all.get(id))?.merged_into ?? id);
    const client = aliveIn(clientRecord, kept);
    return kept && client ? [{ id, client, summary: listedIn(clientRecord, kept) }] : [];
  });
  const families = found.flatMap(({ client }) => (client.merges ? idsOf(client) : []));
  const words = new Map<string, StoredInterest>();
  for (const word of await readAll(
    table,
    families.map((id) => ({ ...recordKey(brokerage_id, clientRecord, id), sk })),
  ))
    words.set(String(word.id), word as unknown as StoredInterest);
  const isLast = (id: string, client: StoredClient) =>
    !client.merges || lastWord(idsOf(client).flatMap((one) => words.get(one) ?? []))?.id === id;
  return new Map(
    found.flatMap(({ id, ...holder }) => (isLast(id, holder.client) ? [[id, holder] as const] : [])),
  );
}

/** Records' items by id, strongly consistent: those that there are. */
async function itemsAt(
  table: TableReader,
  brokerageId: string,
  type: AnyRecordType,
  ids: readonly string[],
): Promise<Map<string, Item>> {
  const items = await readAll(
    table,
    ids.map((id) => recordKey(brokerageId, type, id)),
  );
  return new Map(items.map((item) => [String(item.id), item]));
}

/** The items at some keys, each once: those that there are. */
async function readAll(table: TableReader, keys: readonly Key[]): Promise<Item[]> {
  const each = [...new Map(keys.map((key) => [key.pk, key])).values()];
  const found: Item[] = [];
  for (let at = 0; at < each.length; at += 100)
    found.push(...(await table.getMany(each.slice(at, at + 100))).flatMap((item) => item ?? []));
  return found;
}
