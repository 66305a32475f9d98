import type { ValidateFunction } from "ajv/dist/2020.js";
import type { APIGatewayProxyEventV2 } from "aws-lambda";
import * as fc from "fast-check";
import { type ProblemCode, problems } from "../../shared/domain/problem.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { bodyTypes, maxBodyBytes, needsIfMatch } from "../../shared/entry/request.ts";
import { hashingMemory } from "../../shared/identity/passwords.ts";
import { ajv, checkAnswer, type RawAnswer } from "../answers.ts";
import { withTable } from "../in-process.ts";
import { bodySchema, type FuzzRequest, parametersIn, requests } from "./fuzz-requests.ts";
import { handlerOf, remembering } from "./inside.ts";
import { type Row, rowOf, type World } from "./rows.ts";
import { eventOf, goodRequest, type Known, Subject } from "./subject.ts";

/** What came of it: how many requests were accepted, and how many refused. */
export interface Tally {
  accepted: number;
  refused: number;
}

/** How many successes are enough where each uses up a record, which takes some calls or a worker to make anew. */
const enough = 60;

/**
 * Sends `runs` mutated requests to an operation and judges every answer: no 5xx, none off its schema, nothing that the
 * document calls invalid accepted, nothing that it calls valid refused. `operation` may be a sabotaged copy.
 */
export async function fuzz(operation: Operation, world: World, runs: number, seed?: number): Promise<Tally> {
  const row = rowOf(operation);
  const handler = await handlerOf(withTable(operation, remembering));
  const subject = new Subject(operation, world);
  const judge = judgeOf(operation, row);
  const tally: Tally = { accepted: 0, refused: 0 };
  // Hashing a password takes a fifth of a second, a record made anew some calls, a job a worker, a report its
  // rendering: few get that far.
  const { memory, answer } = operation;
  const isDear = memory === hashingMemory || row.once;
  const usual = isDear ? 1 : subject.isUsedUp || answer.status === 202 || "type" in answer ? 6 : 30;
  // Of 10,000 requests a tenth of that share is still hundreds.
  const good = runs >= 1000 ? Math.ceil(usual / 10) : usual;
  const example = await subject.example();
  // First one that succeeds: later ones may find a limit reached, as the one on sign-ins.
  const first = await goodRequest(operation, subject);
  const answered = new Set<string>();
  const outcome = await fc.check(
    fc.asyncProperty(requests(operation, good, example), async (request) => {
      const known = await subject.current();
      const event = eventOf(operation, request, known);
      const wrong = judge.wrongIn(request, event, known);
      fc.pre(!subject.isUsedUp || tally.accepted < enough || wrong.size > 0);
      const answer = await handler(event);
      checkAnswer(operation.method, operation.path.replace(/\{\w+\}/g, "x"), answer);
      const { idempotencyKey: key } = request;
      // A key that was accepted before decides before anything is read: the first answer again, or 422. Neither uses the
      // record up.
      const isRepeat = key !== undefined && answered.has(key);
      if (!isRepeat) judge.check(wrong, request, answer, known);
      if (answer.status < 400 && !isRepeat) subject.touched(answer);
      if (answer.status < 400 && key !== undefined) answered.add(key);
      tally[answer.status < 400 ? "accepted" : "refused"]++;
    }),
    { numRuns: runs, examples: [[first]], ...(seed === undefined ? {} : { seed }), endOnFailure: true },
  );
  if (outcome.failed) {
    const { errorInstance, seed, counterexample } = outcome;
    throw new Error(`${(errorInstance as Error).message}\nseed ${seed}: ${fc.stringify(counterexample)}`);
  }
  return tally;
}

interface Judge {
  /** The statuses that the document gives a request: none where it calls it valid. */
  wrongIn(request: FuzzRequest, event: APIGatewayProxyEventV2, record: Known): ReadonlySet<number>;
  /** Compares an answer with that; throws where they disagree. */
  check(wrong: ReadonlySet<number>, request: FuzzRequest, answer: RawAnswer, record: Known): void;
}

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

  const wrongIn: Judge["wrongIn"] = (request, event, { params, version }) => {
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
      const sent = !type && request.body.trim() === "" ? "{}" : request.body;
      if (sent === request.body && (!type || !bodyTypes[operation.method]?.includes(type))) wrong.add(415);
      if (operation.protocol && !type) wrong.add(415);
      if (!validBody(sent, body!)) wrong.add(400);
    }
    if (needsIfMatch(operation)) {
      const sent = event.headers["if-match"];
      if (sent === undefined) wrong.add(428);
      else if (!/^"\d{1,12}"$/.test(sent.trim())) wrong.add(400);
      else if (sent.trim() !== `"${version}"`) wrong.add(412);
    }
    return wrong;
  };

  const check: Judge["check"] = (wrong, request, { status, text }, { query: demanded }) => {
    // zod's maps pass over this key, whatever its value: refusing and ignoring it are both right.
    if (request.body.includes('"__proto__"')) return;
    // What a message of another protocol asks for, that protocol decides; what is none is refused all the same.
    if (operation.protocol && status !== 200) semantic.add(status);
    // JSON that is exchanged has no unpaired surrogates (RFC 7493), which a pattern for every language cannot say.
    if (/\\ud[89a-f]/.test(request.body) || !Object.values(request.query).every((one) => one.isWellFormed()))
      return;
    // The demanded query may name a record, too.
    const isOther = (name: string) =>
      request.query[name] !== undefined && request.query[name] !== demanded?.[name];
    if (status === 404 && demanded?.id !== undefined && (isOther("id") || isOther("entity"))) return;
    // What only the code can tell of a body is said before If-Match is looked at, and before an operation looks itself for
    // what its path names.
    const isLater = (one: number) => one === 428 || one === 412 || (one === 404 && !operation.record);
    const isByRule = [...wrong].every(isLater) && refusedByRule(status, text, refusesMore);
    if (wrong.size > 0) {
      if (!wrong.has(status) && !isByRule)
        throw new Error(`${status} instead of ${[...wrong].join(" or ")}: ${text.slice(0, 500)}`);
      // A valid one too many of a day is refused, too: what is not valid is refused before it is counted.
    } else if (status >= 400 && status !== 429 && !semantic.has(status) && !isByRule)
      throw new Error(`the document calls it valid: ${status} ${text.slice(0, 500)}`);
  };
  return { wrongIn, check };
}

/** What is asked of text and addresses beyond the patterns that every language reads. */
const saidByCodeAlone =
  /^must (not be blank|be well-formed text|be an email address|have at most \d+ characters in|have a word of two letters)/;

/** 400 for what no schema can say: a rule between fields or of text, or a reference to something that is not there. */
function refusedByRule(status: number, text: string, rules: readonly string[]): boolean {
  if (status !== 400) return false;
  const { code, errors = [] } = JSON.parse(text) as {
    code: string;
    errors?: { path: string; message: string }[];
  };
  return (
    code === "invalid_cursor" ||
    errors.some(({ path, message }) => rules.some(isAbout(path)) || saidByCodeAlone.test(message))
  );
}

/** A rule names a path, or with a slash at its end all below it: names that the caller makes up. */
const isAbout = (path: string) => (rule: string) =>
  rule.endsWith("/") ? path.startsWith(rule) : rule === path;

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
