import type { APIGatewayProxyStructuredResultV2 } from "aws-lambda";

export type Result = APIGatewayProxyStructuredResultV2;
export type Headers = Readonly<Record<string, string | undefined>>;

/** What `run` returns instead of a page's text when the answer depends on the request's headers. */
export abstract class Page {
  abstract readonly text: string;
  /** The answer to a request with these headers, made of the plain answer with the text. */
  abstract answer(plain: Result, headers: Headers): Result;
}
