import { type Caller, type Guarded, type ResourceWith, scopeOf } from "../domain/access.ts";
import { type Owned, onlyTeam } from "../domain/ownership.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { loadRecord } from "./records.ts";
import { checkNotOnlyShared } from "./shares.ts";
import type { TableReader } from "./table.ts";

/** What a body may say of the owner of a record. */
interface Said {
  readonly owner_user_id?: string | undefined;
  readonly team_id?: string | null | undefined;
}

/**
 * Whose a new record is: the caller's, or with the brokerage's scope that of any active user of it who is no client; in
 * the owner's only team unless a team is named. Throws 403, or 400 at `owner_user_id` or `team_id`, below `prefix`.
 */
export async function newOwner(
  table: TableReader,
  caller: Caller,
  resource: ResourceWith<"write">,
  { owner_user_id = caller.user_id, team_id }: Said,
  prefix = "",
): Promise<Owned> {
  if (owner_user_id === caller.user_id)
    return { owner_user_id, team_id: teamAmong(caller.team_ids, team_id) };
  checkMayAssign(caller, resource);
  const user = await loadRecord(table, userRecord, caller.brokerage_id, owner_user_id);
  if (!mayOwn(user))
    throw invalidInput(
      `${prefix}/owner_user_id`,
      "must be an active agent, employee or admin of this brokerage",
    );
  return { owner_user_id, team_id: teamAmong(user.team_ids, team_id) };
}

/**
 * What a patch changes of whose a record is: a new owner, whose only team it is then in unless a team is named, or
 * another team of its owner. Throws as `newOwner` does, and 403 for a caller to whom the record is only shared.
 */
export async function changedOwner(
  table: TableReader,
  caller: Caller,
  resource: ResourceWith<"write">,
  record: Owned & Guarded,
  { owner_user_id = record.owner_user_id, team_id }: Said,
  now: Date,
  prefix = "",
): Promise<Partial<Owned>> {
  if (owner_user_id !== record.owner_user_id) {
    // Not even to oneself: who may write a record that is shared with them would take it over.
    checkMayAssign(caller, resource);
    return newOwner(table, caller, resource, { owner_user_id, team_id }, prefix);
  }
  if (team_id === undefined || team_id === record.team_id) return {};
  checkNotOnlyShared(caller, resource, record, now);
  const owner = await loadRecord(table, userRecord, caller.brokerage_id, owner_user_id);
  return { team_id: teamAmong(owner?.team_ids ?? [], team_id) };
}

/** Whether a user may be the owner of records. */
export const mayOwn = (user: StoredUser | undefined): user is StoredUser =>
  user?.is_active === true && user.role !== "client";

/** Throws 403 for a caller who may not decide whose the brokerage's records are. */
export function checkMayAssign(caller: Caller, resource: ResourceWith<"write">): void {
  if (scopeOf(caller, `${resource}:write`) !== "brokerage")
    throw new Problem("forbidden", `Your role may not assign a ${resource} to another user`);
}

function teamAmong(teamIds: readonly string[], said: string | null | undefined): string | null {
  if (said === undefined) return onlyTeam(teamIds);
  if (said !== null && !teamIds.includes(said)) throw invalidInput("/team_id", "must be a team of the owner");
  return said;
}
