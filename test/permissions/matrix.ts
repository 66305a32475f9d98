import type { Operation } from "../../shared/entry/definition.ts";
import { needsIfMatch } from "../../shared/entry/request.ts";
import { operations } from "../answers.ts";
import { type Answer, api, type SignedIn } from "../cloud.ts";
import { filled, makerOf } from "../contract/makers.ts";
import { bodyFor, rowOf as contractRow, type World } from "../contract/rows.ts";
import { stored } from "../records.ts";
import { anotherSession } from "../sessions.ts";
import type { MatrixCaller } from "./callers.ts";
import { expectedOf } from "./expected.ts";
import { type Placed, place } from "./records.ts";
import { type OwnedKind, rowOf } from "./rows.ts";
import { type Nowhere, nowhere, type Others, type Situation, situationsOf, subjectIn } from "./situations.ts";

/** One call of the matrix: who calls what, about which record. */
export interface Cell {
  readonly operation: Operation;
  readonly caller: MatrixCaller;
  readonly about: Situation | Nowhere | "of the office" | "nothing";
}

export interface Stage {
  readonly world: World;
  readonly callers: readonly MatrixCaller[];
  readonly others: Others;
}

/** Sends one request of the matrix; a sabotaged one may answer it without the API. */
export type Send = (
  operation: Operation,
  request: {
    readonly params: Readonly<Record<string, string>>;
    readonly token: string | undefined;
    readonly body: object | undefined;
    readonly query?: string | undefined;
    readonly version: number | undefined;
  },
) => Promise<Pick<Answer, "status" | "body">>;

export const overHttp: Send = ({ method, path }, { params, token, body, query = "", version }) =>
  api(method, filled(path, params) + query, {
    ...{ token, body },
    headers: version === undefined ? {} : { "if-match": `"${version}"` },
  });

/** Every cell: operations × callers × the situations that what they are about can be in. */
export function cellsOf({ callers }: Stage, some: readonly Operation[] = operations): Cell[] {
  return some.flatMap((operation) => {
    const { on, needs } = rowOf(operation.id);
    const about: readonly Cell["about"][] =
      on === undefined
        ? ["nothing"]
        : on === "self"
          ? ["own", "a colleague's", "absent"]
          : on === "office"
            ? operation.path.includes("{")
              ? ["of the office", "another brokerage's", "absent"]
              : ["of the office"]
            : [...situationsOf(on), ...nowhere];
    return callers.flatMap((caller) =>
      // Who is not signed in is told so, whatever it is about.
      (caller.asker && needs !== "nothing" ? about : about.slice(0, 1)).map((one) => ({
        operation,
        caller,
        about: one,
      })),
    );
  });
}

/** Calls as a cell says; answers what is wrong with what came of it, or undefined. */
export async function check(cell: Cell, stage: Stage, send: Send = overHttp): Promise<string | undefined> {
  const { operation, caller, about } = cell;
  const row = rowOf(operation.id);
  // What is done to oneself may end the session.
  const who = await caller.signedIn(row.needs === "sign-in");
  const { params, placed } = await subjectOf(cell, stage, who);
  const expected = expectedOf(row, caller.asker, seenAs(cell, stage));
  const version = needsIfMatch(operation) ? await versionOf(operation, params, stage, who) : undefined;
  const before = placed && (await versionIn(placed, stage));
  const body = row.body ?? (await bodyOf(cell, stage, who));
  const token = caller.key?.() ?? who?.token;
  const { status, body: answered } = await send(operation, {
    ...{ params, token, body, version },
    query: row.query,
  });
  const came: string = status < 400 ? "done" : String(answered.code);
  const wanted = expected === "done" && row.meets ? row.meets : expected;
  const at = `${operation.id} by ${caller.name}, ${about}: `;
  if (came !== wanted && !(expected === "done" && came === row.mayMeet))
    return `${at}${status} ${came} instead of ${wanted}`;
  const isChanged = placed && status >= 300 && (await versionIn(placed, stage)) !== before;
  return isChanged ? `${at}refused, and yet changed` : undefined;
}

