import * as z from "zod/mini";
import type { BucketPrefix } from "../data/grant.ts";
import { id } from "../domain/schemas.ts";

const event = z.object({
  Records: z.array(z.object({ s3: z.object({ object: z.object({ key: z.string() }) }) })),
});
/** What S3 sends once, when the notification is set up. */
const test = z.object({ Event: z.literal("s3:TestEvent") });
const ids = z.tuple([id, id]);

/** Reads S3's notice of uploads to `<prefix>/<brokerage id>/<record id>`: the records whose uploads arrived. */
export function arrivals(prefix: BucketPrefix) {
  const read = (encoded: string) => {
    const key = decodeURIComponent(encoded.replaceAll("+", " "));
    if (!key.startsWith(`${prefix}/`)) throw new Error(`The key of an upload is not below ${prefix}`);
    const [brokerage_id, id] = ids.parse(key.slice(prefix.length + 1).split("/"));
    return { brokerage_id, id };
  };
  return z.pipe(
    z.union([event, test]),
    z.transform((notice) => ("Records" in notice ? notice.Records.map(({ s3 }) => read(s3.object.key)) : [])),
  );
}
