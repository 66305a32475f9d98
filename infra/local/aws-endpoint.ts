import { createHash } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { AwsError, answerJsonError, answerXmlError } from "./aws-error.ts";
import { corsHeaders, isPreflight } from "./cors.ts";
import type { DynamoDb } from "./dynamodb.ts";
import { dynamoActions } from "./dynamodb-actions.ts";
import { type Action, type Principal, refusal } from "./iam.ts";
import type { Outbox } from "./outbox.ts";
import type { Queues } from "./queues.ts";
import type { S3 } from "./s3.ts";
import type { Secrets } from "./secrets.ts";
import { answerSes, isSes, sesActions } from "./ses.ts";
import { type Claim, readClaim, verifySignature } from "./signature.ts";
import { answerSqs, sqsActions } from "./sqs.ts";

/** The services behind the front door. */
export interface Services {
  readonly dynamo: DynamoDb;
  readonly s3: S3;
  readonly queues: Queues;
  readonly secrets: Secrets;
  readonly outbox: Outbox;
}

const largestJsonBody = 16 * 1024 * 1024;

/**
 * The one AWS endpoint of this machine: every call of a function, a script or a presigned URL comes through here,
 * its signature is verified, its principal's policies are asked, and only then a service sees it.
 */
export function createAwsEndpoint(
  principals: readonly Principal[],
  { dynamo, s3, queues, secrets, outbox }: Services,
): RequestListener {
  const byAccessKey = new Map(principals.map((principal) => [principal.accessKeyId, principal]));
  return (request, response) => {
    // A JSON call names its operation in a header; those of S3 and SES do not.
    const isS3 = !request.headers["x-amz-target"] && !isSes(request.url!);
    (isS3 ? enterFromBrowser : enter)(request, response).catch((error) => {
      const known = error instanceof AwsError ? error : new AwsError("InternalError", 500, String(error));
      if (response.headersSent) response.destroy();
      else if (isS3) answerXmlError(response, known);
      else answerJsonError(response, known);
    });
  };

  /** Only S3 is spoken to by browsers. */
  async function enterFromBrowser(request: IncomingMessage, response: ServerResponse) {
    const cors = corsHeaders(s3.corsRules(request), request);
    if (isPreflight(request)) return void response.writeHead(cors ? 200 : 403, cors).end();
    for (const [name, value] of Object.entries(cors ?? {})) response.setHeader(name, value);
    return enter(request, response);
  }

  async function enter(request: IncomingMessage, response: ServerResponse) {
    const claim = readClaim(request);
    const principal = byAccessKey.get(claim.accessKeyId);
    if (!principal)
      throw new AwsError("InvalidAccessKeyId", 403, "The access key id does not exist in our records.");
    if (claim.service === "s3") {
      const payloadHash = String(request.headers["x-amz-content-sha256"] ?? "UNSIGNED-PAYLOAD");
      verifySignature(request, claim, principal, payloadHash);
      return s3.answer(request, response, principal, claim);
    }
    const body = await readBody(request);
    verifySignature(request, claim, principal, createHash("sha256").update(body).digest("hex"));
    return answerJson(request, response, principal, claim, body);
  }

  async function answerJson(
    request: IncomingMessage,
    response: ServerResponse,
    principal: Principal,
    { service, path }: Claim,
    body: Buffer,
  ) {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1)!;
    const input = JSON.parse(body.toString() || "{}");
    if (service === "ses") {
      authorise(principal, sesActions(request.method!, path, input), "AccessDeniedException", 403);
      return send(response, answerSes(outbox, input));
    }
    if (service === "dynamodb") {
      authorise(principal, dynamoActions(operation, input), "AccessDeniedException", 400);
      return dynamo.forward(request, body, response);
    }
    if (service === "sqs") {
      authorise(principal, sqsActions(operation, input), "AccessDenied", 403);
      const gone = new AbortController();
      response.on("close", () => gone.abort());
      return send(response, await answerSqs(queues, operation, input, gone.signal));
    }
    if (service === "secretsmanager") {
      authorise(principal, secrets.actions(operation, input), "AccessDeniedException", 400);
      return send(response, secrets.answer(operation, input));
    }
    throw new AwsError("UnknownService", 501, `The local cloud has no ${service}`);
  }
}

function authorise(principal: Principal, actions: readonly Action[], code: string, status: number) {
  const denied = actions.find(
    ({ action, resource, items, attributes }) => !principal.allows(action, resource, items, attributes),
  );
  if (denied) throw new AwsError(code, status, refusal(principal, denied));
}

function send(response: ServerResponse, output: object) {
  response.writeHead(200, { "content-type": "application/x-amz-json-1.0" }).end(JSON.stringify(output));
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestJsonBody) throw new AwsError("RequestEntityTooLarge", 413, "The request is too large");
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
