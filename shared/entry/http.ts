import middy from "@middy/core";
import type { APIGatewayProxyEventV2, Context as Lambda } from "aws-lambda";
import type * as z from "zod/mini";
import { openDependencies } from "../data/grant.ts";
import { mayStillChange } from "../data/records.ts";
import {
  busy,
  CommitConflict,
  ConditionFailed,
  type Key,
  refusalOf,
  type TableWriter,
  type Write,
} from "../data/table.ts";
import { type Caller, checkHeldForAll, decide, type Permission, scopeOf } from "../domain/access.ts";
import type { Invocation } from "../domain/invocation.ts";
import { parseWith } from "../domain/parse.ts";
import { Problem, type ProblemCode, problems } from "../domain/problem.ts";
import { id } from "../domain/schemas.ts";
import { kept as keptByCaches } from "./cached.ts";
import { Download, type Operation, type OtherAnswer, Redirect } from "./definition.ts";
import {
  type IdempotentRequest,
  idempotentRequest,
  keepAnswer,
  keptAnswerKey,
  readKeptAnswer,
} from "./idempotency.ts";
import { invocation } from "./invocation.ts";
import { errorFields, log } from "./log.ts";
import { Page, type Result } from "./page.ts";
import { ifMatch, needsIfMatch, rawBody, readBody, takesApiKey, takesIdempotencyKey } from "./request.ts";
import { apiKeyIn, type Claims, keyIdIn, loadKeys, signIn, verifyToken } from "./session.ts";

type Event = APIGatewayProxyEventV2;
type Dependencies = { readonly table: TableWriter } & Readonly<Record<string, unknown>>;

/** Headers of every answer that our code makes. */
export const securityHeaders = {
  "cache-control": "no-store",
  "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "strict-transport-security": "max-age=63072000; includeSubDomains",
  "x-content-type-options": "nosniff",
  "x-frame-options": "DENY",
  "x-robots-tag": "noindex",
} as const;

/** The Lambda handler of an operation: one middy stack for all of them. Warms up in INIT with one read. */
export async function httpHandler(operation: Operation) {
  const dependencies = openDependencies(operation.access, process.env) as Dependencies;
  // INIT has a whole CPU: connect, and read the keys that recognise session tokens, before the first caller waits.
  await loadKeys(dependencies.table, new Date()).catch(() => {});
  // What has waited for the table until its time is nearly over says so: nobody knows what was done.
  const timeoutEarlyResponse = () => {
    throw busy();
  };
  return middy({ timeoutEarlyResponse })
    .use(answering(operation))
    .handler((event: Event) => serve(operation, dependencies, event));
}

/** Turns what was thrown into a problem document, adds the headers, logs one line. */
function answering(operation: Operation): middy.MiddlewareObj<Event, Result> {
  const finish = (event: Event, lambda: Lambda, response: Result, code?: ProblemCode) => {
    response.headers = { ...securityHeaders, ...response.headers, "x-request-id": lambda.awsRequestId };
    const { http } = event.requestContext;
    log("request", {
      operation: operation.id,
      method: http.method,
      status: response.statusCode,
      problem: code,
      api_key_id: apiKeyIn(event.headers.authorization),
      request_id: lambda.awsRequestId,
    });
  };
  return {
    after: ({ event, context, response }) => finish(event, context, response!),
    onError: (request) => {
      const { error, context } = request;
      if (!(error instanceof Problem))
        log("request_failed", {
          operation: operation.id,
          request_id: context.awsRequestId,
          ...errorFields(error),
        });
      const problem = error instanceof Problem ? error : new Problem("internal");
      request.response = problemDocument(problem, context.awsRequestId);
      finish(request.event, context, request.response, problem.code);
    },
  };
}

function problemDocument(problem: Problem, requestId: string): Result {
  const { status, title } = problems[problem.code];
  return {
    statusCode: status,
    headers: { "content-type": "application/problem+json", ...problem.headers },
    body: JSON.stringify({
      type: `/docs#problem-${problem.code}`,
      title,
      status,
      detail: problem.message,
      instance: requestId,
      code: problem.code,
      ...(problem.errors ? { errors: problem.errors } : {}),
      ...(problem.firstKept === undefined ? {} : { first_kept: problem.firstKept }),
      ...(problem.code === "duplicate" ? { candidates: problem.candidates ?? [] } : {}),
    }),
  };
}

