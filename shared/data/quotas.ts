import type { Caller } from "../domain/access.ts";
import { type LimitName, limits } from "../domain/limits.ts";
import { Problem } from "../domain/problem.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Key, UpdateWrite } from "./table.ts";

const day = 86_400_000;

/**
 * The write that counts one of what `limits` limits. It belongs into the transaction of what it counts: what is not
 * written is not counted, a repeat with its Idempotency-Key neither, and of any number at once so many pass. Beyond the
 * limit the transaction is refused with 429.
 */
export function counted(
  name: LimitName,
  { brokerage_id, user_id }: Pick<Caller, "brokerage_id" | "user_id">,
  now: Date,
): UpdateWrite {
  const { most, per } = limits[name];
  const end = endOfDay(now);
  return {
    Update: {
      Key: countKey(name, { brokerage_id, user_id }, now),
      UpdateExpression: "ADD used :one SET #ttl = :ttl, #schema = :schema",
      ConditionExpression: "attribute_not_exists(used) OR used < :most",
      ExpressionAttributeNames: { "#ttl": "ttl", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":one": 1,
        ":most": most,
        ":ttl": ttl(new Date(end.getTime() + day)),
        ":schema": withSchemaVersion("used", {}).schema,
      },
    },
    ifConditionFails: () => reached(name, per, most, end, now),
  };
}

/** Where the uses of a day are counted. */
export const countKey = (
  name: LimitName,
  { brokerage_id, user_id }: Pick<Caller, "brokerage_id" | "user_id">,
  now: Date,
): Key => ({
  pk: `${brokerage_id}#used#${limits[name].per === "user" ? user_id : "all"}`,
  sk: `${name}#${endOfDay(now).toISOString()}`,
});

const endOfDay = (now: Date) => new Date((Math.floor(now.getTime() / day) + 1) * day);

function reached(name: string, per: string, most: number, end: Date, now: Date): Problem {
  const seconds = String(Math.ceil((end.getTime() - now.getTime()) / 1000));
  const whose = per === "user" ? "You have" : "The brokerage has";
  return new Problem(
    "too_many_requests",
    `${whose} made the ${most} ${name} of this day (UTC): wait as long as Retry-After says`,
    {
      headers: {
        "retry-after": seconds,
        "ratelimit-limit": String(most),
        "ratelimit-remaining": "0",
        "ratelimit-reset": seconds,
      },
    },
  );
}
