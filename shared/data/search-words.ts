import { isDeepStrictEqual } from "node:util";
import type { Shares } from "../domain/access.ts";
import type { AnyRecordType, Meta, RecordOf } from "../domain/record-type.ts";
import { startOf, wordsOf } from "../domain/words.ts";
import type { BatchedPuts } from "./batched-puts.ts";
import { partitionItems } from "./list.ts";
import { recordKey } from "./record-item.ts";
import { tryCommit, ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { DeleteWrite, Item, Key, PutWrite, StoredItem, TableQuerier, TableWriter } from "./table.ts";

/**
 * The entries that records are found by: one for each word, in a partition of the word's first letters. Callers who read
 * all of the brokerage's records look there. Of a type with a desk, the records of one user, of a team, and those shared
 * with a team stand again under these (`<audience>`): a search of limited scope must not read past everybody else's.
 * What few records share (a phone, a whole name) stands once, and who may not read it is left out.
 */

/** The partition of the words that begin alike, of all records or of those of an audience. */
export const partitionOf = (
  brokerageId: string,
  { name }: { readonly name: string },
  word: string,
  audience: string,
) => [brokerageId, "word", name, startOf(word) ?? word, ...(audience ? [audience] : [])].join("#");

/** The beginning of the sort keys of the words that begin with one. */
export const beginning = (word: string) => `word#${word}`;
const entryKey = (type: AnyRecordType, { brokerage_id, id }: Of, word: string, audience: string): Key => ({
  pk: partitionOf(brokerage_id, type, word, audience),
  sk: `${beginning(word)}#${id}`,
});

/** The word and the record of an entry, from its sort key. */
export function partsOf(sk: string): { readonly word: string; readonly id: string } {
  const at = sk.lastIndexOf("#");
  return { word: sk.slice(beginning("").length, at), id: sk.slice(at + 1) };
}

/** All words of its record that an entry says: those with entries of their own, and those that only narrow. */
export function wordsInEntry({ words, more = "" }: Item) {
  const found = String(words).split(" ");
  return { found, all: more ? [...found, ...String(more).split(" ")] : found };
}

type Of = Pick<Meta, "brokerage_id" | "id">;

/** Days for which an ended entry is kept, so that a late repeat of an older change does not bring it back. */
const daysKept = 7;
/** Days for which it is known which words a record had: longer than its entries, which DynamoDB removes some days late. */
const daysKnown = 30;
const daysFrom = (now: Date, days: number) => ttl(new Date(now.getTime() + days * 86_400_000));

/** What an entry says of its record where no audience has entries of its own: a search decides by it what it reads. */
const deciding = ["owner_user_id", "team_id", "status"] as const;

/** The entries of a record, by their keys: without the version that wrote them. */
function entriesOf(type: AnyRecordType, record: RecordOf<AnyRecordType> | undefined): Map<string, Item> {
  const searched = record && !type.isUnlisted?.(record) && type.searched?.(record);
  if (!searched) return new Map();
  const { found, domains, beside, signs } = wordsOf(searched);
  const facts = type.lists.includes("desk") ? {} : factsOf(record);
  const entries = audiencesOf(type, record).flatMap((audience) => {
    const own = isTeams(audience) ? found : [...found, ...domains];
    const only = audience === "" ? signs : [];
    const more = isTeams(audience) ? [...beside, ...domains] : beside;
    const words = [...own, ...only.filter(isPhone)].join(" ");
    return [...own, ...only].map((word) => {
      const key = entryKey(type, record, word, audience);
      return { ...key, words, ...(more.length > 0 ? { more: more.join(" ") } : {}), ...facts };
    });
  });
  return new Map(entries.map((entry) => [nameOf(entry), entry]));
}

const nameOf = ({ pk, sk }: Key) => `${pk}\n${sk}`;
const isPhone = (word: string) => word.startsWith("+");
const isTeams = (audience: string) => /^(shared-)?team:/.test(audience);

/** What is decided by before the record is read. */
function factsOf({ shares, ...record }: RecordOf<AnyRecordType> & Record<string, unknown>) {
  const facts = [...deciding.map((name) => [name, record[name]]), ["shared", shares !== undefined]];
  return Object.fromEntries(facts.filter(([, value]) => value));
}

/** Under which audiences a record's words stand: "" is everybody who reads all of the brokerage's. */
function audiencesOf({ lists }: AnyRecordType, record: RecordOf<AnyRecordType>): string[] {
  if (!lists.includes("desk")) return [""];
  const { owner_user_id, team_id, shares = {} } = record as unknown as Owned;
  return [
    ...new Set([
      "",
      ...(owner_user_id ? [`user:${owner_user_id}`] : []),
      ...(team_id ? [`team:${team_id}`] : []),
      ...Object.keys(shares).map((grantee) => audienceIn(`shared-${grantee}`)),
    ]),
  ];
}

interface Owned {
  readonly owner_user_id?: string | null;
  readonly team_id?: string | null;
  readonly shares?: Shares;
}

/** The audience of a list as one of words: what users own and what is shared with them stands in one place. */
export const audienceIn = (listed: string): string => listed.replace(/^(owner|shared-user):/, "user:");

/** Writes that only what is older does not hold up: an entry is never overwritten by one of an older version. */
const unlessNewer = (entry: StoredItem): PutWrite => ({
  Put: {
    Item: entry,
    ConditionExpression: "attribute_not_exists(pk) OR #version < :version",
    ExpressionAttributeNames: { "#version": "version" },
    ExpressionAttributeValues: { ":version": entry.version },
  },
});

/** What a change did to a record: what it may have been before, and what it is since. */
interface Change {
  readonly had: readonly (RecordOf<AnyRecordType> | undefined)[];
  readonly has: RecordOf<AnyRecordType> | undefined;
  readonly version: number;
  /** Whether the version was read to be the newest: effects of older ones are done, and those of newer ones follow. */
  readonly isNewest: boolean;
}

/** Whether a change is one of the words or of who may look for them. */
export function changesWords(type: AnyRecordType, { had, has }: Pick<Change, "had" | "has">): boolean {
  const { changed, ended } = differenceOf(type, { had, has });
  return changed.length + ended.length > 0;
}

function differenceOf(type: AnyRecordType, { had, has }: Pick<Change, "had" | "has">) {
  const before = new Map(had.flatMap((record) => [...entriesOf(type, record)]));
  const after = entriesOf(type, has);
  return {
    changed: [...after].flatMap(([name, entry]) =>
      isDeepStrictEqual(before.get(name), entry) ? [] : [entry],
    ),
    ended: [...before].flatMap(([name, entry]) => (after.has(name) ? [] : [entry])),
  };
}

/** Writes the entries that a change made or ended; nothing where the words and what decides are the same. */
export async function updateWords(
  table: TableWriter<PutWrite> & BatchedPuts,
  type: AnyRecordType,
  change: Change,
  now: Date,
): Promise<void> {
  const { had, version, isNewest } = change;
  const { changed, ended } = differenceOf(type, change);
  // Of a record that has changed since, nobody knows which entries are there already.
  const made = isNewest ? changed : [...entriesOf(type, change.has).values()];
  const record = had.find((one) => one !== undefined);
  if (ended.length > 0 && record) await table.putMany([noteOfEnded(type, record, had, version, now)]);
  const entries = [
    ...made.map((entry) => withSchemaVersion("searchWord", { ...entry, version })),
    ...ended.map(({ pk, sk }) =>
      withSchemaVersion("searchWord", { pk, sk, version, ttl: daysFrom(now, daysKept) }),
    ),
  ];
  await (isNewest ? table.putMany(entries) : writeAll(table, entries));
}

/** The entries of a record as a migration writes them: those that are not there. */
export const writeWords = (
  table: TableWriter<PutWrite>,
  type: AnyRecordType,
  record: RecordOf<AnyRecordType>,
): Promise<void> =>
  writeAll(
    table,
    [...entriesOf(type, record).values()].map((entry) =>
      withSchemaVersion("searchWord", { ...entry, version: record.version }),
    ),
  );

async function writeAll(table: TableWriter<PutWrite>, entries: readonly StoredItem[]): Promise<void> {
  await Promise.all(entries.map((entry) => tryCommit(table, [unlessNewer(entry)])));
}

/** Beside the record, which words and audiences it had: an entry that ended is not found by the record any more. */
function noteOfEnded(
  type: AnyRecordType,
  { brokerage_id, id }: Of,
  had: Change["had"],
  version: number,
  now: Date,
): StoredItem {
  const records = had.filter((one) => one !== undefined);
  const words = [...new Set(records.flatMap((record) => lookedUp(type, record)))];
  const audiences = [...new Set(records.flatMap((record) => audiencesOf(type, record)))];
  const { pk } = recordKey(brokerage_id, type, id);
  const sk = `${endedPrefix}${String(version).padStart(12, "0")}`;
  const item = { pk, sk, words, audiences, ttl: daysFrom(now, daysKnown) };
  return withSchemaVersion("endedWords", item);
}

const endedPrefix = "ended-words#";

const lookedUp = (type: AnyRecordType, record: RecordOf<AnyRecordType>): string[] => {
  const searched = type.searched?.(record);
  if (!searched) return [];
  const { found, domains, signs } = wordsOf(searched);
  return [...found, ...domains, ...signs];
};

/**
 * Deletes all entries of a record outright, those that have ended, too: nothing of what it said stays. `had` are the
 * record as it was, with its data. Call it where no older change of the record can be on its way any more: an effect does,
 * when `searched` answers undefined.
 */
export async function removeWords(
  table: TableQuerier & TableWriter<DeleteWrite>,
  type: AnyRecordType,
  of: Of,
  had: Change["had"],
): Promise<void> {
  const { pk } = recordKey(of.brokerage_id, type, of.id);
  const known = had.flatMap((record) =>
    record ? [{ words: lookedUp(type, record), audiences: audiencesOf(type, record) }] : [],
  );
  const notes: Key[] = [];
  for await (const note of partitionItems(table, pk, { prefix: endedPrefix })) {
    notes.push(note);
    known.push(note as unknown as (typeof known)[number]);
  }
  const keys = new Map(
    known.flatMap(({ words, audiences }) =>
      words.flatMap((word) =>
        audiences.map((audience) => {
          const key = entryKey(type, of, word, audience);
          return [nameOf(key), key] as const;
        }),
      ),
    ),
  );
  await Promise.all([...keys.values()].map((key) => table.commit([remove(key)])));
  // Last: after a crash they say what is still to be removed.
  for (const note of notes) await table.commit([remove(note)]);
}

const remove = ({ pk, sk }: Key): DeleteWrite => ({ Delete: { Key: { pk, sk } } });
