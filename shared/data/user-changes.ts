import {
  type Caller,
  defaultGrants,
  notHeld,
  partsOf,
  type Role,
  type RoleGrant,
  widest,
} from "../domain/access.ts";
import { callerOf, type RoleGrants } from "../domain/caller.ts";
import { Problem } from "../domain/problem.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { changeRecord, type Stamp } from "./records.ts";
import { checkHeld } from "./roles.ts";

/** Checks that the caller holds all that a built-in role gives, and so may give it. Throws 403. */
export function checkMayGiveRole(caller: Caller, role: Role): void {
  checkHeld(caller, defaultGrants[role]);
}

/** Checks that a user may do no more than the caller. Throws 403. */
export function checkMayChange(caller: Caller, user: StoredUser, roleGrants: RoleGrants): void {
  const lacking = notHeld(caller, heldOnceActive(user, roleGrants));
  if (lacking) throw new Problem("forbidden", `The user may do what you may not: ${lacking}`);
}

/**
 * Checks that the caller may change a user's email. Whoever has the email sets the password and signs in as the user:
 * what the user may do with own records, the caller must hold for all records. Throws 403.
 */
export function checkMayChangeEmail(caller: Caller, user: StoredUser, roleGrants: RoleGrants): void {
  if (user.id === caller.user_id) return;
  const lacking = notHeld(caller, heldOnceActive(user, roleGrants).map(everywhere));
  if (lacking)
    throw new Problem(
      "forbidden",
      `By their email you could sign in as them: to change it you need ${lacking}`,
    );
}

/**
 * Checks that the caller may make a user, or themselves, a member of a team. By the team's records and what is shared
 * with the team, membership widens each permission that the user holds for less than the whole brokerage: these the
 * caller must hold for all of it. Throws 403.
 */
export function checkMayAddToTeam(caller: Caller, user: StoredUser, roleGrants: RoleGrants): void {
  const widened = widest(heldOnceActive(user, roleGrants)).filter((one) => one !== everywhere(one));
  const lacking = notHeld(caller, widened.map(everywhere));
  if (lacking)
    throw new Problem(
      "forbidden",
      `Members reach the team's records and what is shared with it: to add this one you need ${lacking}`,
    );
}

/** Who is deactivated holds nothing now, and all of it once they are active again. */
const heldOnceActive = (user: StoredUser, roleGrants: RoleGrants): readonly RoleGrant[] =>
  callerOf({ ...user, is_active: true }, roleGrants).grants;

/** The grant for the whole brokerage. */
const everywhere = (grant: RoleGrant): RoleGrant => `${partsOf(grant).permission}:brokerage`;

/** A user who is no longer to sign in: every session ends, for good. Their teams, roles and records stay. */
export const deactivated = (user: StoredUser, stamp: Stamp) =>
  // Sessions begun before stay ended when the user is reactivated, too.
  changeRecord(userRecord, user, { is_active: false, password_version: user.password_version + 1 }, stamp);