/**
 * The steps of one request, in the order in which they refuse: 401, 403, 404, 400 and 415, 428 and 412. A repeated
 * Idempotency-Key gets its answer between 403 and 404, since the record may have changed or be gone by then; only a
 * record that exists and is no longer the caller's is 404 before that.
 */
async function serve(operation: Operation, dependencies: Dependencies, event: Event): Promise<Result> {
  // A request that no route matches is not read: its operation only answers 404.
  if (operation.path === "$default") await operation.run({} as never);
  const { domainName, http } = event.requestContext;
  if (operation.protocol && http.method !== operation.method) throw anotherMethod(operation);
  const { table } = dependencies;
  const params = (event.pathParameters ?? {}) as Record<string, string>;
  const isPublic = operation.permission === "public";
  // The time of the request is when it reached the gateway, however long it waited for a function.
  const arrived = new Date(event.requestContext.timeEpoch);
  const claims = isPublic ? undefined : await verifyToken(event.headers.authorization, table, arrived);
  const raw = rawBody(event);
  const { path, sourceIp, userAgent } = http;
  const sentKey = takesIdempotencyKey(operation) ? event.headers["idempotency-key"] : undefined;
  const key = claims && keptAnswerKey(sentKey, claims, operation.id);

  const also = { user_agent: userAgent?.slice(0, 200), api_key_id: keyIdIn(claims) };
  const invoked = invocation(claims?.user_id ?? operation.id, sourceIp, arrived, also);
  const [signedIn, found] = claims ? await admit(operation, table, claims, params, invoked, key) : [];
  const said = { path, ifMatch: event.headers["if-match"], body: raw };
  const once = signedIn && idempotentRequest(sentKey, key, said, signedIn.cursorKey);
  const given = { ...dependencies, ...invoked, ...signedIn, origin: originOf(domainName) };
  const kept = once && readKeptAnswer(signedIn.kept, once, invoked.now);
  if (kept) return answer(operation, kept.body, given);

  const commit = commitWith(operation, table, once, invoked);
  const context = {
    ...given,
    commit,
    claim: async (writes: readonly Write[]) => {
      await commitWith(operation, table, undefined, invoked)(writes, undefined);
    },
    save: ({ record, writes }: { record: unknown; writes: readonly Write[] }) => commit(writes, record),
    params,
    record: found?.record,
    guarded: found?.guarded,
    userAgent: userAgent?.slice(0, 500) ?? null,
    accept: event.headers.accept,
    authorization: event.headers.authorization,
    sent: { headers: event.headers, text: raw },
    problem: (code: ProblemCode, detail?: string) => new Problem(code, detail),
  };
  const again = async () => (await admit(operation, table, claims!, params, invoked, undefined))[1];
  const result = await performInTurn(operation, event, raw, context, again).catch(async (error) => {
    if (error instanceof Replayed) return error.body;
    // The problem may be due to the first request with this key, which has committed meanwhile: then return its answer.
    const late =
      once && error instanceof Problem && readKeptAnswer(await table.get(once.key), once, invoked.now);
    if (late) return late.body;
    throw error;
  });
  if (result === checkedOnly) return { statusCode: 204 };
  if (result instanceof Page)
    return result.answer(await answer(operation, result.text, given), event.headers);
  const answered = await answer(operation, result, given);
  const seconds = "body" in operation.answer ? operation.answer.cached : undefined;
  if (seconds) return keptByCaches(answered, seconds, event.headers);
  return answered;
}

const anotherMethod = ({ method, path }: Operation) =>
  new Problem("method_not_allowed", `${path} takes ${method} and nothing else`, {
    headers: { allow: method },
  });

/** The record of the path, and what decides about it. */
type Found = NonNullable<Awaited<ReturnType<NonNullable<Operation["record"]>["load"]>>>;

/** How often an operation on something beside a record is run again because others changed the record. */
const mostRuns = 5;

