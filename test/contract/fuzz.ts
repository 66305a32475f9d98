import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import type { APIGatewayProxyEventV2, Context } from "aws-lambda";
import * as fc from "fast-check";
import { documents } from "../../infra/documents.ts";
import { type ProblemCode, problems } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { httpHandler } from "../../shared/entry/http.ts";
import { bodyTypes, maxBodyBytes, needsIfMatch } from "../../shared/entry/request.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";
import { checkAnswer, document, type RawAnswer } from "../answers.ts";
import { api, type SignedIn } from "../cloud.ts";
import { anotherSession } from "../sessions.ts";
import { bodySchema, type FuzzRequest, parametersIn, requests } from "./fuzz-requests.ts";
import { type Row, rows, type World } from "./rows.ts";

/** What came of it: how many requests were accepted, and how many refused. */
export interface Tally {
  accepted: number;
  refused: number;
}

const ajv = new Ajv2020({ strict: false });
(addFormats as unknown as (ajv: Ajv2020) => void)(ajv);
ajv.addSchema(document, "document");

/**
 * Sends `runs` mutated requests to an operation and judges every answer: no 5xx, none off its schema, nothing that the
 * document calls invalid accepted, nothing that it calls valid refused. `operation` may be a sabotaged copy.
 */
export async function fuzz(operation: Operation, world: World, runs: number, seed?: number): Promise<Tally> {
  const row: Row = rows[operation.id] ?? {};
  const handler = await httpHandler(servable(operation));
  const subject = new Subject(operation, row, world);
  const judge = judgeOf(operation, row);
  const tally: Tally = { accepted: 0, refused: 0 };
  // Hashing a password takes a fifth of a second, making a record anew some calls: few requests get that far.
  const usesUp = operation.method === "DELETE" || row.caller !== undefined;
  const good = operation.memory === hashingMemory ? 1 : usesUp ? 6 : 30;
  const { caller } = await subject.current();
  const example = { ...(bodySchema(operation)?.example as object), ...row.body?.(world, caller) };
  const outcome = await fc.check(
    fc.asyncProperty(requests(operation, good, example), async (request) => {
      const { caller, params, version } = await subject.current();
      const event = eventOf(operation, request, { caller, params, version });
      const result = await handler(event, { awsRequestId: "fuzz" } as Context);
      const answer = {
        status: result.statusCode!,
        headers: new Headers(result.headers as Record<string, string>),
        text: result.body ?? "",
      };
      checkAnswer(operation.method, operation.path.replace(/\{\w+\}/g, "x"), answer);
      judge(request, event, answer, { params, version });
      if (answer.status < 300) subject.touched(answer);
      tally[answer.status < 300 ? "accepted" : "refused"]++;
    }),
    { numRuns: runs, ...(seed === undefined ? {} : { seed }), endOnFailure: true },
  );
  if (outcome.failed) {
    const { errorInstance, seed, counterexample } = outcome;
    throw new Error(`${(errorInstance as Error).message}\nseed ${seed}: ${fc.stringify(counterexample)}`);
  }
  return tally;
}

/** The operation with the build's files at hand, which stand beside bundles only. */
function servable(operation: Operation): Operation {
  const file = operation.bundle?.files?.[0];
  if (!file || !("type" in operation.answer)) return operation;
  const text = documents()[file as keyof ReturnType<typeof documents>];
  return { ...operation, answer: { status: 200, type: operation.answer.type }, run: async () => text };
}

interface Known {
  readonly caller: SignedIn;
  readonly params: Readonly<Record<string, string>>;
  readonly version: string | undefined;
}

/** Whom and what the requests are about, made anew whenever an operation has used it up. */
class Subject {
  private made: Promise<Known> | undefined;
  private madeAt = 0;
  private readonly operation: Operation;
  private readonly row: Row;
  private readonly world: World;

  constructor(operation: Operation, row: Row, world: World) {
    this.operation = operation;
    this.row = row;
    this.world = world;
  }

  current(): Promise<Known> {
    // A session token is good for a quarter of an hour; a long run takes another in time.
    const renew = Date.now() - this.madeAt > 5 * 60_000;
    if (!this.made || renew) {
      this.madeAt = Date.now();
      this.made = this.make();
    }
    return this.made;
  }

  touched({ text }: RawAnswer): void {
    const { method } = this.operation;
    if (method === "DELETE" || this.row.caller) this.made = undefined;
    else if (method === "PATCH") {
      const version = String(JSON.parse(text).version);
      this.made = this.made?.then((before) => ({ ...before, version }));
    }
  }

  private async make(): Promise<Known> {
    const admin = await anotherSession(this.world.home.users.admin);
    const caller = (await this.row.caller?.(this.world)) ?? admin;
    const params = (await this.row.params?.(this.world)) ?? {};
    if (!needsIfMatch(this.operation)) return { caller, params, version: undefined };
    const path = this.operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!);
    const { body } = await api("GET", path, { token: caller.token });
    return { caller, params, version: String(body.version) };
  }
}

