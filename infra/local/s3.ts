import type { IncomingMessage, ServerResponse } from "node:http";
import type { DatabaseSync } from "node:sqlite";
import { AwsError } from "./aws-error.ts";
import { type CorsRule, corsRule } from "./cors.ts";
import { type Principal, refusal } from "./iam.ts";
import type { Bucket, ObjectEvent } from "./s3-bucket.ts";
import { type LifecycleRule, openObjects } from "./s3-objects.ts";
import { operationOf } from "./s3-operations.ts";
import type { Claim } from "./signature.ts";
import type { Resource } from "./templates.ts";

/** The S3 server; its caller has verified who asks. */
export interface S3 {
  /** Answers a verified request, after asking `principal`'s policies; throws AwsError. */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    claim: Claim,
  ): Promise<void>;
  corsRules(request: IncomingMessage): readonly CorsRule[];
  /** Runs the buckets' lifecycle rules as of a moment, as S3 does once a day. */
  runLifecycle(now: Date): void;
  /** Names of the buckets that this start has created. */
  readonly created: readonly string[];
}

/** Opens the buckets of the templates: versions are rows in the store, bytes are files in the folder. */
export function openS3(
  store: DatabaseSync,
  folder: string,
  resources: readonly Resource[],
  notify: (event: ObjectEvent) => void,
): S3 {
  const created: string[] = [];
  const buckets = new Map<string, Bucket>();
  for (const { name, arn, properties } of resources) {
    if (properties.VersioningConfiguration?.Status !== "Enabled")
      throw new Error(`The bucket ${name} keeps no versions: the local cloud's buckets do`);
    const { objects, isNew } = openObjects(store, folder, name);
    if (isNew) created.push(name);
    const lifecycle = (properties.LifecycleConfiguration?.Rules ?? []).flatMap(lifecycleRule);
    const cors = (properties.CorsConfiguration?.CorsRules ?? []).map(corsRule);
    buckets.set(name, { name, arn, objects, lifecycle, cors });
  }

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    claim: Claim,
  ) {
    const { bucketName, key } = locate(claim.path);
    const parameters = Object.fromEntries(
      Object.entries(claim.query)
        .filter(([name]) => !/^x-(amz-|id$)/i.test(name))
        .map(([name, value]) => [name, String(value)]),
    );
    const { action, run } = operationOf(request, key, parameters);
    const bucketArn = `arn:aws:s3:::${bucketName}`;
    const authorise = (name: string, resource: string) => {
      const asked = { action: `s3:${name}`, resource };
      if (!principal.allows(asked.action, resource))
        throw new AwsError("AccessDenied", 403, refusal(principal, asked));
    };
    authorise(action, key ? `${bucketArn}/${key}` : bucketArn);
    const bucket = buckets.get(bucketName);
    if (!bucket) throw new AwsError("NoSuchBucket", 404, "The specified bucket does not exist");
    await run({ request, response, signed: claim.query, bucket, key, parameters, authorise, notify });
  }

  return {
    answer,
    corsRules: (request) => buckets.get(locate(request.url!.split("?")[0]!).bucketName)?.cors ?? [],
    runLifecycle(now) {
      for (const { objects, lifecycle } of buckets.values()) objects.expire(lifecycle, now);
    },
    created,
  };
}

function locate(path: string): { bucketName: string; key: string } {
  try {
    const [bucketName = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
    const key = rest.join("/");
    if (Buffer.byteLength(key) <= 1024) return { bucketName, key };
  } catch {
    throw new AwsError("InvalidURI", 400, "Couldn't parse the specified URI");
  }
  throw new AwsError("KeyTooLongError", 400, "Your key is too long");
}

function lifecycleRule(rule: Resource["properties"]): LifecycleRule[] {
  // There are no multipart uploads here that could be aborted.
  const { Id: _, Status, Prefix = "", AbortIncompleteMultipartUpload: __, ...actions } = rule;
  const { ExpirationInDays, NoncurrentVersionExpiration, ExpiredObjectDeleteMarker, ...others } = actions;
  const { NoncurrentDays, ...more } = NoncurrentVersionExpiration ?? {};
  const [unknown] = Object.keys({ ...others, ...more });
  if (unknown) throw new Error(`The local cloud's lifecycle rules do not know ${unknown}`);
  const days = { expiration: ExpirationInDays, noncurrentExpiration: NoncurrentDays };
  return Status === "Enabled"
    ? [{ prefix: Prefix, ...days, expiredDeleteMarker: ExpiredObjectDeleteMarker }]
    : [];
}