/**
 * Performs a request. What stands beside a record (a share, a member) has no version that a caller could know: when
 * another request changed the record first, it is done again with the record as it is then. So is what met a score that
 * just moved: the version that its caller read is still good (`lastEdit` of the type of record).
 */
async function performInTurn(
  operation: Operation,
  event: Event,
  raw: string,
  context: Parameters<typeof perform>[3],
  again: () => Promise<Found | undefined>,
): Promise<unknown> {
  for (let runs = 1, found: Partial<Found> = context; ; runs++)
    try {
      return await perform(operation, event, raw, {
        ...context,
        record: found.record,
        guarded: found.guarded,
      });
    } catch (error) {
      const code = error instanceof Problem && runs < mostRuns ? error.code : undefined;
      const { type } = operation.record ?? {};
      const isScored = code === "stale_version" && type?.lastEdit !== undefined;
      if (!isScored && !(code === "conflict" && operation.unversioned)) throw error;
      found = (await again()) ?? {};
      if (
        isScored &&
        !(found.record && mayStillChange(type, found.record, ifMatch(event.headers["if-match"])))
      )
        throw error;
    }
}

/** Handles a request without a kept answer: checks that its record exists, parses the input, checks If-Match, runs. */
async function perform(
  operation: Operation,
  event: Event,
  raw: string,
  context: Partial<Found> & {
    readonly params: Readonly<Record<string, string>>;
    readonly caller?: Caller;
  },
): Promise<unknown> {
  const { record, params } = context;
  if ((operation.record && !record) || !wellFormed(params)) throw new Problem("not_found");
  const query = operation.query
    ? parseWith(operation.query, event.queryStringParameters ?? {}, "?")
    : noQuery(event);
  const body = operation.protocol ? undefined : readBody(event, raw, operation.method, operation.body);
  if (needsIfMatch(operation)) {
    const sent = ifMatch(event.headers["if-match"]);
    if (!mayStillChange(operation.record!.type, record, sent)) throw new Problem("stale_version");
  }
  // What an assistant proposes is checked as far as it would be for its user, and not done.
  if (context.caller?.ai_request_id && operation.assistant !== "calls") return checkedOnly;
  return operation.run({ ...context, query, body } as never);
}

/** Stands for the answer of what was checked for an assistant and not run. */
const checkedOnly = {};

/** Whether all ids in the path are valid. */
const wellFormed = (params: Readonly<Record<string, string>>) =>
  Object.entries(params).every(([name, value]) => !name.endsWith("_id") || id.safeParse(value).success);

/** The API's own URL. The domain comes from the gateway, not from a header; only the local cloud uses plain HTTP. */
const originOf = (domainName: string) => `${process.env.AWS_ENDPOINT_URL ? "http" : "https"}://${domainName}`;

/** Session, kept answer and record, read at the same time: 401, then 403, then 404 where the record is another's. */
async function admit(
  operation: Operation,
  table: TableWriter,
  claims: Claims,
  params: Record<string, string>,
  invoked: Invocation,
  key: Key | undefined,
) {
  const { permission, recordPermission = permission, scope, record: source } = operation;
  const [signedIn, found] = await Promise.all([
    signIn(claims, table, invoked, key),
    wellFormed(params) ? source?.load(table, claims.brokerage_id, params, claims.user_id) : undefined,
  ]);
  const { caller } = signedIn;
  if (caller.ai_request_id && !operation.assistant)
    throw new Problem("forbidden", "This is for people: no assistant may do it for them");
  if (caller.api_key_id && !takesApiKey(operation))
    throw new Problem(
      "forbidden",
      "This is for people: no API key may do it. Sign in with email and password",
    );
  if (permission !== "session" && permission !== "public") {
    if (scopeOf(caller, permission) === undefined)
      throw new Problem("forbidden", lacking(caller, permission));
    if (scope) checkHeldForAll(caller, permission);
    if (found && !decide(caller, recordPermission as Permission, found.guarded, invoked.now).allowed)
      throw new Problem("not_found");
  }
  return [signedIn, found] as const;
}