/** How the oracle sees what a cell is about. */
function seenAs({ operation, caller, about }: Cell, { others }: Stage): Parameters<typeof expectedOf>[2] {
  const { on, deletedToo } = rowOf(operation.id);
  if (about === "nothing") return "nothing";
  if (about === "of the office") return "office";
  if (about === "deleted" && deletedToo && caller.asker)
    return subjectIn("own", on as OwnedKind, caller.asker, others);
  if (isNowhere(about)) return "nowhere";
  if (on === "self") return about === "own" ? "nothing" : "nowhere";
  return caller.asker ? subjectIn(about, on as OwnedKind, caller.asker, others) : "nothing";
}

const isNowhere = (about: Cell["about"]): about is Nowhere => nowhere.some((one) => one === about);

const absent = "019c3b5e-8a40-7d1c-9f2e-000000000000";
/** What is no id in a path. */
const words: Readonly<Record<string, string>> = { grantee_kind: "user", view: "agent-performance" };
const absentParams = (path: string): Record<string, string> =>
  Object.fromEntries([...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => [name, words[name] ?? absent]));

interface Found {
  readonly params: Readonly<Record<string, string>>;
  readonly placed?: Placed;
}

/** Makes what a cell is about. */
async function subjectOf(cell: Cell, stage: Stage, who: SignedIn | undefined): Promise<Found> {
  const { operation, caller, about } = cell;
  const { world, others } = stage;
  const { on, deleted = false } = rowOf(operation.id);
  const params = absentParams(operation.path);
  if (about === "nothing" || about === "absent" || !operation.path.includes("{")) return { params };
  if (on === "self") {
    const { admin, employee } = world.home.users;
    const colleague = caller.name === "employee" ? admin : employee;
    const whose = about === "own" ? who?.token : (await anotherSession(colleague)).token;
    return { params: whose ? { session_id: sessionIn(whose) } : params };
  }
  if (on === "office") {
    const { home, foreign } = world;
    const there = about === "another brokerage's" ? { home: foreign, foreign: home } : world;
    return {
      params: { ...params, ...(await (contractRow(operation).params ?? makerOf(operation.path)!)(there)) },
    };
  }
  if (!caller.asker) return { params };
  const kind = on as OwnedKind;
  const isElsewhere = isNowhere(about);
  const situation = isElsewhere ? "own" : (about as Situation);
  const { id: _, ...belongs } = subjectIn(situation, kind, caller.asker, others);
  const shares =
    "grantee_id" in params
      ? { ...belongs.shares, [`user:${others.grantee}`]: { access: "read" as const } }
      : belongs.shares;
  const of = about === "another brokerage's" ? world.foreign : world.home;
  const placed = await place(kind, of.brokerage.id, shares ? { ...belongs, shares } : belongs, {
    // What is restored was deleted in each situation, and was not where the others' was.
    deleted: (about === "deleted") !== deleted,
  });
  const named = { ...params, ...placed.params };
  if ("grantee_id" in params) named.grantee_id = others.grantee;
  return isElsewhere ? { params: named } : { params: named, placed };
}

const sessionIn = (token: string): string =>
  JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString()).sid;

/** The version that somebody last wrote: a client's score follows by itself. */
async function versionIn({ type, id }: Placed, { world }: Stage): Promise<number | undefined> {
  const record = await stored(type, world.home.brokerage.id, id);
  return record && (type.lastEdit?.(record) ?? record.version);
}

/** The version that a caller would know: as they read themselves, as the admin reads it, or the first. */
async function versionOf(
  operation: Operation,
  params: Found["params"],
  { world }: Stage,
  who: SignedIn | undefined,
): Promise<number> {
  const isSelf = operation.path === "/v1/me";
  if (rowOf(operation.id).on !== "office" && !isSelf) return 1;
  const path = operation.path.includes("{")
    ? filled(operation.path.slice(0, operation.path.lastIndexOf("}") + 1), params)
    : operation.path;
  const { token } = isSelf && who ? who : world.home.users.admin;
  const { status, body } = await api("GET", path, { token });
  return status === 200 ? body.version : 1;
}

async function bodyOf({ operation }: Cell, { world }: Stage, who: SignedIn | undefined) {
  const { admin } = world.home.users;
  const body = await bodyFor(operation, world, who ?? admin);
  // The password of everybody here stays as it is.
  return operation.id === "changePassword" ? { ...body, current_password: "none of theirs" } : body;
}
