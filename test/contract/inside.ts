import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import { areas } from "../../functions/index.ts";
import { assistantTools } from "../../infra/documents/tools.ts";
import { documents } from "../../infra/documents.ts";
import { answerMcp } from "../../shared/ai/mcp/answer.ts";
import type { Item, Key, Table } from "../../shared/data/table.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { httpHandler } from "../../shared/entry/http.ts";
import { checkAnswer, operationAt, type RawAnswer } from "../answers.ts";
import type { Answer, Request } from "../cloud.ts";
import { withTable } from "../in-process.ts";

// What contract tests make, and what is refused to them, they ask in this process: thousands of requests through
// processes of their own took minutes.

/** Calls an operation as `api` in test/cloud.ts does, in this process. */
export const api = callerOf((operation) => operation);

/** The same for what is refused: what was read a moment ago is not read again. */
export const refusing = callerOf((operation) => withTable(operation, remembering));

function callerOf(served: (operation: Operation) => Operation) {
  const handlers = new Map<string, ReturnType<typeof handlerOf>>();
  return async (method: string, path: string, request: Request = {}): Promise<Answer> => {
    const operation = operationAt(method, path);
    if (!operation) throw new Error(`No operation answers ${method} ${path}`);
    const handler = handlers.get(operation.id) ?? handlerOf(served(operation));
    handlers.set(operation.id, handler);
    return call(operation, handler, path, request);
  };
}

async function call(
  operation: Operation,
  handler: ReturnType<typeof handlerOf>,
  path: string,
  { token, body, headers, raw }: Request,
): Promise<Answer> {
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
  checkAnswer(operation.method, path, answer);
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

/** Milliseconds for which what was read is remembered. */
const remembered = 200;

/**
 * A table that reads the same keys once until something is written or time has passed: most requests are refused for
 * what they say, and the reads before that took nine tenths of the time.
 */
export function remembering(real: Table): Table {
  const known = new Map<string, { readonly at: number; readonly item: Promise<Item | undefined> }>();
  const getMany = async (keys: readonly Key[]) => {
    const at = performance.now();
    const isKnown = ({ pk, sk }: Key) => at - (known.get(`${pk} ${sk}`)?.at ?? 0) < remembered;
    const missing = keys.filter((key) => !isKnown(key));
    const read = missing.length > 0 ? real.getMany(missing) : undefined;
    missing.forEach(({ pk, sk }, place) => {
      known.set(`${pk} ${sk}`, { at, item: read!.then((items) => items[place]) });
    });
    return Promise.all(keys.map(({ pk, sk }) => known.get(`${pk} ${sk}`)!.item));
  };
  return {
    ...real,
    getMany,
    get: async <T extends Key>(key: Key) => (await getMany([key]))[0] as T | undefined,
    async commit(writes) {
      await real.commit(writes).finally(() => known.clear());
    },
  };
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

const tools = assistantTools(areas);

/** Calls an operation in this process as Lambda does, without the bundle. */
export async function handlerOf(operation: Operation) {
  const handler = await httpHandler(servable(operation));
  return async (event: APIGatewayProxyEventV2): Promise<RawAnswer> => {
    const { statusCode, headers, body } = await handler(event, { awsRequestId: "in-process" } as Context);
    return { status: statusCode!, headers: new Headers(headers as Record<string, string>), text: body ?? "" };
  };
}

/** An operation that reads a document of the build, with the document, which stands beside bundles only. */
function servable(operation: Operation): Operation {
  if (operation.protocol) return { ...operation, run: (context) => answerMcp(context as never, tools) };
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