function eventOf(operation: Operation, request: FuzzRequest, record: Known): APIGatewayProxyEventV2 {
  const { caller, params, version } = record;
  const ifMatch = request.ifMatch === undefined ? version && `"${version}"` : request.ifMatch;
  const isPublic = operation.permission === "public";
  const headers = {
    "content-type": request.contentType,
    authorization:
      request.token === undefined ? (isPublic ? undefined : `Bearer ${caller.token}`) : request.token,
    "if-match": ifMatch ?? undefined,
    "idempotency-key": request.idempotencyKey,
  };
  const { path, method } = operation;
  return {
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    pathParameters: { ...params, ...request.params },
    queryStringParameters: request.query,
    body: request.body,
    isBase64Encoded: false,
    requestContext: {
      timeEpoch: Date.now(),
      http: { path, method, sourceIp: randomAddress(), userAgent: "fuzz" },
    },
  } as unknown as APIGatewayProxyEventV2;
}

const randomAddress = () => `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join(".")}`;

type Judge = (
  request: FuzzRequest,
  event: APIGatewayProxyEventV2,
  answer: RawAnswer,
  record: Pick<Known, "params" | "version">,
) => void;

/** Compares an answer with what the document says of the request; throws where they disagree. */
function judgeOf(operation: Operation, { refusesMore = [] }: Row): Judge {
  const described = bodySchema(operation);
  const body = described && ajv.compile(pointerTo(operation));
  const query = parametersIn(operation, "query").map(({ name, schema }) => ({
    name,
    schema,
    validate: ajv.compile(rooted(schema)),
  }));
  const semantic = new Set<number>(
    (operation.problems ?? []).map((code: ProblemCode) => problems[code].status),
  );

  return (request, event, { status, text }, { params, version }) => {
    const wrong = new Set<number>();
    if (operation.permission !== "public" && request.token !== undefined) wrong.add(401);
    for (const [name, value] of Object.entries(request.params)) if (value !== params[name]) wrong.add(404);
    if (Buffer.byteLength(request.body) > maxBodyBytes) wrong.add(413);
    if (!validQuery(request.query, query)) wrong.add(400);
    if (request.idempotencyKey !== undefined && !/^[\x20-\x7e]{1,255}$/.test(request.idempotencyKey))
      wrong.add(400);
    if (!described) {
      if (!["", "{}"].includes(request.body.trim())) wrong.add(400);
    } else {
      const type = request.contentType?.split(";")[0]?.trim().toLowerCase();
      if (!type || !bodyTypes[operation.method]?.includes(type)) wrong.add(415);
      if (!validBody(request.body, body!)) wrong.add(400);
    }
    if (needsIfMatch(operation)) {
      const sent = event.headers["if-match"];
      if (sent === undefined) wrong.add(428);
      else if (sent.trim() !== `"${version}"`) wrong.add(412);
    }
    if (wrong.size > 0) {
      if (!wrong.has(status))
        throw new Error(`${status} instead of ${[...wrong].join(" or ")}: ${text.slice(0, 500)}`);
    } else if (status === 422 && request.idempotencyKey !== undefined) return;
    else if (status >= 300 && !semantic.has(status) && !refusedByRule(status, text, refusesMore))
      throw new Error(`the document calls it valid: ${status} ${text.slice(0, 500)}`);
  };
}

/** 400 for what no schema can say: a rule between fields, or a reference to something that is not there. */
function refusedByRule(status: number, text: string, rules: readonly string[]): boolean {
  if (status !== 400) return false;
  const { code, errors = [] } = JSON.parse(text) as { code: string; errors?: { path: string }[] };
  return code === "invalid_cursor" || errors.some(({ path }) => rules.includes(path));
}

function validBody(text: string, validate: ValidateFunction): boolean {
  try {
    // RFC 8259 lets a parser ignore a byte order mark, and ours does.
    return validate(JSON.parse(text.replace(/^\ufeff/, ""))) as boolean;
  } catch {
    return false;
  }
}

function validQuery(
  sent: Readonly<Record<string, string>>,
  known: readonly { readonly name: string; readonly schema: object; readonly validate: ValidateFunction }[],
): boolean {
  return Object.entries(sent).every(([name, value]) => {
    const parameter = known.find((one) => one.name === name);
    return parameter !== undefined && (parameter.validate(value) || asNumber(value, parameter.validate));
  });
}

/** A number is written in plain digits. */
const asNumber = (value: string, validate: ValidateFunction) =>
  /^-?\d{1,15}(\.\d{1,8})?$/.test(value) && (validate(Number(value)) as boolean);

function pointerTo({ path, method }: Operation) {
  const escaped = encodeURI(path.replaceAll("/", "~1"));
  const type = bodyTypes[method]![0]!.replaceAll("/", "~1");
  return {
    $ref: `document#/paths/${escaped}/${method.toLowerCase()}/requestBody/content/${type}/schema`,
  };
}

const rooted = (schema: object) =>
  JSON.parse(JSON.stringify(schema).replaceAll('"#/components', '"document#/components'));
