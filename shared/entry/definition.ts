import type * as z from "zod/mini";
import type { DependenciesOf, Grant, Grants, QueueName } from "../data/grant.ts";
import type { TableQuerier, TableReader, TableWriter, Write } from "../data/table.ts";
import type { Caller, Guarded, Permission, PersonCaller, Resource } from "../domain/access.ts";
import type { RoleGrants } from "../domain/caller.ts";
import type { Invocation } from "../domain/invocation.ts";
import type { Problem, ProblemCode } from "../domain/problem.ts";
import type { AnyRecordType } from "../domain/record-type.ts";
import type { StoredUser } from "../domain/user.ts";
import type { Headers, Page } from "./page.ts";

/** What every entry point says about itself; infra, documents and tests are derived from it. */
interface EntryPoint<A extends Grants> {
  /** The function's name: a verb and a noun in camelCase; the OpenAPI operationId. */
  readonly id: string;
  /** One line: what it does, as a verb phrase ("List properties"). */
  readonly summary: string;
  /** Everything it may use: its grants, by the names of the dependencies. */
  readonly access: A;
  /** Megabytes; 512 unless said. */
  readonly memory?: number;
  /** Megabytes of disk under /tmp; Lambda's own 512 unless said. */
  readonly disk?: number;
  /** What the build puts beside the bundle: native packages, and files made by the build. */
  readonly bundle?: { readonly native?: readonly string[]; readonly files?: readonly string[] };
}

export type Method = "GET" | "POST" | "PUT" | "PATCH" | "DELETE";

type ParameterNames<Path extends string> = Path extends `${string}{${infer Name}}${infer Rest}`
  ? Name | ParameterNames<Rest>
  : never;

/** The path's parameters, read off the path itself. */
export type Parameters<Path extends string> = Readonly<Record<ParameterNames<Path>, string>>;

type Schema = z.ZodMiniType;
type Output<S> = S extends Schema ? z.output<S> : undefined;

/** Who may call: anyone, any signed-in user, or who holds the permission. */
type Permit = "public" | "session" | Permission;

/** Problems that the stack itself answers, of every operation. */
type StackProblem =
  | "invalid_input"
  | "not_found"
  | "forbidden"
  | "conflict"
  | "stale_version"
  | "request_in_progress";

/** Writes all of `writes` or nothing, and with them the answer that a repeated Idempotency-Key gets again. */
type Commit<W extends Write> = <Body>(writes: readonly W[], body: Body) => Promise<Body>;

type SignedIn<P extends Permit> = P extends "public"
  ? object
  : {
      /** Who calls; an API key calls no operation of permission `session`. */
      readonly caller: P extends "session" ? PersonCaller : Caller;
      readonly user: StoredUser;
      /** What the roles that the brokerage made may do. */
      readonly roleGrants: RoleGrants;
      /** Key under which this brokerage's list cursors are sealed. */
      readonly cursorKey: string;
    };

type Committing<A extends Grants> =
  A["table"] extends Grant<TableWriter<infer W>>
    ? {
        readonly commit: Commit<W>;
        /**
         * Commits what must stand before the operation does anything else. No answer is kept: a repeated Idempotency-Key
         * that finds none yet is another request.
         */
        claim(writes: readonly W[]): Promise<void>;
        /** Commits the writes of a record, and returns the record. */
        save<R>(made: { readonly record: R; readonly writes: readonly W[] }): Promise<R>;
      }
    : object;

/** What an operation speaks instead of our own HTTP: messages of another protocol, which has refusals of its own. */
interface Protocol {
  readonly message: Schema;
  readonly reply: Schema;
  readonly refusal: Schema;
  /** The statuses of its refusals; what is refused before a message is read stays a problem document. */
  readonly refusals: readonly number[];
}

/** What a request adds to its invocation: the caller, and the API's own URL. */
type Request<P extends Permit> = Invocation &
  SignedIn<P> & {
    /** The API's own address, for URLs in answers: `https://<domain>`. */
    readonly origin: string;
  };

/** What an operation's function gets: the request's parts, the caller, the record, and what `access` opened. */
type Context<
  Path extends string,
  Query,
  Body,
  A extends Grants,
  P extends Permit,
  Rec,
  Code extends ProblemCode,
> = Request<P> &
  Committing<A> &
  Omit<DependenciesOf<A>, "table"> & {
    readonly table: A["table"] extends Grant<TableQuerier> ? TableQuerier : TableReader;
    readonly params: Parameters<Path>;
    readonly query: Output<Query>;
    readonly body: Output<Body>;
    /** The record that `record` loaded, in the caller's scope and at the version of If-Match. */
    readonly record: Rec;
    /** What decides who may do what with the record: the record itself, or its parent. */
    readonly guarded: [Rec] extends [never] ? never : Guarded;
    readonly userAgent: string | null;
    /** The request's Accept header. */
    readonly accept: string | undefined;
    /** The request's Authorization header, for calling the API as the caller. */
    readonly authorization: string | undefined;
    /** The request as it was sent, for who speaks a `protocol`; headers by their lower-case names. */
    readonly sent: { readonly headers: Headers; readonly text: string };
    /** A problem to be thrown: one that the operation declares, or one of the stack's. */
    problem(code: Code | StackProblem, detail?: string): Problem;
  };

