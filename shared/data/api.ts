import type { Grant } from "./grant.ts";

/** One request to the API. */
export interface ApiRequest {
  /** The Authorization header of whoever asks. */
  readonly authorization: string;
  readonly method: string;
  /** With its query: "/v1/clients?q=lin". */
  readonly path: string;
  readonly body?: unknown;
  readonly ifMatch?: number | undefined;
  readonly idempotencyKey?: string;
  readonly signal?: AbortSignal;
}

/** What the API answered. */
export interface ApiAnswer {
  readonly status: number;
  /** Undefined without a body, or where that is no JSON. */
  readonly body: unknown;
}

/** Calls the API as its callers do, over the gateway, where what each may do is decided. */
export interface Api {
  call(request: ApiRequest): Promise<ApiAnswer>;
}

/** The API's own address, as the gateway has it: no header of a request can say another. */
export const apiOrigin: Grant<string> = { target: { kind: "api" }, actions: [], open: (origin) => origin };

/** Milliseconds after which a call has failed: the gateway itself answers within 30 seconds. */
const longest = 31_000;

/** Grant: call the API with a caller's own token. */
export const callApi: Grant<Api> = {
  target: { kind: "api" },
  actions: [],
  open: (origin) => ({
    async call({ authorization, method, path, body, ifMatch, idempotencyKey, signal }) {
      const timeout = AbortSignal.timeout(longest);
      const answer = await fetch(new URL(path, origin), {
        method,
        headers: {
          authorization,
          ...(body === undefined ? {} : { "content-type": "application/json" }),
          ...(ifMatch === undefined ? {} : { "if-match": `"${ifMatch}"` }),
          ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
        redirect: "manual",
      });
      const text = await answer.text();
      return { status: answer.status, body: jsonIn(text) };
    },
  }),
};

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
