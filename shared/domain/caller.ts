import {
  type Caller,
  defaultGrants,
  type Permission,
  type Role,
  type RoleGrant,
  type Scope,
  scopeOf,
  withinHeld,
} from "./access.ts";

/** What the roles that a brokerage made may do, by their ids. */
export type RoleGrants = Readonly<Record<string, readonly RoleGrant[]>>;

/** What of a user decides what they may do. */
export interface Person {
  readonly brokerage_id: string;
  readonly id: string;
  readonly role: Role;
  readonly role_ids: readonly string[];
  readonly team_ids: readonly string[];
  readonly is_active: boolean;
}

/** The grants of each of a user's roles: of the built-in one by its name, of the others by their ids. */
export const grantsByRole = ({ role, role_ids, is_active }: Person, roleGrants: RoleGrants) =>
  is_active
    ? [
        { from: role as string, grants: defaultGrants[role] },
        ...role_ids.map((id) => ({ from: id, grants: roleGrants[id] ?? [] })),
      ]
    : [];

/** The caller that a user is: the one place that says what a user holds. Who is deactivated holds nothing. */
export function callerOf(user: Person, roleGrants: RoleGrants): Caller {
  const { brokerage_id, id, role, team_ids } = user;
  const grants = grantsByRole(user, roleGrants).flatMap((one) => one.grants);
  return { brokerage_id, user_id: id, role, team_ids, grants };
}

/** The caller that an API key is: its maker, with the key's grants as far as the maker holds them at the moment. */
export function keyCaller(
  maker: Caller,
  { id, grants }: { readonly id: string; readonly grants: readonly RoleGrant[] },
): Caller {
  return { ...maker, api_key_id: id, grants: grants.flatMap((grant) => withinHeld(maker, grant) ?? []) };
}

/** How widely a user holds a permission, and the first of their roles that gives it so widely. */
export function heldBy(
  user: Person,
  roleGrants: RoleGrants,
  permission: Permission,
): { readonly scope: Scope; readonly from: string } | undefined {
  const scope = scopeOf(callerOf(user, roleGrants), permission);
  const source = grantsByRole(user, roleGrants).find(({ grants }) =>
    grants.includes(`${permission}:${scope!}`),
  );
  return scope && source && { scope, from: source.from };
}
