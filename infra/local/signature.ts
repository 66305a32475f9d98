import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { AwsError } from "./aws-error.ts";
import type { Principal } from "./iam.ts";

/** What a request says of its own signature (SigV4, in the Authorization header or in the query). */
export interface Claim {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly signedAt: Date;
  /** Seconds that a presigned URL lives; undefined when the header signs. */
  readonly expiresIn?: number;
  /** The path as it was sent, and the query without the signature. */
  readonly path: string;
  readonly query: Readonly<Record<string, string | string[]>>;
}

const contentHash = "x-amz-content-sha256";
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

  const age = Date.now() - claim.signedAt.getTime();
  if (Number.isNaN(age))
    throw new AwsError("AccessDenied", 403, "The request's date is missing or malformed");
  if (age < -clockSkew)
    throw new AwsError("RequestTimeTooSkewed", 403, "The request was signed in the future");
  if (claim.expiresIn === undefined && age > clockSkew)
    throw new AwsError("RequestTimeTooSkewed", 403, "The request was signed too long ago");
  if (claim.expiresIn !== undefined && age > claim.expiresIn * 1000)
    throw new AwsError("AccessDenied", 403, "Request has expired");

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
export async function verifySignature(
  request: IncomingMessage,
  claim: Claim,
  principal: Principal,
  payloadHash: string,
) {
  const { region, service, signedAt, signedHeaders } = claim;
  const headers: Record<string, string> = {};
  for (const name of signedHeaders) headers[name] = String(request.headers[name] ?? "");
  const hashIsSigned = signedHeaders.includes(contentHash);
  headers[contentHash] = payloadHash;
  const { accessKeyId, secretAccessKey, sessionToken } = principal;
  const signer = new SignatureV4({
    credentials: { accessKeyId, secretAccessKey, sessionToken },
    region,
    service,
    sha256: Sha256,
    uriEscapePath: service !== "s3",
    applyChecksum: false,
  });
  const received = {
    method: request.method!,
    protocol: "http:",
    hostname: "127.0.0.1",
    path: claim.path,
    query: { ...claim.query },
    headers,
  };
  const options = {
    signingDate: signedAt,
    signableHeaders: new Set(signedHeaders),
    unsignableHeaders: new Set(hashIsSigned ? [] : [contentHash]),
  };
  const expected =
    claim.expiresIn === undefined
      ? (await signer.sign(received, options)).headers.authorization?.split("Signature=")[1]
      : (
          await signer.presign(received, {
            ...options,
            expiresIn: claim.expiresIn,
            unhoistableHeaders: new Set(Object.keys(headers)),
          })
        ).query?.["X-Amz-Signature"];
  if (!equal(String(expected), claim.signature))
    throw new AwsError(
      "SignatureDoesNotMatch",
      403,
      "The request signature we calculated does not match the signature you provided",
    );
}

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
    signedAt: dateOf(request.headers["x-amz-date"]),
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
    signedAt: dateOf(query["X-Amz-Date"]),
    expiresIn,
  };
}

function scopeOf(credential: string) {
  const [accessKeyId = "", , region = "", service = ""] = credential.split("/");
  return { accessKeyId, region, service };
}

function dateOf(text: unknown): Date {
  const iso = String(text).replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, "$1-$2-$3T$4:$5:$6Z");
  return new Date(iso);
}

function queryOf(search: string): Record<string, string | string[]> {
  const query: Record<string, string | string[]> = {};
  const parameters = new URLSearchParams(search.replaceAll("+", "%2B"));
  for (const name of parameters.keys()) {
    const values = parameters.getAll(name);
    query[name] = values.length > 1 ? values : values[0]!;
  }
  return query;
}

function equal(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
