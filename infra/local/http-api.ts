import { isUtf8 } from "node:buffer";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from "aws-lambda";
import { corsHeaders, corsRule, isPreflight } from "./cors.ts";
import { account, nameIn } from "./identities.ts";
import { FunctionError, type Lambda } from "./lambda.ts";
import { type Match, matchRoute, readRoutes } from "./routes.ts";
import type { Resource } from "./templates.ts";

const largestBody = 10 * 1024 * 1024;
// What a function can be called with: a body that has to be encoded reaches this first.
const largestEvent = 6 * 1024 * 1024;
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "te",
  "trailer",
  "upgrade",
  "expect",
  "cookie",
]);

/**
 * The templates' HTTP API as a request handler. Throttling is left to the deployed one: on a laptop it would only
 * make tests wait.
 */
export function createHttpApi(resources: readonly Resource[], lambda: Lambda) {
  const apis = resources.filter(({ type }) => type === "AWS::ApiGatewayV2::Api");
  const [api] = apis;
  if (!api || apis.length > 1) throw new Error(`The templates must have one HTTP API, not ${apis.length}`);
  const routes = readRoutes(resources);
  const { CorsConfiguration } = api.properties;
  const cors = CorsConfiguration && corsRule(CorsConfiguration);

  return async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    response.setHeader("apigw-requestid", randomUUID());
    const allowed = cors && corsHeaders([cors], request);
    if (cors && isPreflight(request)) return void response.writeHead(204, allowed).end();

    const body = await readBody(request);
    if (!body) return refuse(413, "Request Entity Too Large");
    const [path, search = ""] = request.url!.split(/\?(.*)/s) as [string, string?];
    // The gateway decodes the path, whatever the field's name says.
    const rawPath = decoded(path);
    if (rawPath === undefined) return refuse(400, "Bad Request");
    const match = matchRoute(routes, request.method!, path);
    if (!match) return refuse(404, "Not Found");
    const event = eventOf(request, match, rawPath, search, body, api.ref);
    if ((event.body?.length ?? 0) > largestEvent) return refuse(413, "Request Entity Too Large");
    const name = nameIn(match.route.functionArn);
    const timeout = new Promise<"timeout">((resolve) => {
      setTimeout(() => resolve("timeout"), match.route.timeout).unref();
    });
    const result = await Promise.race([
      lambda.invoke(name, event).catch((error: FunctionError) => error),
      timeout,
    ]);
    if (result === "timeout") return refuse(503, "Service Unavailable");
    if (result instanceof FunctionError) return refuse(500, "Internal Server Error");
    answer(result);

    function refuse(status: number, message: string) {
      // What is left of a body that is too large is not waited for.
      const headers = {
        "content-type": "application/json",
        ...allowed,
        ...(status === 413 && { connection: "close" }),
      };
      response.writeHead(status, headers).end(JSON.stringify({ message }));
    }

    function answer(result: unknown) {
      const { statusCode, headers = {}, cookies, body, isBase64Encoded } = structured(result);
      if (!(Number.isInteger(statusCode) && statusCode! >= 100 && statusCode! <= 599))
        return refuse(500, "Internal Server Error");
      const lower: Record<string, string | string[]> = { "content-type": "text/plain;charset=UTF-8" };
      for (const [header, value] of Object.entries(headers)) lower[header.toLowerCase()] = String(value);
      if (cookies) lower["set-cookie"] = cookies;
      if (allowed) Object.assign(lower, allowed);
      const content = Buffer.from(body ?? "", isBase64Encoded ? "base64" : "utf8");
      if (content.length === 0 && !headers["content-type"]) delete lower["content-type"];
      if (content.length > 0) lower["content-length"] = String(content.length);
      response.writeHead(statusCode!, lower).end(content);
    }
  };
}

function decoded(path: string): string | undefined {
  try {
    return decodeURIComponent(path);
  } catch {
    return undefined;
  }
}

/** Without a status the gateway takes the whole result for the body of a 200. */
function structured(result: unknown): APIGatewayProxyStructuredResultV2 {
  if (typeof result === "object" && result !== null && "statusCode" in result)
    return result as APIGatewayProxyStructuredResultV2;
  const body = typeof result === "string" ? result : JSON.stringify(result);
  return { statusCode: 200, headers: { "content-type": "application/json" }, body };
}

function eventOf(
  request: IncomingMessage,
  { route, parameters }: Match,
  rawPath: string,
  search: string,
  body: Buffer,
  apiId: string,
): APIGatewayProxyEventV2 {
  const sourceIp = sourceOf(request);
  const headers: Record<string, string> = { "x-forwarded-for": sourceIp, "x-forwarded-proto": "https" };
  for (const [name, values] of Object.entries(request.headersDistinct))
    if (!hopByHop.has(name) && name !== "x-forwarded-for") headers[name] = values!.join(",");
  const query: Record<string, string> = {};
  for (const [name, value] of new URLSearchParams(search))
    query[name] = name in query ? `${query[name]},${value}` : value;
  // Bytes that are no UTF-8 stay as they are, whatever they call themselves: decoding would replace them unseen.
  const isText =
    /^(text\/|application\/json\b)/i.test(headers["content-type"] ?? "") &&
    !headers["content-encoding"] &&
    isUtf8(body);
  const now = new Date();
  return {
    version: "2.0",
    routeKey: route.key,
    rawPath,
    rawQueryString: search,
    ...(request.headers.cookie && { cookies: request.headers.cookie.split("; ") }),
    headers,
    ...(search && { queryStringParameters: query }),
    ...(Object.keys(parameters).length > 0 && { pathParameters: parameters }),
    requestContext: {
      accountId: account,
      apiId,
      domainName: request.headers.host ?? "",
      domainPrefix: apiId,
      http: {
        method: request.method!,
        path: rawPath,
        protocol: "HTTP/1.1",
        sourceIp,
        userAgent: headers["user-agent"] ?? "",
      },
      requestId: randomUUID(),
      routeKey: route.key,
      stage: "$default",
      time: commonLogTime(now),
      timeEpoch: now.getTime(),
    },
    ...(body.length > 0 && { body: body.toString(isText ? "utf8" : "base64") }),
    isBase64Encoded: body.length > 0 && !isText,
  };
}

/** 12/Mar/2026:19:03:58 +0000 */
function commonLogTime(moment: Date): string {
  const [, day, month, year, time] = moment.toUTCString().split(" ");
  return `${day}/${month}/${year}:${time} +0000`;
}

/** The caller's address. Tests speak from one machine for many, and may say so when the environment lets them. */
function sourceOf({ socket, headers }: IncomingMessage): string {
  const forwarded = process.env.GABLE_LOCAL_TRUST_FORWARDED === "1" ? headers["x-forwarded-for"] : undefined;
  return String(forwarded ?? socket.remoteAddress)
    .split(",")[0]!
    .trim()
    .replace(/^::ffff:/, "");
}

async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  if (Number(request.headers["content-length"] ?? 0) > largestBody) return;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > largestBody) return;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
