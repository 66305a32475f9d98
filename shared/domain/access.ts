/**
 * Who may do what: the one place that decides. A grant is `resource:action:scope`; the widest scope wins; a
 * record out of scope does not exist for the caller (404).
 */

export const roles = ["client", "agent", "employee", "admin"] as const;
export type Role = (typeof roles)[number];

export const resources = ["brokerage", "user", "property", "cma", "task", "import"] as const;
export type Resource = (typeof resources)[number];

export const actions = ["read", "write", "delete", "admin"] as const;
export type Action = (typeof actions)[number];

/** From narrow to wide. */
export const scopes = ["own", "team", "brokerage"] as const;
export type Scope = (typeof scopes)[number];

/** What an operation needs. */
export type Permission = `${Resource}:${Action}`;
/** What a role gives. */
export type Grant = `${Permission}:${Scope}`;

const everything = resources.flatMap((resource) =>
  actions.map((action): Grant => `${resource}:${action}:brokerage`),
);

/** The built-in roles' grants; the bootstrap compiles them into every brokerage's policy. */
export const defaultGrants: Readonly<Record<Role, readonly Grant[]>> = {
  client: ["brokerage:read:brokerage", "property:read:own", "cma:read:own", "task:read:own"],
  agent: [
    "brokerage:read:brokerage",
    "user:read:brokerage",
    "property:read:brokerage",
    "property:write:own",
    "property:delete:own",
    "cma:read:own",
    "cma:write:own",
    "task:read:own",
    "task:write:own",
  ],
  employee: [
    "brokerage:read:brokerage",
    "user:read:brokerage",
    "property:read:brokerage",
    "property:write:brokerage",
    "property:delete:brokerage",
    "cma:read:brokerage",
    "cma:write:brokerage",
    "task:read:brokerage",
    "task:write:brokerage",
    "import:read:brokerage",
    "import:write:brokerage",
  ],
  admin: everything,
};

/** The signed-in user, as every decision sees them. */
export interface Caller {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly session_id: string;
  readonly role: Role;
  readonly team_ids: readonly string[];
  readonly grants: readonly Grant[];
}

/** What a decision looks at in a record. */
export interface Owned {
  readonly owner_user_id?: string | null | undefined;
  readonly team_id?: string | null | undefined;
  readonly status?: string | undefined;
}

/** The rule that decided; the first five allow. */
export type Rule = "brokerage_scope" | "owner" | "team_scope" | "listed" | "no_permission" | "out_of_scope";

/** Listings that everyone who may read properties at all may read. */
export const listedStatuses = ["active", "under_offer"] as const;

/** The widest scope that the caller holds for the permission, or undefined. */
export function scopeOf(caller: Caller, permission: Permission): Scope | undefined {
  return scopes.findLast((scope) => caller.grants.includes(`${permission}:${scope}`));
}

/** Decides one record and says which rule did. */
export function decide(
  caller: Caller,
  permission: Permission,
  record: Owned,
): { readonly allowed: boolean; readonly rule: Rule } {
  const scope = scopeOf(caller, permission);
  if (scope === undefined) return { allowed: false, rule: "no_permission" };
  if (scope === "brokerage") return { allowed: true, rule: "brokerage_scope" };
  if (record.owner_user_id === caller.user_id) return { allowed: true, rule: "owner" };
  if (scope === "team" && record.team_id && caller.team_ids.includes(record.team_id))
    return { allowed: true, rule: "team_scope" };
  if (permission === "property:read" && listedStatuses.some((status) => status === record.status))
    return { allowed: true, rule: "listed" };
  return { allowed: false, rule: "out_of_scope" };
}
