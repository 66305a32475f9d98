import { type Caller, type Resource, scopeOf } from "../domain/access.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import { invalidInput, Problem } from "../domain/problem.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { recordKey } from "./record-item.ts";
import { changeRecord, loadRecord, lookupKey, orConflict, type Stamp } from "./records.ts";
import type { Key, PutWrite, TableReader, UpdateWrite } from "./table.ts";

/** The lookup item of an email: whose it is, and marks of the last addresses that its owner signed in from. */
export interface EmailLookup extends Key {
  readonly brokerage_id: string;
  readonly id: string;
  readonly addresses?: readonly string[];
  readonly written: WriteStamp;
}

/** Lookup from an email to its user, over the whole deployment. */
export const emailKey = (email: string): Key => lookupKey(userRecord, "email", email);

/** The answer kept for an Idempotency-Key stands beside the user who sent it. */
export const answerKey = (brokerageId: string, userId: string, operation: string, key: string) => ({
  pk: recordKey(brokerageId, userRecord, userId).pk,
  sk: `answer#${operation}#${key}`,
});

/**
 * Checks that the caller may make a user the owner of a record: oneself, or with the brokerage's scope any active user
 * of it who is no client. Throws 403, or 400 at `owner_user_id`.
 */
export async function checkAssignableOwner(
  table: TableReader,
  caller: Caller,
  resource: Resource,
  userId: string,
): Promise<void> {
  if (userId === caller.user_id) return;
  if (scopeOf(caller, `${resource}:write`) !== "brokerage")
    throw new Problem("forbidden", `Your role may not assign a ${resource} to another user`);
  const user = await loadRecord(table, userRecord, caller.brokerage_id, userId);
  if (!user?.is_active || user.role === "client")
    throw invalidInput("/owner_user_id", "must be an active agent, employee or admin of this brokerage");
}

/** How many addresses an account's owner is known by. */
const addressesKept = 5;

/** Notes at the email that its owner signed in from an address, given as its mark. */
export function rememberAddress({ pk, sk, addresses = [] }: EmailLookup, mark: string): UpdateWrite {
  return {
    Update: {
      Key: { pk, sk },
      UpdateExpression: "SET addresses = :addresses",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":addresses": [mark, ...addresses].slice(0, addressesKept) },
    },
  };
}

/** Replaces the hash of the same password by one of today's cost; does not change the record's version. */
export function updateHash({ brokerage_id, id, password_version }: StoredUser, hash: string): UpdateWrite {
  return {
    Update: {
      Key: recordKey(brokerage_id, userRecord, id),
      UpdateExpression: "SET detail.password_hash = :hash",
      ConditionExpression: "detail.password_version = :version",
      ExpressionAttributeValues: { ":hash": hash, ":version": password_version },
    },
  };
}

/** Changes the password; ends every session begun under the old one. */
export function changePasswordHash(
  user: StoredUser,
  password_hash: string,
  stamp: Stamp,
): { readonly user: StoredUser; readonly writes: readonly PutWrite[] } {
  const changes = { password_hash, password_version: user.password_version + 1 };
  const { record, writes } = changeRecord(userRecord, user, changes, stamp);
  return { user: record, writes: orConflict(writes) };
}