const lacking = ({ api_key_id, role }: Caller, permission: Permission): string =>
  api_key_id
    ? `This API key lacks ${permission}: it was not given to it, or its maker does not hold it any more`
    : `Your role (${role}) lacks ${permission}`;

/** Another request with the same key committed first: its answer is returned. */
class Replayed extends Error {
  readonly body: unknown;
  constructor(body: unknown) {
    super("replayed");
    this.body = body;
  }
}

function commitWith(
  operation: Operation,
  table: TableWriter,
  once: IdempotentRequest | undefined,
  invoked: Invocation,
) {
  return async (writes: readonly Write[], body: unknown) => {
    const all = once ? [...writes, keepAnswer(once, lasting(operation, body), invoked)] : writes;
    if (all.length === 0) return body;
    try {
      await table.commit(all);
      return body;
    } catch (error) {
      if (error instanceof CommitConflict) throw new Problem(once ? "request_in_progress" : "conflict");
      if (!(error instanceof ConditionFailed)) throw error;
      const kept = once && readKeptAnswer(error.failed.get(writes.length), once, invoked.now);
      if (kept) throw new Replayed(kept.body);
      const [first] = error.failed.keys();
      throw refusalOf(all[first ?? 0]);
    }
  };
}

/** The body to keep for a repeated request: the answer itself, or with `present` what that is called with. */
function lasting(operation: Operation, body: unknown): unknown {
  const { answer, present } = operation;
  return "body" in answer && !present ? onSchema(operation, answerOf(answer, body).body, body) : body;
}

function noQuery(event: Event): undefined {
  const [name] = Object.keys(event.queryStringParameters ?? {});
  if (name !== undefined)
    throw new Problem("invalid_input", `?${name} is not a known parameter`, {
      errors: [{ path: `?${name}`, message: "is not a known parameter" }],
    });
}

/** The answer of success: the body is parsed by the operation's schema, which drops all other fields. */
async function answer(operation: Operation, result: unknown, context: object): Promise<Result> {
  const { answer } = operation;
  const presented = operation.present ? await operation.present(result as never, context as never) : result;
  if (answer.status === 204) return { statusCode: 204 };
  if (presented instanceof Download) return file(operation, presented);
  if (presented instanceof Redirect || answer.status === 302) return redirect(presented as Redirect);
  if ("type" in answer) {
    const page = presented as string;
    const policy = answer.policy && { "content-security-policy": answer.policy(page) };
    return { statusCode: 200, headers: { "content-type": answer.type, ...policy }, body: page };
  }
  const { status, body: schema } = answerOf(answer, presented);
  const body = onSchema(operation, schema, presented);
  const { version } = body as { version?: number };
  return {
    statusCode: status,
    headers: { "content-type": "application/json", ...(version ? { etag: `"${version}"` } : {}) },
    body: JSON.stringify(body),
  };
}

/** Which of an operation's answers a body is. */
const answerOf = (
  answer: Extract<Operation["answer"], { readonly body: unknown }>,
  body: unknown,
): Pick<OtherAnswer, "status" | "body"> => answer.others?.find(({ is }) => is(body as object)) ?? answer;

function onSchema({ id }: Operation, schema: z.ZodMiniType | undefined, body: unknown): unknown {
  const parsed = schema?.safeParse(body);
  if (parsed?.success) return parsed.data;
  log("answer_off_schema", {
    operation: id,
    issues: parsed?.error.issues.map(({ path, code }) => ({ path, code })),
  });
  throw new Problem("internal");
}

/** The address may be kept by caches as long as it stays the same. */
const redirect = ({ location, seconds }: Redirect): Result => ({
  statusCode: 302,
  headers: { location, "cache-control": `public, max-age=${seconds}` },
});

/** Binary bodies go to the gateway as Base64, which it decodes. */
function file({ answer }: Operation, { bytes, file_name }: Download): Result {
  return {
    statusCode: answer.status,
    headers: {
      "content-type": ("also" in answer && answer.also) || "application/octet-stream",
      "content-disposition": `inline; filename="${file_name}"`,
    },
    body: Buffer.from(bytes).toString("base64"),
    isBase64Encoded: true,
  };
}
