import { type Caller, notHeld, type RoleGrant } from "../domain/access.ts";
import type { RoleGrants } from "../domain/caller.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import {
  builtInRoles,
  grantOf,
  maxUserRoles,
  type Role,
  roleRecord,
  type StoredRole,
} from "../domain/role.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { policyKey } from "./brokerages.ts";
import { entriesIn } from "./list.ts";
import { aliveIn, listedIn, recordKey } from "./record-item.ts";
import { changeRecord, loadRecord, mustBeAsRead, type Stamp } from "./records.ts";
import { schemas } from "./schema.ts";
import type {
  CheckWrite,
  DeleteWrite,
  Key,
  PutWrite,
  TableQuerier,
  TableReader,
  UpdateWrite,
} from "./table.ts";

/** The writes by which roles are given and taken. */
type GivingWrite = PutWrite | UpdateWrite | CheckWrite;

/** A role of a brokerage, one of its own or a built-in one; undefined where there is none. */
export async function loadRole(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<StoredRole | undefined> {
  const builtIn = builtInRoles.find((role) => role.id === id);
  return builtIn
    ? ({ ...builtIn, users: 0 } as unknown as StoredRole)
    : loadRecord(table, roleRecord, brokerageId, id);
}

/** All roles of a brokerage: the built-in ones, then its own, the oldest first. */
export async function rolesOf(table: TableQuerier, brokerage_id: string): Promise<Role[]> {
  const own: Role[] = [];
  for await (const entry of entriesIn(table, "kind_at", { brokerage_id, kind: roleRecord.name }))
    own.push(listedIn(roleRecord, entry));
  return [...builtInRoles, ...own];
}

/** Throws 403 for a built-in role. */
export function checkNotBuiltIn(role: Pick<Role, "is_built_in">): void {
  if (role.is_built_in)
    throw new Problem("forbidden", "A built-in role cannot be changed: make one of your own");
}

/** Throws 409 for a name that a built-in role has. */
export function checkNameFree(name: string): void {
  if (builtInRoles.some((role) => role.name === name.toLowerCase())) throw new Problem("name_taken");
}

/** Throws 403 for a grant that the caller does not hold as widely: nobody gives what they do not have. */
export function checkHeld(caller: Caller, grants: readonly RoleGrant[]): void {
  const lacking = notHeld(caller, grants);
  if (lacking) throw new Problem("forbidden", `You do not hold ${lacking}, so you cannot give it`);
}

/** Writes a role's grants into the policy that every request reads: they hold from the next request on. */
export function compiled({ brokerage_id, id, permissions }: StoredRole): UpdateWrite {
  return {
    Update: {
      Key: policyKey(brokerage_id),
      UpdateExpression: "SET #roles.#id = :grants",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeNames: { "#roles": "roles", "#id": id },
      ExpressionAttributeValues: { ":grants": permissions.map(grantOf) satisfies RoleGrant[] },
    },
  };
}

/**
 * Writes a new role's grants. A policy of the release before roles has no place for them: it gets one, and with that
 * the shape of this release.
 */
export async function compiledAnew(table: TableReader, role: StoredRole): Promise<UpdateWrite> {
  const policy = await table.get(policyKey(role.brokerage_id));
  if (policy?.roles) return compiled(role);
  return {
    Update: {
      Key: policyKey(role.brokerage_id),
      UpdateExpression: "SET #roles = :roles, #schema = :schema",
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(#roles)",
      ExpressionAttributeNames: { "#roles": "roles", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":roles": { [role.id]: role.permissions.map(grantOf) },
        ":schema": schemas.policy,
      },
    },
  };
}

/** Takes a role that is deleted out of the policy. */
export const decompiled = ({ brokerage_id, id }: StoredRole): UpdateWrite => ({
  Update: {
    Key: policyKey(brokerage_id),
    UpdateExpression: "REMOVE #roles.#id",
    ConditionExpression: "attribute_exists(pk)",
    ExpressionAttributeNames: { "#roles": "roles", "#id": id },
  },
});

/** The default roles of a brokerage, as they are now: its policy names all that it made. */
async function defaultsOf(
  table: TableReader,
  { brokerage_id }: Caller,
  roleGrants: RoleGrants,
): Promise<StoredRole[]> {
  const keys = Object.keys(roleGrants).map((id) => recordKey(brokerage_id, roleRecord, id));
  if (keys.length === 0) return [];
  const roles = (await table.getMany(keys)).flatMap((item) => aliveIn(roleRecord, item) ?? []);
  return roles.filter(({ is_default }) => is_default);
}

/** Throws 409 where a brokerage has as many default roles as a user may have. */
export async function checkOneMoreDefault(
  table: TableReader,
  caller: Caller,
  roleGrants: RoleGrants,
): Promise<void> {
  if ((await defaultsOf(table, caller, roleGrants)).length >= maxUserRoles)
    throw new Problem("limit_reached", `A brokerage has ${maxUserRoles} default roles at most`);
}

/**
 * The roles that new users get who are no clients: their ids, and the writes that count a user more of each. Throws 403
 * for one that gives what the caller does not hold.
 */
export async function defaultRoles(
  table: TableReader,
  caller: Caller,
  roleGrants: RoleGrants,
): Promise<{ readonly ids: string[]; readonly writes: readonly GivingWrite[] }> {
  const roles = await defaultsOf(table, caller, roleGrants);
  checkHeld(
    caller,
    roles.flatMap(({ permissions }) => permissions.map(grantOf)),
  );
  return { ids: roles.map(({ id }) => id), writes: roles.flatMap(given) };
}

/** Where a role's users are counted: beside its record, for it is no change of the role who has it. */
const userCountKey = ({ brokerage_id, id }: StoredRole): Key => ({
  pk: recordKey(brokerage_id, roleRecord, id).pk,
  sk: "user-count",
});

/** How many users have a role. */
export async function usersOf(table: TableReader, role: StoredRole): Promise<number> {
  return Number((await table.get(userCountKey(role)))?.count ?? role.users);
}

/** Counts a user of a role in or out, in the transaction that gives or takes it. */
const countUser = (role: StoredRole, by: 1 | -1): UpdateWrite => ({
  Update: {
    Key: userCountKey(role),
    UpdateExpression: "SET #count = if_not_exists(#count, :before) + :by, #schema = :schema",
    ExpressionAttributeNames: { "#count": "count", "#schema": "schema" },
    ExpressionAttributeValues: { ":before": role.users, ":by": by, ":schema": schemas.userCount },
  },
});

/** Gives a role to a user more: as it was read, for the caller must hold what it gives. */
const given = (role: StoredRole) => [mustBeAsRead(roleRecord, role), countUser(role, 1)];

/** Removes the count of a role that is deleted. Condition: no user has it. */
export const uncounted = (role: StoredRole): DeleteWrite => ({
  Delete: {
    Key: userCountKey(role),
    ConditionExpression: "attribute_not_exists(#count) OR #count <= :none",
    ExpressionAttributeNames: { "#count": "count" },
    ExpressionAttributeValues: { ":none": 0 },
  },
  ifConditionFails: "in_use",
});

/**
 * The user with other roles, and the counts of those given and taken. Throws 400 at the role that does not exist or is
 * built-in, 403 for one that gives what the caller does not hold.
 */
export async function assignRoles(
  table: TableReader,
  caller: Caller,
  user: StoredUser,
  roleIds: readonly string[],
  stamp: Stamp,
): Promise<{ readonly record: StoredUser; readonly writes: readonly GivingWrite[] }> {
  const wanted = [...new Set(roleIds)];
  const load = (id: string) => loadRecord(table, roleRecord, user.brokerage_id, id);
  const added: StoredRole[] = [];
  for (const [at, id] of wanted.entries()) {
    if (user.role_ids.includes(id)) continue;
    const role = await load(id);
    if (!role) throw invalidInput(`/role_ids/${at}`, "must be a role that the brokerage made");
    checkHeld(caller, role.permissions.map(grantOf));
    added.push(role);
  }
  const removed = await Promise.all(user.role_ids.filter((id) => !wanted.includes(id)).map(load));
  const { record, writes } = changeRecord(userRecord, user, { role_ids: wanted }, stamp);
  const counted = [
    ...added.flatMap(given),
    ...removed.flatMap((role) => (role ? [countUser(role, -1)] : [])),
  ];
  return { record, writes: [...(writes as PutWrite[]), ...counted] };
}

/** The roles that a user has beside the built-in one, with their names, in one request. */
export async function rolesHeld(
  table: TableReader,
  { brokerage_id, role_ids }: Pick<StoredUser, "brokerage_id" | "role_ids">,
): Promise<{ readonly id: string; readonly name: string }[]> {
  if (role_ids.length === 0) return [];
  const items = await table.getMany(role_ids.map((id) => recordKey(brokerage_id, roleRecord, id)));
  return items.flatMap((item) => aliveIn(roleRecord, item) ?? []).map(({ id, name }) => ({ id, name }));
}
