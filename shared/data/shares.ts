import type * as z from "zod/mini";
import {
  type Caller,
  decide,
  type Guarded,
  hasEnded,
  type Permission,
  type ResourceWith,
  type Shares,
  scopeOf,
} from "../domain/access.ts";
import { callerOf, type RoleGrants } from "../domain/caller.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import type { AnyRecordType, Meta, RecordOf } from "../domain/record-type.ts";
import { instant } from "../domain/schemas.ts";
import {
  type GranteeKind,
  granteeKinds,
  lasting,
  maxShares,
  type NewShare,
  type Share,
} from "../domain/share.ts";
import { teamRecord } from "../domain/team.ts";
import { userRecord } from "../domain/user.ts";
import { changeInTurn, changeRecord, loadRecord, orConflict, type Stamp, stillAsHanded } from "./records.ts";
import type { PutWrite, TableReader, TableWriter } from "./table.ts";

/** Whom a share is for, as a path names it. */
interface Grantee {
  readonly grantee_kind: string;
  readonly grantee_id: string;
}

interface Asked extends Stamp {
  readonly caller: Caller;
  readonly params: Grantee;
}

/**
 * Shares a record with a user or a team, or changes how. Throws 404 for another kind of grantee, 403 for a caller to whom
 * it is only shared, 422 for a grantee who cannot hold it, 400 for an end that has passed, 409 `limit_reached`.
 */
export async function shareRecord<T extends AnyRecordType>(
  table: TableReader,
  type: T,
  record: RecordOf<T>,
  { access, until }: z.output<typeof NewShare>,
  { caller, roleGrants, params, ...stamp }: Asked & { readonly roleGrants: RoleGrants },
): Promise<{ readonly share: Share; readonly writes: readonly PutWrite[] }> {
  checkNotOnlyShared(caller, type.guard, record, stamp.now);
  const grantee = granteeOf(params);
  const end = until === undefined ? undefined : instant(until);
  if (hasEnded(end, stamp.now)) throw invalidInput("/until", "must be in the future");
  const permission = `${type.guard}:${access}` as Permission;
  if (grantee.name === `user:${(record as Guarded).owner_user_id}`)
    throw new Problem("cannot_share", "They own it");
  await checkGrantee(table, record.brokerage_id, permission, grantee, roleGrants);
  const { [grantee.name]: _, ...others } = lasting(record.shares, stamp.now);
  if (Object.keys(others).length >= maxShares)
    throw new Problem("limit_reached", `A record has ${maxShares} shares at most`);
  const shares = {
    ...others,
    [grantee.name]: { access, ...(end ? { until: end } : {}) },
  };
  const { kind: grantee_kind, id: grantee_id } = grantee;
  return {
    share: { grantee_kind, grantee_id, access, until: end ?? null },
    writes: withShares(type, record, shares, stamp),
  };
}

/** Ends a share. Throws 404 where there is none, 403 for a caller to whom the record is only shared. */
export function unshareRecord<T extends AnyRecordType>(
  type: T,
  record: RecordOf<T>,
  { caller, params, ...stamp }: Asked,
): readonly PutWrite[] {
  checkNotOnlyShared(caller, type.guard, record, stamp.now);
  const { [granteeOf(params).name]: ended, ...shares }: Shares = record.shares ?? {};
  if (!ended) throw new Problem("not_found", "The record is not shared with them");
  return withShares(type, record, shares, stamp);
}

/** Takes the shares that have ended out of a record; false where there are none. */
export const removeEndedShares = (
  table: TableWriter<PutWrite>,
  type: AnyRecordType,
  { brokerage_id, id }: Pick<Meta, "brokerage_id" | "id">,
  stamp: Stamp,
): Promise<boolean> =>
  changeInTurn(table as TableWriter, type, brokerage_id, id, (record) => {
    const shares = lasting(record.shares, stamp.now);
    return Object.keys(shares).length === Object.keys(record.shares ?? {}).length
      ? undefined
      : changeRecord<AnyRecordType, object>(type, record, { shares, ...stillAsHanded(record) }, stamp).writes;
  });

const withShares = <T extends AnyRecordType>(type: T, record: RecordOf<T>, shares: Shares, stamp: Stamp) =>
  orConflict(changeRecord<T, object>(type, record, { shares } as object, stamp).writes);

function granteeOf({ grantee_kind, grantee_id }: Grantee) {
  const kind = granteeKinds.find((one) => one === grantee_kind);
  if (!kind) throw new Problem("not_found", `Share with ${granteeKinds.join(" or ")}`);
  return { kind, id: grantee_id, name: `${kind}:${grantee_id}` };
}

/** Throws 403 for a caller who may write a record only because it is shared with them, so may neither delete nor share. */
export function checkNotOnlyShared(
  caller: Caller,
  resource: ResourceWith<"write">,
  record: Guarded,
  now: Date,
): void {
  const { rule } = decide(caller, `${resource}:write`, record, now);
  if (rule === "shared" || rule === "shared_with_team")
    throw new Problem("forbidden", "The record is only shared with you: ask its owner to do this");
}

async function checkGrantee(
  table: TableReader,
  brokerageId: string,
  permission: Permission,
  { kind, id }: { readonly kind: GranteeKind; readonly id: string },
  roleGrants: RoleGrants,
): Promise<void> {
  if (kind === "team") {
    if (!(await loadRecord(table, teamRecord, brokerageId, id)))
      throw new Problem("cannot_share", "The brokerage has no team with this id");
    return;
  }
  const user = await loadRecord(table, userRecord, brokerageId, id);
  if (!user?.is_active) throw new Problem("cannot_share", "The brokerage has no active user with this id");
  if (scopeOf(callerOf(user, roleGrants), permission) === undefined)
    throw new Problem(
      "cannot_share",
      `No role of theirs gives ${permission}: share for reading, or give them a role that does`,
    );
}
