import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { EntityJson, PolicyJson, PolicySet, TypeAndId } from "@cedar-policy/cedar-wasm/nodejs";
import type { Caller, Guarded, Permission, Role, RoleGrant, Shares } from "../../shared/domain/access.ts";

type Cedar = typeof import("@cedar-policy/cedar-wasm/nodejs");
// Its build for node is CommonJS, which `import` does not find.
const cedar: Cedar = createRequire(import.meta.url)("@cedar-policy/cedar-wasm/nodejs");

/** Somebody who asks: a built-in role, or none (a key has its grants alone), teams, and what more they were given. */
export interface Asker {
  readonly id: string;
  readonly role: Role | undefined;
  readonly team_ids: readonly string[];
  readonly given: readonly RoleGrant[];
}

/** A record as decisions see it. */
export type Subject = Guarded & { readonly id: string };

/** What the policies say, and which of them say so. */
export interface Verdict {
  readonly allowed: boolean;
  readonly rules: ReadonlySet<string>;
}

const policies = namedPolicies(readFileSync(new URL("policies.cedar", import.meta.url), "utf8"));

function namedPolicies(text: string): Record<string, string> {
  const parts = cedar.policySetTextToParts(text);
  if (parts.type === "failure") throw new Error(JSON.stringify(parts.errors));
  const names = parts.policies.map((policy) => /@id\("(\w+)"\)/.exec(policy)?.[1] ?? "");
  // Several policies may state one rule.
  return Object.fromEntries(parts.policies.map((policy, at) => [`${names[at]}#${at}`, policy]));
}

const entity = (type: string, id: string): TypeAndId => ({ type, id });
const user = (id: string) => entity("User", id);
const inDate = (moment: string) => ({ __extn: { fn: "datetime", arg: moment } });

/** A share as a policy: its grantee reads, or reads and writes, until it ends. */
function sharePolicy(record: string, grantee: string, { access, until }: Shares[string]): string {
  const [kind, id] = grantee.split(":");
  const actions = access === "write" ? ["read", "write"] : ["read"];
  const may = actions.map((action) => `action in Action::"any ${action}"`).join(" || ");
  return `permit (principal ${kind === "team" ? `in Team::"${id}"` : `== User::"${id}"`}, action,
    resource == Record::"${record}") when { (${may}) && ${until ? `context.now < datetime("${until}")` : "true"} };`;
}

/** The rules of the brokerage and the shares of some records, ready to be asked many times. */
export function policiesOf(name: string, records: readonly Subject[]): PolicySet {
  const shares = records.flatMap(({ id, shares = {} }) =>
    Object.entries(shares).map(([grantee, share], at): [string, string] => [
      `${grantee.startsWith("team:") ? "shared_with_team" : "shared"}#${id}#${at}`,
      sharePolicy(id, grantee, share),
    ]),
  );
  const set: PolicySet = { staticPolicies: { ...policies, ...Object.fromEntries(shares) } };
  parsed(name, set);
  return set;
}

function parsed(name: string, set: PolicySet): void {
  const answer = cedar.preparsePolicySet(name, set);
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
}

function askerEntity({ id, role, team_ids, given }: Asker): EntityJson {
  const on = (scope: string) =>
    given
      .filter((grant) => grant.endsWith(`:${scope}`))
      .map((grant) => ({ __entity: entity("Action", grant.slice(0, grant.lastIndexOf(":"))) }));
  return {
    uid: user(id),
    attrs: { on_own: on("own"), on_teams: on("team"), on_all: on("brokerage") },
    parents: [...(role ? [entity("Role", role)] : []), ...team_ids.map((team) => entity("Team", team))],
  };
}

const recordEntity = ({ id, owner_user_id, team_id, status }: Subject): EntityJson => ({
  uid: entity("Record", id),
  attrs: {
    ...(owner_user_id ? { owner: { __entity: user(owner_user_id) } } : {}),
    ...(team_id ? { team: { __entity: entity("Team", team_id) } } : {}),
    ...(status ? { status } : {}),
  },
  parents: [],
});

/** "property:read" is any read: what a share allows, whatever is shared. */
const actionEntity = (permission: string): EntityJson => ({
  uid: entity("Action", permission),
  attrs: {},
  parents: [entity("Action", `any ${permission.split(":")[1]}`)],
});

const asked = (asker: Asker, permission: Permission, now: Date) => ({
  principal: user(asker.id),
  action: entity("Action", permission),
  context: { now: inDate(now.toISOString()) },
});

/** Decides by the policies that `policiesOf` made under a name. */
export function judge(
  name: string,
  asker: Asker,
  permission: Permission,
  record: Subject,
  now: Date,
): Verdict {
  const answer = cedar.statefulIsAuthorized({
    ...asked(asker, permission, now),
    resource: entity("Record", record.id),
    preparsedPolicySetId: name,
    entities: [askerEntity(asker), recordEntity(record), actionEntity(permission)],
  });
  return verdict(answer);
}

function verdict(answer: ReturnType<Cedar["isAuthorized"]>): Verdict {
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
  const { decision, diagnostics } = answer.response;
  if (diagnostics.errors.length > 0) throw new Error(JSON.stringify(diagnostics.errors));
  return {
    allowed: decision === "allow",
    rules: new Set(diagnostics.reason.map((one) => one.split("#")[0]!)),
  };
}

/**
 * What is left to be asked of a record once it is known who asks for what: the filter of a list, which the policies
 * give by themselves. Answers whether it lets a record through.
 */
export function listFilter(set: PolicySet, asker: Asker, permission: Permission, now: Date) {
  const answer = cedar.isAuthorizedPartial({
    ...asked(asker, permission, now),
    resource: null,
    policies: set,
    entities: [askerEntity(asker), actionEntity(permission)],
  });
  if (answer.type === "failure") throw new Error(JSON.stringify(answer.errors));
  const { residuals } = answer.response;
  const left = Object.fromEntries(
    Object.entries(residuals).map(([id, policy]) => [id, JSON.parse(JSON.stringify(policy), resourceAgain)]),
  ) as Record<string, PolicyJson>;
  const name = "what is left";
  parsed(name, { staticPolicies: left });
  return (record: Subject): boolean =>
    verdict(
      cedar.statefulIsAuthorized({
        ...asked(asker, permission, now),
        resource: entity("Record", record.id),
        preparsedPolicySetId: name,
        entities: [askerEntity(asker), recordEntity(record)],
      }),
    ).allowed;
}

/** The unknown resource of a residual policy becomes the variable that it was. */
const resourceAgain = (_: string, value: unknown) =>
  value !== null && typeof value === "object" && "unknown" in value ? { Var: "resource" } : value;

/** The same asker as the product sees them. */
export const callerOf = (asker: Asker, grants: readonly RoleGrant[]): Caller => ({
  ...{ brokerage_id: "b", user_id: asker.id, session_id: "s", role: asker.role ?? "client" },
  ...{ team_ids: asker.team_ids, grants: [...grants, ...asker.given] },
});