/** A file that an operation answers instead of its page. `file_name` needs no escaping: letters, digits, `-` and `.`. */
export class Download {
  readonly bytes: Uint8Array;
  readonly file_name: string;
  constructor(bytes: Uint8Array, file_name: string) {
    this.bytes = bytes;
    this.file_name = file_name;
  }
}

/** An answer that sends its caller to another address, for so many seconds to the same. */
export class Redirect {
  readonly location: string;
  readonly seconds: number;
  constructor(location: string, seconds: number) {
    this.location = location;
    this.seconds = seconds;
  }
}

/** An answer of success beside the usual one. */
export interface OtherAnswer {
  readonly status: 200 | 201 | 202;
  readonly body: Schema;
  is(body: object): boolean;
}

/** The answer of success: its status, and the schema it passes before it leaves (or a page, or another address). */
type Answer<Result extends Schema | undefined> =
  | {
      readonly status: 200 | 201 | 202;
      readonly body: Result;
      /** Other answers of success, and which bodies they are: the first that it is. */
      readonly others?: readonly OtherAnswer[];
      /** It is the same for everybody: caches keep it for so many seconds, and then ask by its ETag. */
      readonly cached?: number;
    }
  | { readonly status: 204 }
  | { readonly status: 302 }
  | {
      readonly status: 200;
      readonly type: "text/html; charset=utf-8" | "application/json";
      /** What `run` answers, as a Download, where the caller asks for a file instead of the page. */
      readonly also?: "application/pdf";
      /** The Content-Security-Policy of a page that runs anything; none may unless said. */
      readonly policy?: (page: string) => string;
    };

/** The resource that a permission is about; an operation with permission `session` may use any. */
type GuardOf<P> = P extends `${infer R extends Resource}:${string}` ? R : Resource;

/** The record of an operation's path: how it is loaded, and the resource whose permission guards it. */
export interface PathRecord<Params extends string, Guard extends Resource, Rec> {
  readonly type: AnyRecordType;
  readonly guard: Guard;
  /** The record, and what decides who may read or write it: the record itself, or its parent. */
  load(
    table: TableReader,
    brokerageId: string,
    params: Readonly<Record<Params, string>>,
    userId: string,
  ): Promise<{ readonly record: Rec; readonly guarded: Guarded } | undefined>;
}

/** What `run` returns without `present`: the schema's input; a page or a file; nothing. */
type Answered<R> = R extends { readonly body: infer S extends Schema }
  ? z.input<S> | OtherBodies<R>
  : R extends { readonly status: 302 }
    ? Redirect
    : R extends { readonly also: string }
      ? string | Download
      : R extends { readonly type: string }
        ? string | Page
        : unknown;

type OtherBodies<R> = R extends { readonly others: readonly { readonly body: infer S extends Schema }[] }
  ? z.input<S>
  : never;

/** One HTTP operation. PATCH, PUT and DELETE of a `record` require If-Match, unless it says `unversioned`. */
export interface Operation<
  Path extends string = string,
  Query extends Schema | undefined = Schema | undefined,
  Body extends Schema | undefined = Schema | undefined,
  // biome-ignore-start lint/suspicious/noExplicitAny: the general form of every operation, for lists of them.
  Success extends Answer<any> = Answer<any>,
  A extends Grants & { table: Grant<TableReader> } = any,
  P extends Permit = Permit,
  Needed extends Permit = Permit,
  Rec = any,
  Raw = any,
  Code extends ProblemCode = any,
  // biome-ignore-end lint/suspicious/noExplicitAny: as above.
> extends EntryPoint<A> {
  readonly kind: "http";
  readonly method: Method;
  readonly path: Path;
  readonly permission: P;
  /** The permission is needed for the whole brokerage: of what nobody owns, where there is no record to decide on. */
  readonly scope?: "brokerage";
  readonly description?: string;
  readonly query?: Query;
  readonly body?: Body;
  readonly answer: Success;
  /** Needs no If-Match; run again when others changed the record meanwhile. */
  readonly unversioned?: true;
  /**
   * What an assistant may do with it for a user: call it, or propose a call that the user then approves. Without, nothing:
   * what signs in, makes keys, exports, audits or answers signed URLs is not for assistants.
   */
  readonly assistant?: "calls" | "proposes";
  /**
   * Its body is a message of this protocol, which `run` reads and whose faults it answers; a repeated message is another
   * one, so no Idempotency-Key is taken. Other methods of its path are 405.
   */
  readonly protocol?: Protocol;
  /** Problems that `run` itself answers, beside those of the stack. */
  readonly problems?: readonly Code[];
  /** The permission decided on the record, where the record is of another type than `permission` speaks of. */
  readonly recordPermission?: Needed;
  /** The record of the path, read beside the session; absent or out of scope is 404. */
  readonly record?: PathRecord<ParameterNames<Path>, GuardOf<Needed>, Rec>;
  run(context: Context<Path, Query, Body, A, P, Rec, Code>): Promise<Raw>;
  /** Adds to an answer what must be made for each response and is never stored: signed URLs. */
  present?(body: Raw, context: DependenciesOf<A> & Request<P>): Promise<Answered<Success>>;
}

