import { audiencesOf, decide, type Guarded, type Permission, type Resource } from "../domain/access.ts";
import type { AnyRecordType, ListedOf } from "../domain/record-type.ts";
import { allIn, areAmong, type Sought, soughtIn, wordsOf } from "../domain/words.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import { examined, type Listing, type Page } from "./list.ts";
import { aliveIn, listedIn, recordKey } from "./record-item.ts";
import { audienceIn, beginning, partitionOf, partsOf, wordsInEntry } from "./search-words.ts";
import type { Item, TableQuerier } from "./table.ts";

/** A search of a type of record: which part of it, as its list says it, and the words. */
export type Search<T extends AnyRecordType> = Pick<
  Listing<T>,
  "type" | "caller" | "now" | "query" | "cursorKey" | "state" | "owner" | "filters"
> & { readonly q: string };

/** The most records that a page examines: as many as one request may read. */
const mostRead = 100;
/** What the document says of `q` in a list. */
export const aboutSearch = (records: string): string =>
  "q looks up the word that tells most: a number of three digits and more, else the longest; it needs two letters. A page " +
  `examines at most ${examined} entries of that word and ${mostRead} ${records} for the other words and filters.`;

/** How many entries are read for each record of a page where nothing but one word is asked for: some have ended. */
const spare = 4;

/**
 * Reads one page of the records that have a word for the beginning of each in `q`, as far as the caller may read them, in
 * the order of the word that is looked up: the one that tells most. One Query of entries (where the caller's scope is
 * limited, one of their own and one or two for each team at the same time) and one BatchGetItem of the records, which
 * decide. At most 500 entries and 100 records are examined. Throws `invalid_cursor` for a cursor of another search.
 */
export async function searchPage<T extends AnyRecordType>(
  table: TableQuerier,
  search: Search<T>,
): Promise<Page<ListedOf<T>>> {
  const { type, caller, query, cursorKey, filters = [] } = search;
  const { limit, cursor, ...asked } = query;
  const sought = soughtIn(search.q, { phones: type.hasPhones === true });
  const { partitions, isDecidedLater } = sought ? sourcesOf(search, sought) : nowhere;
  const scope = JSON.stringify(["search", search.q, partitions, caller.user_id, asked]);
  const from = cursor === undefined ? undefined : decryptCursor<string>(cursor, cursorKey, scope);
  if (!sought) return { items: [], next_cursor: null };

  const isNarrowed = sought.all.length > 1 || filters.length > 0 || isDecidedLater;
  const share = Math.ceil((isNarrowed ? examined : spare * limit) / partitions.length);
  const reads = await Promise.all(
    partitions.map((pk) => read(table, pk, sought.word, from, Math.max(share, limit + 1))),
  );
  // Beyond the last entry of a partition that has more, another entry of it may stand in between.
  const [horizon] = reads.flatMap(({ last }) => last ?? []).sort(bytewise);
  const entries = new Map(reads.flatMap(({ items }) => items).map((entry) => [entry.sk, entry]));
  const seen = new Set<string>();
  const candidates = [...entries.values()]
    .filter(({ sk }) => horizon === undefined || bytewise(sk, horizon) <= 0)
    .filter((entry) => mayBeFound(search, sought, entry))
    .map(({ sk }) => sk)
    .sort(bytewise)
    // Under a team a record may be found by another of its words than under its owner.
    .filter((sk) => !seen.has(partsOf(sk).id) && seen.add(partsOf(sk).id));

  const chosen = candidates.slice(0, filters.length > 0 || isDecidedLater ? mostRead : limit);
  const keys = chosen.map((sk) => recordKey(caller.brokerage_id, type, partsOf(sk).id));
  const items = await table.getMany(keys);
  const found = chosen.flatMap((sk, at) => {
    const listed = foundIn(search, sought, items[at]);
    return listed ? [{ sk, listed }] : [];
  });
  const shown = found.slice(0, limit);
  const last =
    found.length > limit ? shown.at(-1)!.sk : chosen.length < candidates.length ? chosen.at(-1) : horizon;
  return {
    items: shown.map(({ listed }) => listed),
    next_cursor: last === undefined ? null : encryptCursor(last, cursorKey, scope),
  };
}

