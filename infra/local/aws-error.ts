import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

/** A refusal as an AWS service words it: its error code, HTTP status and message. */
export class AwsError extends Error {
  readonly code: string;
  readonly status: number;
  constructor(code: string, status: number, message: string) {
    super(message);
    this.code = code;
    this.status = status;
  }
}

/** The refusal of an operation that the product does not use. */
export const unsupported = (service: string, operation: string): AwsError =>
  new AwsError("UnsupportedOperation", 501, `The local cloud has no ${service}:${operation}`);

/** Answers a refusal in the JSON protocols of DynamoDB, SQS and Secrets Manager. */
export function answerJsonError(response: ServerResponse, { code, status, message }: AwsError): void {
  const headers = {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-requestid": randomUUID(),
    // SQS keeps the codes of its old query protocol here, and its SDK reports these.
    "x-amzn-query-error": `${code};${status < 500 ? "Sender" : "Receiver"}`,
  };
  response.writeHead(status, headers).end(JSON.stringify({ __type: code, message }));
}

/** Answers a refusal as S3's XML. */
export function answerXmlError(response: ServerResponse, { code, status, message }: AwsError): void {
  const requestId = randomUUID();
  const text = message.replace(/[<>&]/g, (sign) => `&#${sign.charCodeAt(0)};`);
  response
    .writeHead(status, { "content-type": "application/xml", "x-amz-request-id": requestId })
    .end(
      `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${text}</Message><RequestId>${requestId}</RequestId></Error>`,
    );
}