/** One delivery of a message. */
interface Delivery<Message> {
  readonly message: Message;
  /** Whether this is the last try: if it fails, the message goes to the dead-letter queue. */
  readonly lastTry: boolean;
  /** How long the invocation may still take. */
  readonly secondsLeft: number;
}

/** A queue worker: when `run` returns, the message is done; when it throws, the message is retried. */
export interface QueueWorker<A extends Grants = Grants, Message = unknown> extends EntryPoint<A> {
  readonly kind: "queue";
  readonly queue: QueueName;
  /** What users see when it fails: the alarm's text. */
  readonly impact: string;
  /** Reads a message's body; throws when it is an unknown message. */
  readonly message: { parse(body: unknown): Message };
  run(context: Invocation & DependenciesOf<A> & Delivery<Message>): Promise<void>;
}

/** A change of one item, from the table's stream. Each image is absent where the item was. */
export interface Change {
  readonly before: Readonly<Record<string, unknown>> | undefined;
  readonly after: Readonly<Record<string, unknown>> | undefined;
}

/** A consumer of the table's stream: gets every change at least once. A stream has two consumers at most. */
export interface StreamConsumer<A extends Grants = Grants> extends EntryPoint<A> {
  readonly kind: "stream";
  readonly impact: string;
  /** Changes that an invocation gets at most; 100 unless said. */
  readonly batch?: number;
  /** Sort keys of the items whose changes it gets, or their beginnings, which end in `#`; filtered before it is called. */
  readonly only: readonly string[];
  /** Takes changes one by one: those of an item in order, those of different items at the same time. */
  run?(context: Invocation & DependenciesOf<A> & { readonly change: Change }): Promise<void>;
  /** Instead of `run`: takes all changes of a batch, in the order of their shard; a throw fails them all. */
  runBatch?(context: Invocation & DependenciesOf<A> & { readonly changes: readonly Change[] }): Promise<void>;
}

/** Work on a schedule. */
export interface Schedule<A extends Grants = Grants> extends EntryPoint<A> {
  readonly kind: "schedule";
  readonly everyMinutes: number;
  readonly timeout: number;
  readonly impact: string;
  run(context: Invocation & DependenciesOf<A>): Promise<void>;
}

/** Any entry point. */
export type Definition = Operation | QueueWorker | StreamConsumer | Schedule;

type Declared<O extends Operation> = Omit<O, "kind">;

/** Declares an HTTP operation; returns it as it is. What `run` answers is what `answer` says, or goes through `present`. */
export function operation<
  const Path extends string,
  A extends Grants & { table: Grant<TableReader> },
  const P extends Permit,
  const Success extends Answer<Schema | undefined>,
  Raw,
  Query extends Schema | undefined = undefined,
  Body extends Schema | undefined = undefined,
  const Needed extends Permit = P,
  Rec = never,
  const Code extends ProblemCode = never,
  const Id extends string = string,
>(
  definition: Declared<Operation<Path, Query, Body, Success, A, P, Needed, Rec, Raw, Code>> & {
    readonly id: Id;
    readonly present: object;
  },
): Operation<Path, Query, Body, Success, A, P, Needed, Rec, Raw, Code> & { readonly id: Id };
export function operation<
  const Path extends string,
  A extends Grants & { table: Grant<TableReader> },
  const P extends Permit,
  const Success extends Answer<Schema | undefined>,
  Query extends Schema | undefined = undefined,
  Body extends Schema | undefined = undefined,
  const Needed extends Permit = P,
  Rec = never,
  const Code extends ProblemCode = never,
  const Id extends string = string,
>(
  definition: Declared<Operation<Path, Query, Body, Success, A, P, Needed, Rec, Answered<Success>, Code>> & {
    readonly id: Id;
    readonly present?: never;
  },
): Operation<Path, Query, Body, Success, A, P, Needed, Rec, Answered<Success>, Code> & { readonly id: Id };
export function operation(definition: Declared<Operation>): Operation {
  return { kind: "http", ...definition };
}

/** Declares a queue worker. */
export function queueWorker<A extends Grants, Message>(
  definition: Omit<QueueWorker<A, Message>, "kind">,
): QueueWorker<A, Message> {
  return { kind: "queue", ...definition };
}

/** Declares a consumer of the table's stream. */
export function streamConsumer<A extends Grants>(
  definition: Omit<StreamConsumer<A>, "kind">,
): StreamConsumer<A> {
  return { kind: "stream", ...definition };
}

/** Declares work on a schedule. */
export function schedule<A extends Grants>(definition: Omit<Schedule<A>, "kind">): Schedule<A> {
  return { kind: "schedule", ...definition };
}
