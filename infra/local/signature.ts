import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { AwsError } from "./aws-error.ts";
import type { Principal } from "./iam.ts";

/** What a request says of its own signature (SigV4, in the Authorization header or in the query). */
export interface Claim {
  readonly accessKeyId: string;
  readonly service: string;
  /** "20260312/us-east-1/s3/aws4_request" */
  readonly scope: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  /** When it was signed: "20260312T190358Z". */
  readonly time: string;
  /** Seconds that a presigned URL lives; undefined when the header signs. */
  readonly expiresIn?: number;
  /** The path as it was sent, and the query without the signature. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
}

const clockSkew = 15 * 60_000;

/** Reads a request's claim; throws AwsError when it carries none, or one that is malformed, too old or too new. */
export function readClaim(request: IncomingMessage): Claim {
  const [path, search = ""] = request.url!.split(/\?(.*)/s) as [string, string?];
  const query = queryOf(search);
  const claim = request.headers.authorization
    ? headerClaim(request, request.headers.authorization)
    : presignedClaim(query);
  if (!claim) throw new AwsError("AccessDenied", 403, "Access Denied");
  const { "X-Amz-Signature": _, ...signedQuery } = query;

  const age = Date.now() - dateOf(claim.time).getTime();
  const lifetime = claim.expiresIn === undefined ? clockSkew : claim.expiresIn * 1000;
  if (!(age >= -clockSkew && age <= lifetime))
    throw claim.expiresIn === undefined
      ? new AwsError("RequestTimeTooSkewed", 403, "The request's date is missing, too old or in the future")
      : new AwsError("AccessDenied", 403, "Request has expired");

  const unsigned = Object.keys(request.headers).find(
    (name) => (name === "host" || name.startsWith("x-amz-")) && !claim.signedHeaders.includes(name),
  );
  if (unsigned)
    throw new AwsError(
      "AccessDenied",
      403,
      `There were headers present in the request which were not signed: ${unsigned}`,
    );
  return { ...claim, path, query: signedQuery };
}

/** Recomputes the signature with the principal's secret; throws AwsError when it is not the request's. */
export function verifySignature(
  { method, headers }: IncomingMessage,
  { scope, time, signedHeaders, signature, path, query }: Claim,
  { secretAccessKey, sessionToken }: Principal,
  payloadHash: string,
): void {
  if ((headers["x-amz-security-token"] ?? query["X-Amz-Security-Token"]) !== sessionToken)
    throw new AwsError("InvalidToken", 403, "The provided token is malformed or otherwise invalid.");
  const parameters = Object.entries(query)
    .flatMap(([name, values]) => [values].flat().map((value) => `${encoded(name)}\n${encoded(value)}`))
    .sort()
    .map((parameter) => parameter.replace("\n", "="));
  const signed = signedHeaders.map((name) => `${name}:${String(headers[name] ?? "").trim()}\n`);
  const request = [method, path, parameters.join("&"), signed.join(""), signedHeaders.join(";"), payloadHash];
  const digest = createHash("sha256").update(request.join("\n")).digest("hex");
  const text = ["AWS4-HMAC-SHA256", time, scope, digest].join("\n");
  const expected = Buffer.from(hmac(signingKey(secretAccessKey, scope), text).toString("hex"));
  const given = Buffer.from(signature);
  if (expected.length !== given.length || !timingSafeEqual(expected, given))
    throw new AwsError(
      "SignatureDoesNotMatch",
      403,
      "The request signature we calculated does not match the signature you provided",
    );
}

const hmac = (key: string | Buffer, part: string) => createHmac("sha256", key).update(part).digest();

/** The key of a principal for a day, a region and a service, derived once. */
function signingKey(secretAccessKey: string, scope: string): Buffer {
  const name = `${secretAccessKey} ${scope}`;
  const derive = () => scope.split("/").reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`) as Buffer;
  const key = signingKeys.get(name) ?? derive();
  signingKeys.set(name, key);
  return key;
}
const signingKeys = new Map<string, Buffer>();

/** As RFC 3986 has it, which leaves less as it is than JavaScript does. */
const encoded = (text: string) =>
  encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);

function headerClaim(request: IncomingMessage, authorization: string) {
  const parts = authorization.match(
    /^AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([^,]+), ?Signature=(\w+)$/,
  );
  if (!parts)
    throw new AwsError("IncompleteSignature", 400, "The Authorization header is not a SigV4 signature");
  const [, credential, signedHeaders, signature] = parts as unknown as [string, string, string, string];
  return {
    ...scopeOf(credential),
    signedHeaders: signedHeaders.split(";"),
    signature,
    time: String(request.headers["x-amz-date"]),
    expiresIn: undefined,
  };
}

function presignedClaim(query: Claim["query"]) {
  if (query["X-Amz-Algorithm"] !== "AWS4-HMAC-SHA256") return;
  const expiresIn = Number(query["X-Amz-Expires"]);
  if (!(expiresIn > 0 && expiresIn <= 604_800))
    throw new AwsError("AuthorizationQueryParametersError", 400, "X-Amz-Expires must be within a week");
  return {
    ...scopeOf(String(query["X-Amz-Credential"])),
    signedHeaders: String(query["X-Amz-SignedHeaders"]).split(";"),
    signature: String(query["X-Amz-Signature"]),
    time: String(query["X-Amz-Date"]),
    expiresIn,
  };
}

function scopeOf(credential: string) {
  const [, accessKeyId = "", scope = ""] = credential.match(/^([^/]*)\/(.*)$/) ?? [];
  return { accessKeyId, scope, service: scope.split("/")[2] ?? "" };
}

const dateOf = (time: string) =>
  new Date(time.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z"));

function queryOf(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(search.replaceAll("+", "%2B"));
  for (const name of parameters.keys()) {
    const values = parameters.getAll(name);
    query[name] = values.length > 1 ? values : values[0]!;
  }
  return query;
}
