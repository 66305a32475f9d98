import { type Caller, decide, type Guarded, type Permission, type Resource } from "../domain/access.ts";
import { callerOf, heldBy, type RoleGrants } from "../domain/caller.ts";
import { entities } from "../domain/entities.ts";
import { explain } from "../domain/explain.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { decryptCursor, encryptCursor } from "./cursor.ts";
import type { ListQuery } from "./list.ts";
import { entriesFrom, type Page } from "./list.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { loadGuarded } from "./records.ts";
import { rolesHeld } from "./roles.ts";
import type { Item, TableQuerier, TableReader } from "./table.ts";

/** Which record, and what is to be done with it. */
export interface Asked {
  readonly entity: string;
  readonly id: string;
  readonly permission: Permission;
}

/** A record whose access is asked for: what it is called, and what decides about it. */
interface AskedRecord {
  readonly called: string;
  readonly guarded: Guarded;
}

/** Loads it. Throws 400 for a permission that is about something else, 404 where the asker may not read the record. */
export async function recordAskedFor(
  table: TableReader,
  asker: Caller,
  { entity, id, permission }: Asked,
  now: Date,
): Promise<AskedRecord> {
  const type = entities.get(entity)!;
  const guard = type.guard as Resource;
  if (!permission.startsWith(`${guard}:`))
    throw invalidInput("?permission", `must be of ${guard}: ${entity} records are guarded by that`);
  const found = await loadGuarded(table, type, asker.brokerage_id, id);
  if (!found || !decide(asker, `${guard}:read`, found.guarded, now).allowed) throw new Problem("not_found");
  const called = type.parent ? `${type.parent.name} of the ${type.name}` : type.name;
  return { called: called.replace(/^cma$/, "market analysis"), guarded: found.guarded };
}

/** Decides what a user may do with a record, and says why. */
export async function explainAccess(
  table: TableReader,
  user: StoredUser,
  roleGrants: RoleGrants,
  permission: Permission,
  { called, guarded }: AskedRecord,
  now: Date,
) {
  const { allowed, rule } = decide(callerOf(user, roleGrants), permission, guarded, now);
  const held = heldBy(user, roleGrants, permission);
  const roles = await rolesHeld(table, {
    ...user,
    role_ids: user.role_ids.filter((id) => id === held?.from),
  });
  const named = held && { ...held, from: roles[0]?.name ?? held.from };
  return {
    allowed,
    rule,
    because: explain({ rule, user, permission, held: named, called, record: guarded }),
  };
}

/** One page of the users who may do something with a record: as many users as its limit says are looked at. */
export async function allowedUsers(
  table: TableQuerier,
  { brokerage_id }: Caller,
  roleGrants: RoleGrants,
  { entity, id, permission, limit, cursor }: Asked & ListQuery,
  { guarded }: AskedRecord,
  cursorKey: string,
  now: Date,
): Promise<Page<{ user_id: string; rule: ReturnType<typeof decide>["rule"] }>> {
  const scope = JSON.stringify(["access", entity, id, permission]);
  const from = cursor === undefined ? undefined : decryptCursor<Item>(cursor, cursorKey, scope);
  const { items, last } = await entriesFrom(
    table,
    "kind_at",
    { brokerage_id, kind: userRecord.name },
    from,
    limit,
  );
  // The index does not carry roles and teams, and lags behind.
  const users =
    items.length === 0
      ? []
      : await table.getMany(items.map((entry) => recordKey(brokerage_id, userRecord, String(entry.id))));
  const decided = users
    .flatMap((item) => aliveIn(userRecord, item) ?? [])
    .map((user) => ({ user_id: user.id, ...decide(callerOf(user, roleGrants), permission, guarded, now) }));
  return {
    items: decided.filter(({ allowed }) => allowed).map(({ user_id, rule }) => ({ user_id, rule })),
    next_cursor: last ? encryptCursor(last, cursorKey, scope) : null,
  };
}