const nowhere = { partitions: [], isDecidedLater: false };
const toRead = ({ guard }: AnyRecordType): Permission => `${guard as Resource}:read`;

/**
 * The partitions that hold what the caller may read: the brokerage's, or those of their audiences where the type has a
 * desk. Where it has none (properties: most may read all of them), and of phones, the brokerage's is read and it is
 * decided of each.
 */
function sourcesOf({ type, caller, owner }: Search<AnyRecordType>, { word }: Sought) {
  const named = (audience: string) => partitionOf(caller.brokerage_id, type, word, audience);
  const audiences = audiencesOf(caller, toRead(type)) ?? [];
  const hasDesk = type.lists.includes("desk") && !word.startsWith("+");
  if (audiences === "brokerage")
    return { partitions: [named(hasDesk && owner ? `user:${owner}` : "")], isDecidedLater: false };
  if (!hasDesk) return { partitions: [named("")], isDecidedLater: true };
  return { partitions: [...new Set(audiences.map(audienceIn))].map(named), isDecidedLater: false };
}

/** One Query of a partition, from the position on: without the entries that have ended. */
async function read(
  table: TableQuerier,
  pk: string,
  word: string,
  from: string | undefined,
  limit: number,
): Promise<{ items: Item[]; last: string | undefined }> {
  const { items, last } = await table.query({
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :word)",
    ExpressionAttributeValues: { ":pk": pk, ":word": beginning(word) },
    ExclusiveStartKey: from === undefined ? undefined : { pk, sk: from },
    Limit: limit,
  });
  return { items: items.filter(({ words }) => words !== undefined), last: last?.sk };
}

/**
 * Whether an entry may be of a record that is found: by its words, by what it says of owner and state, and only once where
 * several words of the record begin alike.
 */
function mayBeFound(
  { type, caller, now, state, owner }: Search<AnyRecordType>,
  { word, all }: Sought,
  entry: Item,
): boolean {
  const words = wordsInEntry(entry);
  if (!areAmong(all, words.all)) return false;
  const [first] = words.found.filter((one) => one.startsWith(word)).sort(bytewise);
  if (first !== partsOf(entry.sk).word) return false;
  if (entry.owner_user_id === undefined) return true;
  if (owner !== undefined && entry.owner_user_id !== owner) return false;
  if (state !== undefined && ![state].flat().includes(entry.status as string)) return false;
  return entry.shared === true || decide(caller, toRead(type), entry as Guarded, now).allowed;
}

/** What lists show of the record in an item, if it is found now. */
function foundIn<T extends AnyRecordType>(
  { type, caller, now, filters = [] }: Search<T>,
  { all }: Sought,
  item: Item | undefined,
): ListedOf<T> | undefined {
  const record = aliveIn<AnyRecordType>(type, item);
  const { searched: says, isUnlisted } = type as AnyRecordType;
  const searched = record && !isUnlisted?.(record) && says?.(record);
  if (!item || !searched || !decide(caller, toRead(type), record, now).allowed) return undefined;
  if (!areAmong(all, allIn(wordsOf(searched)))) return undefined;
  const listed = listedIn(type, item);
  return filters.every(({ holds }) => holds(listed)) ? listed : undefined;
}

/** As DynamoDB sorts text. */
const bytewise = (one: string, other: string): number => Buffer.compare(Buffer.from(one), Buffer.from(other));

/**
 * The ids of the records that have a whole word (`phoneWord`, `nameWord`, or one of a text), `limit` at most. Strongly
 * consistent, though the entries follow their records by a second or two.
 */
export async function idsWith(
  table: TableQuerier,
  brokerageId: string,
  type: AnyRecordType,
  word: string,
  limit = mostRead,
): Promise<string[]> {
  const { items } = await table.query({
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :word)",
    ExpressionAttributeValues: {
      ":pk": partitionOf(brokerageId, type, word, ""),
      ":word": `${beginning(word)}#`,
    },
    ConsistentRead: true,
    Limit: limit,
  });
  return items.flatMap(({ sk, words }) => (words === undefined ? [] : [partsOf(sk).id]));
}
