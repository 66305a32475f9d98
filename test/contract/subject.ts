import type { APIGatewayProxyEventV2 } from "aws-lambda";
import type { Operation } from "../../shared/entry/definition.ts";
import { bodyTypes, needsIfMatch } from "../../shared/entry/request.ts";
import type { RawAnswer } from "../answers.ts";
import type { SignedIn } from "../cloud.ts";
import { anotherSession } from "../sessions.ts";
import type { FuzzRequest } from "./fuzz-requests.ts";
import { api, gatewayEvent } from "./inside.ts";
import { filled } from "./makers.ts";
import { bodyFor, type Row, rowOf, type World } from "./rows.ts";

/** Who calls, the path's parameters, the query that is demanded, and the version that the record is at where If-Match is asked for. */
export interface Known {
  readonly caller: SignedIn;
  readonly params: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>> | undefined;
  readonly version: string | undefined;
}

/** Whom and what the requests are about, made anew whenever an operation has used it up. */
export class Subject {
  private made: Promise<Known> | undefined;
  private madeAt = 0;
  private readonly operation: Operation;
  private readonly row: Row;
  private readonly world: World;

  constructor(operation: Operation, world: World, row: Row = rowOf(operation)) {
    this.operation = operation;
    this.row = row;
    this.world = world;
  }

  /** Whether success uses up the caller or the record. */
  get isUsedUp(): boolean {
    return this.operation.method === "DELETE" || this.row.caller !== undefined || this.row.once === true;
  }

  /** A body that is accepted; undefined where there is none. */
  async example(): Promise<object | undefined> {
    const { caller } = await this.current();
    return bodyFor(this.operation, this.world, caller, this.row);
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

  /** Says that the operation succeeded: what it used up or changed is known no more. */
  touched({ text }: RawAnswer): void {
    if (this.isUsedUp) this.made = undefined;
    else if (needsIfMatch(this.operation)) {
      const version = String(JSON.parse(text).version);
      this.made = this.made?.then((before) => ({ ...before, version }));
    }
  }

  private async make(): Promise<Known> {
    const admin = await anotherSession(this.world.home.users.admin);
    const caller = (await this.row.caller?.(this.world)) ?? admin;
    const params = (await this.row.params?.(this.world)) ?? {};
    const query = await this.row.query?.(this.world);
    if (!needsIfMatch(this.operation)) return { caller, params, query, version: undefined };
    // The record itself, where a part of it is replaced.
    const [record = this.operation.path] = /^.*}/.exec(this.operation.path) ?? [];
    const { body } = await api("GET", filled(record, params), { token: caller.token });
    return { caller, params, query, version: String(body.version) };
  }
}

/** A request that succeeds. */
export async function goodRequest(operation: Operation, subject: Subject): Promise<FuzzRequest> {
  const example = await subject.example();
  return {
    token: undefined,
    params: {},
    query: {},
    body: example ? JSON.stringify(example) : "",
    contentType: example && bodyTypes[operation.method]?.[0],
    ifMatch: undefined,
    idempotencyKey: undefined,
  };
}

/** The gateway's event of a request. */
export function eventOf(operation: Operation, request: FuzzRequest, record: Known): APIGatewayProxyEventV2 {
  const { caller, params, query, version } = record;
  const ifMatch = request.ifMatch === undefined ? version && `"${version}"` : request.ifMatch;
  const isPublic = operation.permission === "public";
  const headers = {
    "content-type": request.contentType,
    authorization:
      request.token === undefined ? (isPublic ? undefined : `Bearer ${caller.token}`) : request.token,
    "if-match": ifMatch ?? undefined,
    "idempotency-key": request.idempotencyKey,
  };
  return gatewayEvent(operation, {
    headers: Object.fromEntries(Object.entries(headers).filter(([, value]) => value !== undefined)),
    params: { ...params, ...request.params },
    query: { ...query, ...request.query },
    body: request.body,
  });
}
