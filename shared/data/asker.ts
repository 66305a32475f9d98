import type { Caller } from "../domain/access.ts";
import { apiKeyRecord, grantsOf, isLiveKey } from "../domain/api-key.ts";
import { callerOf, keyCaller } from "../domain/caller.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import { grantOf, roleRecord } from "../domain/role.ts";
import { userRecord } from "../domain/user.ts";
import { apiKeyItemKey } from "./api-keys.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import type { TableReader } from "./table.ts";

/** A job that somebody asked for. */
interface AskedJob {
  readonly brokerage_id: string;
  readonly owner_user_id: string;
  readonly asked: WriteStamp;
}

/**
 * Who asked for a job, with what they hold now; undefined where they are deactivated, or their API key has ended. Roles
 * are read as records: the policy has the brokerage's key, which workers do not read.
 */
export async function askerOf(
  table: TableReader,
  { brokerage_id, owner_user_id, asked }: AskedJob,
  now: Date,
): Promise<Caller | undefined> {
  const { api_key_id } = asked;
  const [userItem, keyItem] = await table.getMany([
    recordKey(brokerage_id, userRecord, owner_user_id),
    ...(api_key_id ? [apiKeyItemKey({ brokerage_id, api_key_id })] : []),
  ]);
  const user = aliveIn(userRecord, userItem);
  if (!user?.is_active) return undefined;
  const roles = user.role_ids.length
    ? await table.getMany(user.role_ids.map((id) => recordKey(brokerage_id, roleRecord, id)))
    : [];
  const held = roles.flatMap((item) => aliveIn(roleRecord, item) ?? []);
  const caller = callerOf(
    user,
    Object.fromEntries(held.map(({ id, permissions }) => [id, permissions.map(grantOf)])),
  );
  if (!api_key_id) return caller;
  const key = aliveIn(apiKeyRecord, keyItem);
  return key && isLiveKey(key, user, now)
    ? keyCaller(caller, { id: key.id, grants: grantsOf(key) })
    : undefined;
}
