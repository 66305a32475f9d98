import { type BucketId, bucketKey, listKey, updateOf } from "../shared/data/buckets.ts";
import { pack } from "../shared/data/packed.ts";
import { schemas } from "../shared/data/schema.ts";
import type { Tally } from "../shared/domain/analytics/tally.ts";
import { table } from "./in-process.ts";

/** Writes a subject's day of a view as if events had been folded into it. */
export async function putBucket(
  brokerageId: string,
  id: BucketId,
  counts: Tally["counts"],
  more: Partial<Pick<Tally, "samples">> & { readonly stock?: Readonly<Record<string, number>> } = {},
): Promise<void> {
  const { samples = {}, stock } = more;
  const attributes = {
    ...{ schema: schemas.bucket, tally: pack({ counts, samples }), distinct: {} },
    ...{ time_zone: "America/Los_Angeles", final: false, folded_to: new Date().toISOString() },
    ...(stock && { stock }),
  };
  const keys = [bucketKey(brokerageId, id), listKey(brokerageId, id)];
  for (const key of keys) if (key) await table.commit([updateOf(key, attributes)]);
}
