import type * as z from "zod/mini";
import type { areas } from "../functions/index.ts";
import type { InputError, ProblemCode, problems } from "../shared/domain/problem.ts";
import type { Parameters } from "../shared/entry/definition.ts";
import { operations } from "./answers.ts";
import { type Answer, api, type Request } from "./cloud.ts";

type Declared = Extract<(typeof areas)[keyof typeof areas][number], { readonly kind: "http" }>;

/** Every operation by its id. */
export type Operations = { readonly [O in Declared as Exclude<O["id"], "notFound">]: O };

type Input<S> = S extends z.ZodMiniType ? z.input<S> : never;
type Output<S> = S extends z.ZodMiniType ? z.output<S> : never;

/** `{ [Name]: T }` where there is something to send: optional where all of it is. */
type Part<Name extends string, T> = [T] extends [never]
  ? unknown
  : object extends T
    ? { readonly [N in Name]?: T }
    : { readonly [N in Name]: T };

/** What a call sends: `version` in If-Match, all else as the operation declares it. */
export type Asked<O extends Declared> = Pick<Request, "token" | "headers"> &
  Part<"params", Parameters<O["path"]>> &
  Part<"query", Input<NonNullable<O["query"]>>> &
  Part<"body", Input<NonNullable<O["body"]>>> & { readonly version?: number };

/** Problems that an operation need not declare: what the stack refuses. */
export const stackCodes = [
  "invalid_input",
  "invalid_json",
  "invalid_cursor",
  "unauthenticated",
  "forbidden",
  "not_found",
  "method_not_allowed",
  "conflict",
  "request_in_progress",
  "stale_version",
  "too_large",
  "unsupported_media_type",
  "idempotency_key_reused",
  "erased",
  "if_match_required",
  "too_many_requests",
  "busy",
  "internal",
] as const satisfies readonly ProblemCode[];

type CodesOf<O extends Declared> = (typeof stackCodes)[number] | NonNullable<O["problems"]>[number];

interface ProblemDocument<C extends ProblemCode> {
  readonly code: C;
  readonly title: string;
  readonly detail: string;
  readonly errors: C extends "invalid_input" ? readonly InputError[] : undefined;
}

type Success<A> = A extends { readonly status: infer S; readonly body: infer B }
  ? Came<S, Output<B>> | Other<A>
  : A extends { readonly status: infer S; readonly type: string }
    ? Came<S, A extends { readonly also: string } ? string | Uint8Array : string>
    : A extends { readonly status: infer S }
      ? Came<S, "">
      : never;

type Other<A> = A extends { readonly others: readonly (infer O)[] }
  ? O extends { readonly status: infer S; readonly body: infer B }
    ? Came<S, Output<B>>
    : never
  : never;

interface Came<Status, Body> {
  readonly status: Status;
  readonly headers: Headers;
  readonly body: Body;
}

/** What an operation answers: told apart by `status`, and by the `code` of a problem. */
export type Answered<O extends Declared> =
  | Success<O["answer"]>
  | { [C in CodesOf<O>]: Came<(typeof problems)[C]["status"], ProblemDocument<C>> }[CodesOf<O>];

type Call<O extends Declared> =
  object extends Asked<O>
    ? (asked?: Asked<O>) => Promise<Answered<O>>
    : (asked: Asked<O>) => Promise<Answered<O>>;

/** Calls each operation by its id, through HTTP: `client.getTask({ params: { task_id }, token })`. */
export const client = Object.fromEntries(
  operations.map(({ id, method, path }) => [
    id,
    ({ params = {}, query = {}, version, headers, ...asked }: Anything = {}): Promise<Answer> => {
      const at = path.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(params[name] ?? ""));
      const search = new URLSearchParams(query).toString();
      const sent = { ...(version !== undefined && { "if-match": `"${version}"` }), ...headers };
      return api(method, search ? `${at}?${search}` : at, { ...asked, headers: sent });
    },
  ]),
) as unknown as { readonly [Id in keyof Operations]: Call<Operations[Id]> };

interface Anything extends Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Record<string, string>;
  readonly version?: number;
}

type Body<A> = A extends Came<200 | 201 | 202 | 204, infer B> ? B : never;
type Code<A> = A extends { readonly body: { readonly code: infer C extends ProblemCode } } ? C : never;

/** The body of success; an error that says all for any other answer. */
export async function ok<A extends Came<number, unknown>>(answer: Promise<A>): Promise<Body<A>> {
  const { status, body } = await answer;
  if (status >= 300) throw new Error(`${status}: ${JSON.stringify(body)}`);
  return body as Body<A>;
}

/** The problem document of an answer that is refused with this code; an error for any other answer. */
export async function refused<A extends Came<number, unknown>, const C extends Code<A>>(
  code: C,
  answer: Promise<A>,
): Promise<ProblemDocument<C>> {
  const { status, body } = await answer;
  if ((body as { code?: string }).code !== code)
    throw new Error(`${status} instead of ${code}: ${JSON.stringify(body)}`);
  return body as ProblemDocument<C>;
}
