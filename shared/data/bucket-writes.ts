import { isDeepStrictEqual } from "node:util";
import { distinctIn, emptyTally, type Tally } from "../domain/analytics/tally.ts";
import { daysAfter } from "../domain/days.ts";
import { type BucketId, bucketIn, bucketKey, listKey, seenIn, seenKey, updateOf } from "./buckets.ts";
import { writeAll } from "./bulk.ts";
import { pack } from "./packed.ts";
import { pick } from "./record-item.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, TableWriter, UpdateWrite } from "./table.ts";

/** What stands of a subject's day: the events that arrived up to a moment (`""` for none) are in it, and no others. */
export interface Stands {
  readonly folded_to: string;
  readonly tally: Tally;
}

/** A subject's day that is to be folded further, or anew. */
export interface Folding {
  readonly id: BucketId;
  /** Whether what was seen may change, too. */
  readonly seen: boolean;
  /** What it is to be; undefined to leave it as it stands. Asked again when others wrote it meanwhile. */
  next(stands: Stands): Tally | undefined;
}

interface Folded {
  /** When the last event arrived that is in it. */
  readonly upTo: string;
  readonly time_zone: string;
  readonly final: boolean;
}

/** Days for which it is kept who or what was seen, as long as the events. */
const seenKept = 400;
/** Subjects' days that are read and written together. */
const atOnce = 1000;

/**
 * Writes subjects' days, each on the condition of what it was read with, so two writers cannot undo each other. First
 * what was seen (the same marks again change nothing), then the bucket with their number, then its copy in the list of
 * its dimension. Whoever dies in between leaves each of them whole, and the next run makes up for the rest. Answers how
 * many buckets were written: not those that are as they are to be.
 */
export async function writeFolded(
  table: TableWriter,
  brokerageId: string,
  foldings: readonly Folding[],
  folded: Folded,
): Promise<number> {
  let written = 0;
  for (let from = 0; from < foldings.length; from += atOnce) {
    const some = foldings.slice(from, from + atOnce);
    const seen = await writeSeen(table, brokerageId, some, folded);
    const buckets = await writeBuckets(table, brokerageId, some, folded, seen);
    await copyToLists(table, brokerageId, buckets);
    written += buckets.filter(({ writes }) => writes.length > 0).length;
  }
  return written;
}

async function writeSeen(
  table: TableWriter,
  brokerageId: string,
  foldings: readonly Folding[],
  { upTo, final }: Folded,
): Promise<ReadonlyMap<Folding, Tally["seen"]>> {
  const decided = await writeAll(
    table,
    foldings.filter(({ seen }) => seen),
    ({ id }) => [seenKey(brokerageId, id)],
    (folding, [item]) => {
      const stands = seenIn(item);
      const seen = isClosed(item, final)
        ? undefined
        : nextOf(folding, item, { ...emptyTally, seen: stands })?.seen;
      if (seen === undefined || isDeepStrictEqual(seen, stands)) return { folding, seen: stands, writes: [] };
      const { id } = folding;
      const attributes = withSchemaVersion("seen", {
        seen: pack(seen),
        folded_to: upTo,
        ttl: ttl(new Date(daysAfter(id.day, seenKept))),
      });
      return { folding, seen, writes: [ifAsRead(seenKey(brokerageId, id), item, attributes)] };
    },
  );
  return new Map(decided.map(({ folding, seen }) => [folding, seen]));
}

/** A bucket that was written or stands as it is to be, as an item without its stock. */
interface Written {
  readonly id: BucketId;
  readonly bucket: Readonly<Record<string, unknown>>;
  readonly writes: readonly UpdateWrite[];
}

const foldedNames = ["schema", "tally", "distinct", "folded_to", "time_zone", "final"];

function writeBuckets(
  table: TableWriter,
  brokerageId: string,
  foldings: readonly Folding[],
  { upTo, time_zone, final }: Folded,
  seen: ReadonlyMap<Folding, Tally["seen"]>,
): Promise<Written[]> {
  return writeAll(
    table,
    foldings,
    ({ id }) => [bucketKey(brokerageId, id)],
    (folding, [item]): Written => {
      const { id } = folding;
      const stands = item && bucketIn(item, id);
      const asItStands = { id, bucket: item ? pick(item, foldedNames) : {}, writes: [] };
      if (isClosed(item, final)) return asItStands;
      const next = nextOf(folding, item, stands?.tally ?? emptyTally);
      if (next === undefined) return asItStands;
      const { counts, samples } = next;
      const distinct = folding.seen
        ? distinctIn({ seen: seen.get(folding) ?? {} })
        : (stands?.distinct ?? {});
      const was = stands && [stands.tally.counts, stands.tally.samples, stands.distinct];
      const isSame = isDeepStrictEqual(was ?? [{}, {}, {}], [counts, samples, distinct]);
      if (isSame && (!stands?.folded_to || (stands.time_zone === time_zone && stands.final === final)))
        return asItStands;
      const bucket = withSchemaVersion("bucket", {
        ...{ tally: pack({ counts, samples }), distinct, folded_to: upTo },
        ...{ time_zone, final },
      });
      return { id, bucket, writes: [ifAsRead(bucketKey(brokerageId, id), item, bucket)] };
    },
  );
}

/** Each bucket again in the list of its dimension, unless a later one stands there. */
async function copyToLists(
  table: TableWriter,
  brokerageId: string,
  buckets: readonly Written[],
): Promise<void> {
  const copies = buckets.flatMap(({ id, bucket }) => {
    const key = listKey(brokerageId, id);
    return key === undefined || bucket.folded_to === undefined ? [] : [{ key, bucket }];
  });
  await writeAll(
    table,
    copies,
    ({ key }) => [key],
    ({ key, bucket }, [item]) => ({
      writes:
        foldedTo(item) > String(bucket.folded_to) ||
        (item && isDeepStrictEqual(pick(item, foldedNames), bucket))
          ? []
          : [ifAsRead(key, item, bucket)],
    }),
  );
}

const foldedTo = (item: Item | undefined): string => (item?.folded_to as string | undefined) ?? "";

/** What is final is folded anew by who makes it final, and by nobody else. */
const isClosed = (item: Item | undefined, final: boolean): boolean => item?.final === true && !final;

const nextOf = (folding: Folding, item: Item | undefined, tally: Tally): Tally | undefined =>
  folding.next({ folded_to: foldedTo(item), tally });

/** Sets attributes on the condition that the item is folded as far as it was when it was read. */
function ifAsRead(
  key: Key,
  item: Item | undefined,
  attributes: Readonly<Record<string, unknown>>,
): UpdateWrite {
  const condition =
    foldedTo(item) === ""
      ? { ConditionExpression: "attribute_not_exists(#folded_to)" }
      : {
          ConditionExpression: "#folded_to = :as_read",
          ExpressionAttributeValues: { ":as_read": foldedTo(item) },
        };
  return updateOf(key, attributes, condition);
}
