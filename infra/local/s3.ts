import { mkdirSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { Readable } from "node:stream";
import S3rver from "@20minutes/s3rver";
import { AwsError, answerXmlError } from "./aws-error.ts";
import type { CorsRule } from "./cors.ts";
import { type Action, type Principal, refusal } from "./iam.ts";
import { objectBody } from "./s3-body.ts";
import { listObjects } from "./s3-list.ts";
import { mendStore } from "./s3-store.ts";
import type { Claim } from "./signature.ts";
import type { Resource } from "./templates.ts";

/** An object that came or went; the event's name as S3 has it ("ObjectCreated:Put"). */
export interface ObjectEvent {
  readonly name: string;
  readonly bucket: string;
  readonly key: string;
  readonly size?: number;
  readonly eTag?: string;
}

/** The S3 server; its caller has verified who asks. */
export interface S3 {
  /** Answers a verified request, after asking `principal`'s policies. */
  answer(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    claim: Claim,
  ): Promise<void>;
  corsRules(request: IncomingMessage): CorsRule[];
  /** Names of the buckets that this start has created. */
  readonly created: readonly string[];
}

/** Opens the buckets of the templates in a folder. Objects have one version: S3's history of them is not kept here. */
export async function openS3(
  folder: string,
  buckets: readonly Resource[],
  notify: (event: ObjectEvent) => void,
): Promise<S3> {
  mkdirSync(folder, { recursive: true });
  const server = new S3rver({ directory: folder, silent: true, vhostBuckets: false });
  const { store } = server;
  mendStore(store);
  const created: string[] = [];
  for (const { name } of buckets) {
    if (!(await store.getBucket(name))) created.push(name);
    await store.putBucket(name);
  }
  const bodies = new WeakMap<object, Readable>();
  server.middleware.unshift(async (context, next) => {
    context.state.account = {};
    context.req = bodies.get(context.req) ?? context.req;
    await next().catch((error: unknown) => {
      if (!(error instanceof AwsError)) throw error;
      context.respond = false;
      answerXmlError(context.res, error);
    });
  });
  server.on("event", ({ Records: [{ eventName, s3 }] }) => {
    const { key, size, eTag } = s3.object;
    // s3rver calls the end of a multipart upload a form's POST, which it gets from nobody here.
    const name = eventName.replace("ObjectCreated:Post", "ObjectCreated:CompleteMultipartUpload");
    notify({ name, bucket: s3.bucket.name, key, size, eTag });
  });
  const handle = server.callback();

  async function answer(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    claim: Claim,
  ) {
    const { bucket, key } = locate(claim.path);
    const { headers, method } = request;
    const payloadHash = String(headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD");
    let body = objectBody(request, headers, claim.query, payloadHash);
    let doomed: string[] = [];
    if (method === "POST" && "delete" in claim.query) {
      const xml = Buffer.concat(await body.toArray());
      doomed = [...xml.toString().matchAll(/<Key>(.*?)<\/Key>/gs)].map(([, text]) => text!);
      body = Readable.from([xml], { objectMode: false });
    }
    if (/^bytes=-/.test(headers.range ?? ""))
      throw new AwsError("NotImplemented", 501, "The local cloud knows no ranges from the end");
    authorise(principal, s3Actions(request, bucket, key, claim.query, doomed));
    const exists = key !== "" && (await store.existsObject(bucket, key));
    if (key && !exists && (method === "GET" || method === "HEAD"))
      // Without ListBucket, S3 does not say whether an object exists.
      authorise(principal, [{ action: "s3:ListBucket", resource: `arn:aws:s3:::${bucket}` }]);
    if (method === "PUT" && exists && headers["if-none-match"] === "*")
      throw new AwsError(
        "PreconditionFailed",
        412,
        "At least one of the pre-conditions you specified did not hold",
      );
    if (method === "GET" && claim.query["list-type"] === "2")
      return listObjects(store, bucket, claim.query, response);
    bodies.set(request, body);
    forS3rver(request, claim);
    handle(request, response);
  }

  const corsRules = (request: IncomingMessage) => {
    const { bucket } = locate(request.url!.split("?")[0]!);
    return rulesOf(buckets.find(({ name }) => name === bucket));
  };
  return { answer, corsRules, created };
}

function locate(path: string): { bucket: string; key: string } {
  const [bucket = "", ...rest] = path.slice(1).split("/").map(decodeURIComponent);
  if ([bucket, ...rest].includes("..")) throw new AwsError("InvalidURI", 400, "The URI may not contain '..'");
  return { bucket, key: rest.join("/") };
}

/** Takes off what has been dealt with here: the signature, the SDK's framing, browsers' origin, conditional writes. */
function forS3rver(request: IncomingMessage, { path, query }: Claim) {
  const kept = new URLSearchParams();
  for (const [name, value] of Object.entries(query))
    if (!name.toLowerCase().startsWith("x-amz-") && name !== "x-id") kept.set(name, String(value));
  request.url = kept.size > 0 ? `${path}?${kept}` : path;
  const { headers } = request;
  for (const name of ["authorization", "origin", "x-amz-content-sha256", "x-amz-decoded-content-length"])
    delete headers[name];
  const encoding = String(headers["content-encoding"] ?? "").replace(/aws-chunked,?\s*/, "");
  if (encoding) headers["content-encoding"] = encoding;
  else delete headers["content-encoding"];
  const source = headers["x-amz-copy-source"];
  if (source) headers["x-amz-copy-source"] = encodeURI(decodeURIComponent(String(source)));
}

function authorise(principal: Principal, actions: readonly Action[]) {
  const denied = actions.find(({ action, resource }) => !principal.allows(action, resource));
  if (denied) throw new AwsError("AccessDenied", 403, refusal(principal, denied));
}

/** What IAM must allow for an S3 request. */
function s3Actions(
  { method, headers }: IncomingMessage,
  bucket: string,
  key: string,
  query: Claim["query"],
  doomed: readonly string[],
): Action[] {
  const ofBucket = `arn:aws:s3:::${bucket}`;
  const on = (action: string, resource = `${ofBucket}/${key}`) => ({ action: `s3:${action}`, resource });
  if (doomed.length > 0) return doomed.map((name) => on("DeleteObject", `${ofBucket}/${name}`));
  if (!key) return [on(method === "GET" || method === "HEAD" ? "ListBucket" : "PutBucket", ofBucket)];
  const suffix = "tagging" in query ? "Tagging" : "acl" in query ? "Acl" : "";
  if (method === "GET" || method === "HEAD") return [on(`GetObject${suffix}`)];
  if (method === "DELETE")
    return [on("uploadId" in query ? "AbortMultipartUpload" : `DeleteObject${suffix}`)];
  const source = headers["x-amz-copy-source"];
  const from = source
    ? [on("GetObject", `arn:aws:s3:::${decodeURIComponent(String(source)).replace(/^\//, "")}`)]
    : [];
  return [on(`PutObject${suffix}`), ...("x-amz-tagging" in headers ? [on("PutObjectTagging")] : []), ...from];
}

interface TemplateRule {
  AllowedOrigins: string[];
  AllowedMethods: string[];
  AllowedHeaders?: string[];
  ExposedHeaders?: string[];
  MaxAge?: number;
}

function rulesOf(bucket: Resource | undefined): CorsRule[] {
  const rules: TemplateRule[] = bucket?.properties.CorsConfiguration?.CorsRules ?? [];
  return rules.map((rule) => ({
    origins: rule.AllowedOrigins,
    methods: rule.AllowedMethods,
    headers: rule.AllowedHeaders ?? [],
    exposed: rule.ExposedHeaders ?? [],
    maxAge: rule.MaxAge,
  }));
}
