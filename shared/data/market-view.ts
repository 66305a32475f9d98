import { Market, type MarketMonth, marketListingOf } from "../domain/analytics/market.ts";
import { isSame } from "../domain/analytics/stock.ts";
import type { Subject } from "../domain/analytics/views.ts";
import type { StoredBrokerage } from "../domain/brokerage.ts";
import { dayIn, daysAfter } from "../domain/days.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { putStock, readBuckets, updateOf } from "./buckets.ts";
import { entriesIn } from "./list.ts";
import { pack, unpack } from "./packed.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { schemas } from "./schema.ts";
import type { TableQuerier, TableWriter, UpdateWrite } from "./table.ts";

/**
 * The market view is computed from the records, all of it anew: a month's bucket stands at the month's first day and has a
 * stock alone. Computing it again with the same records writes nothing.
 *
 * For a million sales of twenty years in a hundred cities: 600 pages of the index (a megabyte each, 0.2 s) take two
 * minutes, 10,000 BatchGetItem of 100 records (80 ms, eight at a time) under two and reading them into records one;
 * gathering and medians took 40 s here; 26,000 months are 52,000 writes the first time (10 ms, sixteen at a time: half a
 * minute), later those of two or three months. Some six minutes of the fifteen. In memory stay four numbers a sale for the
 * office, the city and the type: 330 MB here, of 1,769. It reads a million units; a usual office's 20,000 sales 20,000.
 */
type MarketTable = TableQuerier & TableWriter<UpdateWrite>;

/** Records in one request, and requests at the same time. */
const [perRequest, atOnce] = [100, 8];
/** Months that are written at the same time. */
const monthsAtOnce = 16;

/** Computes the brokerage's market from its sales and listings, and writes what has changed of it. */
export async function foldMarketOf(table: MarketTable, brokerage: StoredBrokerage, now: Date): Promise<void> {
  const today = dayIn(brokerage.time_zone, now);
  const market = new Market(today);
  // What is rented is no part of it. One that moves from one of these to the next meanwhile may be missing until the next run.
  for (const state of ["sold", "under_offer", "active"]) await gather(table, brokerage, state, market);
  for (const subject of await everySubject(table, brokerage.id, market.subjects))
    await writeChanges(table, brokerage, { subject, months: market.months(subject), today });
}

/** Adds the brokerage's properties in a state to the market, part by part. */
async function gather(
  table: TableQuerier,
  brokerage: StoredBrokerage,
  state: string,
  market: Market,
): Promise<void> {
  const partition = { brokerage_id: brokerage.id, kind: propertyRecord.name, state };
  for await (const entries of partsOf(entriesIn(table, "state_at", partition), perRequest * atOnce)) {
    const keys = entries.map(({ id }) => recordKey(brokerage.id, propertyRecord, String(id)));
    const read = await Promise.all(inParts(keys, perRequest).map((part) => table.getMany(part)));
    for (const item of read.flat()) {
      const property = aliveIn(propertyRecord, item);
      // It may have another status by now.
      const listing = property?.status === state ? marketListingOf(property, brokerage) : undefined;
      if (listing) market.add(listing);
    }
  }
}

/** What a walk finds, in lists of a size; the last may be shorter. */
async function* partsOf<T>(walk: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let part: T[] = [];
  for await (const one of walk)
    if (part.push(one) === size) {
      yield part;
      part = [];
    }
  yield part;
}

/**
 * The subjects of now and of every time before: one whose sales are all gone is to be written once more. They are noted
 * before anything is written of them.
 */
async function everySubject(
  table: MarketTable,
  brokerageId: string,
  now: readonly Subject[],
): Promise<ReadonlySet<Subject>> {
  const key = { pk: `${brokerageId}#view`, sk: "market" };
  const noted = (await table.get(key))?.subjects;
  const before = noted ? unpack<Subject[]>(noted) : [];
  const all = new Set([...before, ...now]);
  if (all.size > before.length)
    await table.commit([updateOf(key, { schema: schemas.marketSubjects, subjects: pack([...all]) })]);
  return all;
}

const inParts = <T>(all: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(all.length / size) }, (_, at) => all.slice(at * size, (at + 1) * size));

const firstDay = "0000-01-01";

interface Computed {
  readonly subject: Subject;
  readonly months: ReadonlyMap<string, MarketMonth>;
  readonly today: string;
}

/** Writes a subject's months that are other than they stand; one of which nothing is left stands with no numbers. */
async function writeChanges(
  table: MarketTable,
  { id, time_zone }: StoredBrokerage,
  { subject, months, today }: Computed,
): Promise<void> {
  const days = { from: firstDay, to: daysAfter(today, 1) };
  const stand = new Map(
    (await readBuckets(table, id, "market", subject, days)).map(({ day, stock = {} }) => [day, stock]),
  );
  const changed = [...new Set([...months.keys(), ...stand.keys()])].filter(
    (day) => !isSame(months.get(day) ?? {}, stand.get(day) ?? {}),
  );
  const write = async (day: string) => {
    const writes = putStock(id, { view: "market", subject, day }, months.get(day) ?? {}, time_zone);
    // The bucket last: it is what the next run compares, so a copy in the list that was not written is written then.
    for (const one of writes.toReversed()) await table.commit([one]);
  };
  for (const some of inParts(changed, monthsAtOnce)) await Promise.all(some.map(write));
}
