import { Page, type Result } from "../../entry/page.ts";
import { codes } from "./protocol.ts";

/** The id of a request, as the answer repeats it; null where it could not be read. */
export type McpId = string | number | null;

/** An answer in JSON-RPC. Its status tells proxies what it is; a notification has no answer, and so no text. */
export class McpAnswer extends Page {
  readonly status: number;
  readonly text: string;

  constructor(status: number, body?: object) {
    super();
    this.status = status;
    this.text = body ? JSON.stringify(body) : "";
  }

  answer(plain: Result): Result {
    const { "content-type": type = "application/json", ...headers } = plain.headers ?? {};
    return this.text === ""
      ? { statusCode: this.status, headers }
      : { statusCode: this.status, headers: { ...headers, "content-type": type }, body: this.text };
  }
}

/** A refusal, to be thrown: JSON-RPC's error, and the status that it goes with. */
export class McpError extends Error {
  readonly code: number;
  readonly status: number;
  readonly data: unknown;
  /** Of the request that is refused. */
  readonly id: McpId;

  constructor(
    code: keyof typeof codes,
    message: string,
    more: { status?: number; data?: unknown; id?: McpId } = {},
  ) {
    super(message);
    this.code = codes[code];
    this.status = more.status ?? 400;
    this.data = more.data;
    this.id = more.id ?? null;
  }
}

/** The answer that a refusal is. */
export function refusal({ code, message, data, status, id }: McpError): McpAnswer {
  return new McpAnswer(status, {
    jsonrpc: "2.0",
    id,
    error: { code, message, ...(data === undefined ? {} : { data }) },
  });
}

/** The answer of a request that was done. */
export const reply = (id: McpId, result: object): McpAnswer =>
  new McpAnswer(200, { jsonrpc: "2.0", id, result });
