import type { CorsRule } from "./cors.ts";
import type { LifecycleRule, Objects } from "./s3-objects.ts";

/** An object that came or went; the event's name as S3 has it ("ObjectCreated:Put"). */
export interface ObjectEvent {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly size?: number;
  readonly eTag?: string;
  readonly versionId: string;
}

/** A bucket of the templates and what is in it. */
export interface Bucket {
  readonly name: string;
  readonly arn: string;
  readonly objects: Objects;
  readonly lifecycle: readonly LifecycleRule[];
  readonly cors: readonly CorsRule[];
}
