import type { Caller } from "../domain/access.ts";
import { apiKeyRecord } from "../domain/api-key.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import { Problem } from "../domain/problem.ts";
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

/** The answer kept for an Idempotency-Key stands beside the user, or the API key, that sent it. */
export const answerKey = (
  { brokerage_id, user_id, api_key_id }: Pick<Caller, "brokerage_id" | "user_id" | "api_key_id">,
  operation: string,
  key: string,
): Key => ({
  pk: api_key_id
    ? recordKey(brokerage_id, apiKeyRecord, api_key_id).pk
    : recordKey(brokerage_id, userRecord, user_id).pk,
  sk: `answer#${operation}#${key}`,
});

/** A user of the brokerage. Throws 404 for one who is not active, or is none of it. */
export async function loadActiveUser(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<StoredUser> {
  const user = await loadRecord(table, userRecord, brokerageId, id);
  if (!user?.is_active) throw new Problem("not_found", "The brokerage has no active user with this id");
  return user;
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

/** Changes the password; ends every session begun under the old one, and every link that was mailed to set it. */
export function changePasswordHash(
  user: StoredUser,
  password_hash: string,
  stamp: Stamp,
  email_verified_at = user.email_verified_at,
): { readonly user: StoredUser; readonly writes: readonly PutWrite[] } {
  const changes = { password_hash, password_version: user.password_version + 1, email_verified_at };
  const { record, writes } = changeRecord(userRecord, user, changes, stamp);
  return { user: record, writes: orConflict(writes) };
}
