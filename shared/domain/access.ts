import { Problem } from "./problem.ts";

/**
 * Who may do what: the one place that decides. A grant is `resource:action:scope`; the widest scope wins; a
 * record out of scope does not exist for the caller (404).
 */

export const roles = ["client", "agent", "employee", "admin"] as const;
export type Role = (typeof roles)[number];

export const actions = ["read", "write", "delete", "admin"] as const;
export type Action = (typeof actions)[number];

/** Every permission that exists: what may be done with each resource. `permissions.ts` says it in a sentence each. */
export const actionsOf = {
  brokerage: ["read", "write"],
  user: ["read", "write", "delete", "admin"],
  team: ["read", "write", "delete"],
  role: ["read", "write", "delete"],
  api_key: ["read", "write", "delete"],
  audit_event: ["read"],
  change: ["read"],
  property: ["read", "write", "delete"],
  cma: ["read", "write"],
  task: ["read", "write", "delete"],
  import: ["read", "write"],
  client: ["read", "write", "delete"],
  lead: ["read", "write"],
  export: ["read", "write"],
  ai: ["read", "write"],
  analytics: ["read", "write"],
} as const satisfies Readonly<Record<string, readonly Action[]>>;
export type Resource = keyof typeof actionsOf;
export const resources = Object.keys(actionsOf) as Resource[];

/** From narrow to wide. */
export const scopes = ["own", "team", "brokerage"] as const;
export type Scope = (typeof scopes)[number];

/** A permission that an operation requires. */
export type Permission<R extends Resource = Resource> = {
  [One in R]: `${One}:${(typeof actionsOf)[One][number]}`;
}[R];
/** Every permission, by resource and then by action. */
export const permissionNames = resources.flatMap((resource) =>
  actionsOf[resource].map((action) => `${resource}:${action}` as Permission),
);

/** A resource that has an action. */
export type ResourceWith<A extends Action> = {
  [R in Resource]: A extends (typeof actionsOf)[R][number] ? R : never;
}[Resource];

/** A permission of a role, with its scope. */
export type RoleGrant = `${Permission}:${Scope}`;

/** The built-in roles' grants. */
export const defaultGrants: Readonly<Record<Role, readonly RoleGrant[]>> = {
  client: ["brokerage:read:brokerage", "property:read:own", "cma:read:own", "task:read:own"],
  agent: [
    "brokerage:read:brokerage",
    "user:read:brokerage",
    "team:read:brokerage",
    "property:read:brokerage",
    "property:write:own",
    "property:delete:own",
    "cma:read:own",
    "cma:write:own",
    "task:read:own",
    "task:write:own",
    "task:delete:own",
    "client:read:own",
    "client:write:own",
    "client:delete:own",
    "lead:read:own",
    "lead:write:own",
    "export:read:own",
    "export:write:own",
    "ai:read:own",
    "ai:write:own",
    "analytics:read:own",
    "analytics:write:own",
  ],
  employee: [
    "brokerage:read:brokerage",
    "user:read:brokerage",
    "team:read:brokerage",
    "property:read:brokerage",
    "property:write:brokerage",
    "property:delete:brokerage",
    "cma:read:brokerage",
    "cma:write:brokerage",
    "task:read:brokerage",
    "task:write:brokerage",
    "task:delete:brokerage",
    "import:read:brokerage",
    "import:write:brokerage",
    "client:read:brokerage",
    "client:write:brokerage",
    "client:delete:brokerage",
    "lead:read:brokerage",
    "lead:write:brokerage",
    "export:read:brokerage",
    "export:write:brokerage",
    "ai:read:brokerage",
    "ai:write:brokerage",
    "analytics:read:brokerage",
    "analytics:write:brokerage",
  ],
  admin: permissionNames.map((name): RoleGrant => `${name}:brokerage`),
};

/** A user as every decision sees them: who signed in, or the maker of an API key within the key's grants. */
export interface Caller {
  readonly brokerage_id: string;
  readonly user_id: string;
  /** What the request was signed in by: one of both, for whoever makes a request. */
  readonly session_id?: string;
  readonly api_key_id?: string;
  /** The AI request in whose name an assistant asks for this user: it reads, and may propose. */
  readonly ai_request_id?: string;
  readonly role: Role;
  readonly team_ids: readonly string[];
  readonly grants: readonly RoleGrant[];
}

/** A caller with a session: a person, and no API key. */
export type PersonCaller = Caller & { readonly session_id: string };

/** With whom a record is shared, by `user:<id>` or `team:<id>`. A share has no effect once `until` has passed. */
export type Shares = Readonly<
  Record<string, { readonly access: "read" | "write"; readonly until?: string | undefined }>
>;

/** The fields of a record that decide who may access it. */
export interface Guarded {
  readonly owner_user_id?: string | null | undefined;
  readonly team_id?: string | null | undefined;
  readonly shares?: Shares | undefined;
  readonly status?: string | undefined;
}

/** The rules by which it is decided; all but the last two allow. */
export const rules = [
  ...(["brokerage_scope", "owner", "team_scope", "shared", "shared_with_team", "listed"] as const),
  ...(["no_permission", "out_of_scope"] as const),
] as const;
export type Rule = (typeof rules)[number];

