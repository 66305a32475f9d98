import type { Operation } from "../../shared/entry/definition.ts";
import { operations } from "../answers.ts";
import { type Answer, api, type SignedIn, unique } from "../cloud.ts";
import { parametersIn } from "../contract/fuzz-requests.ts";
import { filled, makerOf } from "../contract/makers.ts";
import { bodyFor, rowOf, type World } from "../contract/rows.ts";
import { anotherSession } from "../sessions.ts";
import { place } from "./records.ts";
import type { OwnedKind } from "./rows.ts";

/** What stands in another brokerage, and must be in no answer. */
export interface Planted {
  /** Its records, by the names that paths and bodies have for them. */
  readonly params: Readonly<Record<string, string>>;
  /** Ids, names and emails. */
  readonly canaries: readonly string[];
  /** A cursor of each of its lists. */
  readonly cursors: Readonly<Record<string, string>>;
}

/**
 * Fills the other brokerage with records of every kind, many of them as if they were of the home brokerage's users: so
 * that nothing but the brokerage keeps them apart.
 */
export async function plant(world: World): Promise<Planted> {
  const { home, foreign } = world;
  const word = `Canary${unique()}`;
  const abroad: World = { home: foreign, foreign: home };
  const owners = [foreign.users.admin, ...Object.values(home.users)].map(({ user }) => user.id as string);
  const params: Record<string, string> = {};
  const texts = [word, foreign.brokerage.slug as string];
  const ids = [foreign.brokerage.id as string];
  for (const { user, email } of Object.values(foreign.users)) {
    ids.push(user.id);
    texts.push(email);
  }
  for (const kind of [
    "property",
    "media",
    "task",
    "cma",
    "link",
    "import",
    "client",
    "interest",
    "merge",
    "export",
    "interaction",
    "ai_request",
    "proposal",
  ] satisfies OwnedKind[])
    for (const owner_user_id of owners) {
      const belongs = { owner_user_id, title: `${word} ${kind}`, status: "active" };
      const analysis = kind === "cma" || kind === "link" || kind === "import" || kind === "export";
      const { params: its, id } = await place(
        kind,
        foreign.brokerage.id,
        analysis ? { owner_user_id } : belongs,
      );
      Object.assign(params, its);
      ids.push(id, ...Object.values(its));
    }
  // No token of a link: whoever has it reads the report, from wherever they are.
  for (const path of ["/{team_id}", "/{role_id}", "/{session_id}", "/{user_id}"])
    Object.assign(params, await makerOf(path)!(abroad));
  ids.push(...Object.values(params));
  return {
    params,
    canaries: [...new Set([...ids, ...texts])],
    cursors: await cursorsOf(foreign.users.admin, params),
  };
}

/** A cursor of each list of the other brokerage that has a second page. */
async function cursorsOf({ token }: SignedIn, params: Planted["params"]) {
  const cursors: Record<string, string> = {};
  for (const { id, path } of operations.filter(({ query }) => query && "cursor" in shapeOf(query))) {
    const { body } = await api("GET", `${filled(path, params)}?limit=1`, { token });
    if (body.next_cursor) cursors[id] = body.next_cursor;
  }
  return cursors;
}

const shapeOf = (schema: object) => (schema as { shape?: object }).shape ?? {};

/** Calls an operation; a sabotaged one may answer without the API. */
export type Call = (
  operation: Operation,
  request: {
    readonly params: Readonly<Record<string, string>>;
    readonly query: Readonly<Record<string, string>>;
    readonly token: string | undefined;
    readonly body: object | undefined;
  },
) => Promise<Pick<Answer, "status" | "body">>;

const overHttp: Call = ({ method, path }, { params, query, token, body }) => {
  const search = new URLSearchParams(query).toString();
  const headers = { "if-match": '"1"' };
  return api(method, filled(path, params) + (search && `?${search}`), { token, body, headers });
};

/**
 * Calls an operation as users of the home brokerage, as it should be called and with the other brokerage's records
 * in its path, query and body. Answers where the answer has a canary that the request did not say itself.
 */
export async function leaksOf(
  operation: Operation,
  world: World,
  planted: Planted,
  { call = overHttp, as = Object.values(world.home.users) }: { call?: Call; as?: readonly SignedIn[] } = {},
): Promise<string[]> {
  const row = rowOf(operation);
  const { path, method, permission } = operation;
  const names = [...path.matchAll(/\{(\w+)\}/g)].map(([, name = ""]) => name);
  const own = (await row.params?.(world)) ?? {};
  const leaks: string[] = [];
  for (const user of as) {
    // Some calls end the session, or change the password.
    const who = operation.id === "changePassword" ? await row.caller!(world) : await anotherSession(user);
    const token = permission === "public" ? undefined : who.token;
    const body = await bodyFor(operation, world, who);
    const theirs = { ...own, ...planted.params };
    const said = { params: own, query: {}, token, body };
    const variants = [
      ...names.map((name) => ({ ...said, params: { ...own, [name]: theirs[name] ?? own[name]! } })),
      { ...said, params: theirs },
      ...queriesOf(operation, planted).map((query) => ({ ...said, query })),
      ...bodiesOf(body, planted).map((body) => ({ ...said, body })),
      said,
    ];
    for (const variant of variants) {
      const { status, body: answered } = await call(operation, variant);
      const text = JSON.stringify(answered);
      const sent = JSON.stringify(variant);
      const leaked = planted.canaries.filter((canary) => text.includes(canary) && !sent.includes(canary));
      if (leaked.length > 0)
        leaks.push(`${method} ${path} by ${user.user.role}: ${status} ${leaked[0]} in ${text.slice(0, 300)}`);
    }
  }
  return leaks;
}

/** Queries that ask for the other brokerage's records. */
function queriesOf(operation: Operation, { params, canaries, cursors }: Planted): Record<string, string>[] {
  const known = parametersIn(operation, "query").map(({ name }) => name);
  const [brokerage, ...rest] = canaries;
  return known.flatMap((name): Record<string, string>[] => {
    if (name === "limit") return [{ limit: "100" }];
    if (name === "cursor") return cursors[operation.id] ? [{ cursor: cursors[operation.id]! }] : [];
    if (name === "q") return [{ q: rest.find((one) => one.startsWith("Canary"))! }];
    if (!name.endsWith("_id")) return [];
    return [params[name], rest[0], brokerage].flatMap((value) => (value ? [{ [name]: value }] : []));
  });
}

/** Bodies that name the other brokerage's records, in each field that takes an id. */
function bodiesOf(body: object | undefined, { params, canaries }: Planted): object[] {
  if (!body) return [];
  const [, user] = canaries;
  const named = { owner_user_id: user, property_id: params.property_id, role_ids: [params.role_id] };
  return Object.entries(named).map(([name, value]) => ({ ...body, [name]: value }));
}
