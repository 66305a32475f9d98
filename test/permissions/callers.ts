import { permissionNames, type RoleGrant } from "../../shared/domain/access.ts";
import { addUser, expectStatus, type SignedIn, unique } from "../cloud.ts";
import type { World } from "../contract/rows.ts";
import { anotherSession } from "../sessions.ts";
import type { Asker } from "./oracle.ts";
import type { Others } from "./situations.ts";

/** Who calls, and as what the oracle knows them. */
export interface MatrixCaller {
  readonly name: string;
  /** Undefined for nobody, who is not signed in. */
  readonly asker: Asker | undefined;
  /** A session of theirs, of an API key its maker's; a new one where asked for. */
  signedIn(anew?: boolean): Promise<SignedIn | undefined>;
  /** The API key that they send instead of their session's token. */
  key?(): string;
}

/** The session of somebody, made anew in time: a token is good for a quarter of an hour. */
async function sessionOf(who: SignedIn): Promise<SignedIn> {
  const known = sessions.get(who);
  if (known && Date.now() - known.at < 5 * 60_000) return known.session;
  const session = await anotherSession(who);
  sessions.set(who, { session, at: Date.now() });
  return session;
}
const sessions = new WeakMap<SignedIn, { readonly session: SignedIn; readonly at: number }>();

/** A role of the brokerage: what agents do with their own, for the team; and what is of the office, so of no team. */
const forTheTeam: readonly RoleGrant[] = permissionNames
  .filter((name) => !/^(brokerage|api_key):/.test(name))
  .map((name): RoleGrant => `${name}:team`);

/** What the API key of an admin may do: less than its maker, and not all of it as widely. */
const ofTheKey: readonly RoleGrant[] = [
  ...(["property:read:own", "property:write:own"] as const),
  ...(["task:read:team", "task:write:team", "task:delete:own"] as const),
  ...(["cma:read:brokerage", "cma:write:own", "import:read:own", "export:read:own"] as const),
  ...(["user:read:brokerage", "team:read:brokerage", "ai:read:brokerage", "ai:write:own"] as const),
];

/**
 * Everyone who calls in the matrix: nobody, each built-in role, an agent with a role of the brokerage, and an API key
 * of the admin; all but nobody in one team.
 */
export async function makeCallers(world: World): Promise<{ callers: MatrixCaller[]; others: Others }> {
  const { users } = world.home;
  const { token } = users.admin;
  const call = (status: number, method: string, path: string, body: object, version?: number) =>
    expectStatus(status, method, path, {
      token,
      body,
      headers: version === undefined ? {} : { "if-match": `"${version}"` },
    });
  const aTeam = async () => (await call(201, "POST", "/v1/teams", { name: unique() })).id as string;
  const [team, otherTeam, lead, colleague, grantee] = await Promise.all([
    ...[aTeam(), aTeam()],
    ...[addUser(users.admin, "agent"), addUser(users.admin, "agent"), addUser(users.admin, "agent")],
  ] as const);
  const role = await call(201, "POST", "/v1/roles", { name: unique() });
  const permissions = forTheTeam.map((grant) => {
    const [resource, action, scope] = grant.split(":");
    return { resource, action, scope };
  });
  await call(200, "PUT", `/v1/roles/${role.id}/permissions`, { permissions }, role.version);
  await call(
    200,
    "PUT",
    `/v1/users/${lead.user.id}/roles`,
    { role_ids: [role.id] },
    lead.user.version as number,
  );
  const everyone = [...Object.values(users), lead];
  for (const { user } of everyone) await call(200, "PUT", `/v1/teams/${team}/members/${user.id}`, {});
  const signedIn = (who: SignedIn) => (anew?: boolean) => (anew ? anotherSession(who) : sessionOf(who));
  const people = everyone.map((who): MatrixCaller => {
    const given = who === lead ? forTheTeam : [];
    return {
      name: who === lead ? "agent with a role for the team" : who.user.role,
      asker: { id: who.user.id, role: who.user.role, team_ids: [team], given },
      signedIn: signedIn(who),
    };
  });
  const nobody: MatrixCaller = { name: "nobody", asker: undefined, signedIn: async () => undefined };
  // Five alike, in turns: one alone would be refused for making too many requests of a minute.
  const aKey = () => call(201, "POST", "/v1/api-keys", { name: unique(), grants: ofTheKey });
  const keys = await Promise.all([aKey(), aKey(), aKey(), aKey(), aKey()]);
  let turn = 0;
  const apiKey: MatrixCaller = {
    name: "API key",
    asker: { id: users.admin.user.id, role: undefined, team_ids: [team], given: ofTheKey },
    signedIn: signedIn(users.admin),
    key: () => keys[turn++ % keys.length]!.key,
  };
  return {
    callers: [nobody, ...people, apiKey],
    others: { colleague: colleague.user.id, grantee: grantee.user.id, team, otherTeam },
  };
}