/** Listings that everyone who may read properties at all may read. */
export const listedStatuses = ["active", "under_offer"] as const;

/** A grant in its parts. */
export function partsOf(grant: RoleGrant) {
  const [resource, action, scope] = grant.split(":") as [Resource, Action, Scope];
  return { resource, action, scope, permission: `${resource}:${action}` as Permission };
}

/** The widest scope that the caller holds for the permission, or undefined. */
export function scopeOf({ grants }: Pick<Caller, "grants">, permission: Permission): Scope | undefined {
  return scopes.findLast((scope) => grants.includes(`${permission}:${scope}`));
}

/** A grant as far as the caller holds it; undefined where they lack the permission. */
export function withinHeld(caller: Caller, grant: RoleGrant): RoleGrant | undefined {
  const { permission, scope } = partsOf(grant);
  const held = scopeOf(caller, permission);
  if (held === undefined) return undefined;
  return `${permission}:${scopes[Math.min(scopes.indexOf(held), scopes.indexOf(scope))]!}`;
}

/** Each permission once, as widely as some of the grants give it; a grant of none that exists is left out. */
export const widest = (grants: readonly RoleGrant[]): RoleGrant[] =>
  permissionNames.flatMap((name): RoleGrant[] => {
    const scope = scopeOf({ grants }, name);
    return scope ? [`${name}:${scope}`] : [];
  });

/** The first of some grants that the caller does not hold as widely: nobody gives what they do not have. */
export const notHeld = (caller: Caller, grants: readonly RoleGrant[]): RoleGrant | undefined =>
  widest(grants).find((grant) => withinHeld(caller, grant) !== grant);

/** Throws 403 for a caller who does not hold the permission for the whole brokerage. */
export function checkHeldForAll(caller: Caller, permission: Permission): void {
  if (scopeOf(caller, permission) !== "brokerage")
    throw new Problem("forbidden", `${permission} is needed for the whole brokerage`);
}

/** Decides whether the caller may access one record at a moment, and by which rule. For lists see `audiencesOf`. */
export function decide(
  caller: Caller,
  permission: Permission,
  record: Guarded,
  now: Date,
): { readonly allowed: boolean; readonly rule: Rule } {
  const scope = scopeOf(caller, permission);
  if (scope === undefined) return { allowed: false, rule: "no_permission" };
  if (scope === "brokerage") return { allowed: true, rule: "brokerage_scope" };
  if (record.owner_user_id === caller.user_id) return { allowed: true, rule: "owner" };
  if (scope === "team" && record.team_id && caller.team_ids.includes(record.team_id))
    return { allowed: true, rule: "team_scope" };
  const isShared = (grantee: string) => allows(record.shares?.[grantee], permission, now);
  if (isShared(`user:${caller.user_id}`)) return { allowed: true, rule: "shared" };
  if (caller.team_ids.some((id) => isShared(`team:${id}`)))
    return { allowed: true, rule: "shared_with_team" };
  if (readsListed(permission) && listedStatuses.some((status) => status === record.status))
    return { allowed: true, rule: "listed" };
  return { allowed: false, rule: "out_of_scope" };
}

/** A read share allows reading, a write share also changing; no share allows deleting, sharing or reassigning. */
function allows(share: Shares[string] | undefined, permission: Permission, now: Date): boolean {
  if (!share || hasEnded(share.until, now)) return false;
  return permission.endsWith(":read") || (permission.endsWith(":write") && share.access === "write");
}

/** Whether a share has expired. */
export const hasEnded = (until: string | undefined, now: Date): boolean =>
  until !== undefined && until <= now.toISOString();

/** Whoever asks a brokerage without a sign-in: holds nothing, and reads what is publicly listed. */
export const anyone = (brokerage_id: string): Caller => ({
  ...{ brokerage_id, user_id: "", role: "client", team_ids: [], grants: [] },
});

/** Whether a caller works for the brokerage: a client is its customer, and sees nothing that is private to it. */
export const worksHere = ({ role }: Pick<Caller, "role">): boolean => role !== "client";

/** Whether the permission reads what is publicly listed, whoever owns it. */
export const readsListed = (permission: Permission): boolean => permission === "property:read";

/**
 * Whose records the caller may list: "brokerage" for all; otherwise the audiences to read one by one: the caller's own
 * records, their teams', and those shared with the caller or their teams (check `until` of each). Publicly listed
 * records come in addition if `readsListed` is true. Undefined without the permission.
 */
export function audiencesOf(
  caller: Caller,
  permission: Permission,
): "brokerage" | readonly string[] | undefined {
  const scope = scopeOf(caller, permission);
  if (scope === undefined || scope === "brokerage") return scope;
  const teams = caller.team_ids.flatMap((id) => [
    ...(scope === "team" ? [`team:${id}`] : []),
    `shared-team:${id}`,
  ]);
  return [`owner:${caller.user_id}`, `shared-user:${caller.user_id}`, ...teams];
}
