import { type Caller, defaultGrants, type Role, scopeOf } from "../domain/access.ts";
import { callerOf, type RoleGrants } from "../domain/caller.ts";
import { Problem } from "../domain/problem.ts";
import { grantOf, notHeld, permissionOf } from "../domain/role.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { changeRecord, type Stamp } from "./records.ts";
import { checkHeld } from "./roles.ts";

/**
 * Checks that the caller may give a user a built-in role: with the brokerage's scope, and holding all that it gives.
 * Throws 403.
 */
export function checkMayGiveRole(caller: Caller, role: Role): void {
  if (scopeOf(caller, "user:write") !== "brokerage")
    throw new Problem("forbidden", "user:write is needed at brokerage scope");
  checkHeld(caller, defaultGrants[role].map(permissionOf));
}

/**
 * Checks that a user may do no more than the caller: who changes an e-mail address could sign in as its user. Throws
 * 403.
 */
export function checkMayChange(caller: Caller, user: StoredUser, roleGrants: RoleGrants): void {
  // Who is deactivated holds nothing now, and all of it once they are active again.
  const { grants } = callerOf({ ...user, is_active: true }, roleGrants);
  const lacking = notHeld(caller, grants.map(permissionOf));
  if (lacking) throw new Problem("forbidden", `The user may do what you may not: ${grantOf(lacking)}`);
}

/** A user who is no longer to sign in: every session ends, for good. Their teams, roles and records stay. */
export const deactivated = (user: StoredUser, stamp: Stamp) =>
  // Sessions begun before stay ended when the user is reactivated, too.
  changeRecord(userRecord, user, { is_active: false, password_version: user.password_version + 1 }, stamp);
