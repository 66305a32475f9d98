import { ttl } from "../data/records.ts";
import { versioned } from "../data/schema.ts";
import type { Key, UpdateWrite } from "../data/table.ts";
import { emailKey } from "../data/users.ts";
import { Problem } from "../domain/problem.ts";
import { log } from "../entry/log.ts";

const windowMinutes = 15;

/**
 * How often a password is compared in a window of fifteen minutes by the clock. Of an account's ten some are kept
 * for addresses that its owner signed in from, so that strangers cannot lock the owner out. A right password gives
 * its count back: only failures stay counted.
 */
const limits = { account: 10, accountByStrangers: 7, address: 100 } as const;

type Commit = (writes: readonly UpdateWrite[], body: undefined) => Promise<unknown>;

interface Guess {
  readonly email: string;
  readonly address: string | null;
  /** Whether the account's owner signed in from the address before. */
  readonly known: boolean;
}

/** Counts one comparison before it is made, alike for emails that nobody has; beyond the limits throws 429. */
export async function spendGuess(commit: Commit, { email, address, known }: Guess, now: Date): Promise<void> {
  await spend(commit, addressPartition(address), limits.address, limits.address, now);
  const limit = known ? limits.account : limits.accountByStrangers;
  await spend(commit, emailKey(email).pk, limit, limits.account, now);
}

/** Gives account and address their count back: the password was right, and only failures count in the end. */
export async function returnGuess(
  commit: Commit,
  { email, address }: Pick<Guess, "email" | "address">,
  now: Date,
): Promise<void> {
  const back = (pk: string) =>
    commit(
      [
        {
          Update: {
            Key: counterKey(pk, now),
            UpdateExpression: "ADD used :back",
            ConditionExpression: "used > :none",
            ExpressionAttributeValues: { ":back": -1, ":none": 0 },
          },
        },
      ],
      undefined,
    ).catch(() => {});
  await Promise.all([emailKey(email).pk, addressPartition(address)].map(back));
}

async function spend(commit: Commit, pk: string, limit: number, shown: number, now: Date): Promise<void> {
  const end = windowEnd(now);
  const count: UpdateWrite = {
    Update: {
      Key: counterKey(pk, now),
      // A write whose answer was lost is sent again and counts twice: that errs on the safe side.
      UpdateExpression: "ADD used :one SET #ttl = :ttl, #schema = :schema",
      ConditionExpression: "attribute_not_exists(used) OR used < :limit",
      ExpressionAttributeNames: { "#ttl": "ttl", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":one": 1,
        ":limit": limit,
        ":ttl": ttl(end),
        ":schema": versioned("guesses", {}).schema,
      },
    },
    ifConditionFails: "too_many_requests",
  };
  try {
    await commit([count], undefined);
  } catch (error) {
    if (!(error instanceof Problem) || error.code !== "too_many_requests") throw error;
    log("sign_in_limited", { by: pk.split("#")[0] });
    const seconds = String(Math.ceil((end.getTime() - now.getTime()) / 1000));
    throw new Problem("too_many_requests", "Too many attempts to sign in: wait, then try again", {
      headers: {
        "retry-after": seconds,
        "ratelimit-limit": String(shown),
        "ratelimit-remaining": "0",
        "ratelimit-reset": seconds,
      },
    });
  }
}

const milliseconds = windowMinutes * 60_000;
const windowEnd = (now: Date) => new Date((Math.floor(now.getTime() / milliseconds) + 1) * milliseconds);
const counterKey = (pk: string, now: Date): Key => ({ pk, sk: `guesses#${windowEnd(now).toISOString()}` });
const addressPartition = (address: string | null) => `address#${address}`;
