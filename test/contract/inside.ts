import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { documents } from "../../infra/documents.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { httpHandler } from "../../shared/entry/http.ts";
import { checkAnswer, operationAt, type RawAnswer } from "../answers.ts";
import type { Answer, Request } from "../cloud.ts";

// What contract tests make, and what is refused to them, they ask in this process: thousands of requests through
// processes of their own took minutes.

const handlers = new Map<string, ReturnType<typeof handlerOf>>();

/** Calls an operation as `api` in test/cloud.ts does, in this process. */
export async function api(method: string, path: string, request: Request = {}): Promise<Answer> {
  const { token, body, headers, raw } = request;
  const operation = operationAt(method, path);
  if (!operation) throw new Error(`No operation answers ${method} ${path}`);
  const handler = handlers.get(operation.id) ?? handlerOf(operation);
  handlers.set(operation.id, handler);
  const url = new URL(path, "http://inside.example");
  const sent = raw ?? (body === undefined ? undefined : JSON.stringify(body));
  const event = gatewayEvent(operation, {
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { "content-type": "application/json" }),
      ...headers,
    },
    params: paramsIn(operation.path, path.split("?")[0]!),
    query: Object.fromEntries(url.searchParams),
    body: typeof sent === "string" ? sent : sent && Buffer.from(sent).toString("base64"),
    isBase64Encoded: sent instanceof Uint8Array,
  });
  const answer = await (await handler)(event);
  checkAnswer(method, path, answer);
  const isJson = String(answer.headers.get("content-type")).includes("json");
  return { ...answer, body: isJson ? JSON.parse(answer.text) : answer.text };
}

/** The body of an answer of this status; an error for any other. */
export async function expectStatus(status: number, method: string, path: string, request: Request = {}) {
  const answer = await api(method, path, request);
  if (answer.status !== status)
    throw new Error(`${method} ${path}: ${answer.status}, expected ${status}: ${answer.body.detail}`);
  return answer.body;
}

/** Parameters of a path, decoded as the gateway does. */
function paramsIn(declared: string, path: string): Record<string, string> {
  const values = path.split("/");
  return Object.fromEntries(
    declared
      .split("/")
      .flatMap((part, at) =>
        part.startsWith("{") ? [[part.slice(1, -1), decodeURIComponent(values[at]!)]] : [],
      ),
  );
}

/** Calls an operation in this process as Lambda does, without the bundle. */
export async function handlerOf(operation: Operation) {
  const handler = await httpHandler(servable(operation));
  return async (event: APIGatewayProxyEventV2): Promise<RawAnswer> => {
    const { statusCode, headers, body } = await handler(event, { awsRequestId: "in-process" } as Context);
    return { status: statusCode!, headers: new Headers(headers as Record<string, string>), text: body ?? "" };
  };
}

/** An operation that answers a document of the build, with the document, which stands beside bundles only. */
function servable(operation: Operation): Operation {
  const file = operation.bundle?.files?.[0];
  if (!file || operation.path.includes("{") || !("type" in operation.answer)) return operation;
  const text = documents()[file as keyof ReturnType<typeof documents>];
  return { ...operation, answer: { status: 200, type: operation.answer.type }, run: async () => text };
}

/** What the gateway makes of a request: parameters come decoded. */
export function gatewayEvent(
  { path, method }: Operation,
  {
    headers,
    params,
    query,
    body,
    isBase64Encoded = false,
  }: {
    readonly headers: object;
    readonly params: object;
    readonly query: object;
    readonly body: string | undefined;
    readonly isBase64Encoded?: boolean;
  },
): APIGatewayProxyEventV2 {
  return {
    headers,
    pathParameters: params,
    queryStringParameters: query,
    body,
    isBase64Encoded,
    requestContext: {
      domainName: "fuzz.example",
      timeEpoch: Date.now(),
      http: { path, method, sourceIp: randomAddress(), userAgent: "fuzz" },
    },
  } as unknown as APIGatewayProxyEventV2;
}

const randomAddress = () => `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join(".")}`;
