import { ttl } from "../data/records.ts";
import { schemas, withSchemaVersion } from "../data/schema.ts";
import type { DeleteWrite, Item, Key, PutWrite, UpdateWrite } from "../data/table.ts";
import { type EmailLookup, emailKey } from "../data/users.ts";
import type { Invocation } from "../domain/invocation.ts";
import { Problem } from "../domain/problem.ts";
import { log } from "../entry/log.ts";

const minute = 60_000;
const window = 15 * minute;
/** Days for which an IP address with a failed attempt is remembered at the account. */
const wrongDays = 30;

/**
 * How many password attempts may fail in a window of fifteen minutes: ten of an account, from IP addresses that its owner
 * signed in from. All other addresses share four, and then those that never failed there one a minute, six at most: so
 * no more than ten, too. Addresses that guessed wrong lock nobody out; an attacker needs a new one for each minute.
 */
const limits = { account: 10, accountByStrangers: 4, accountByNewAddresses: 6, address: 100 } as const;
/** How many password resets may be asked for from an IP address in the same window. */
const resetsByAddress = 30;

type Commit = (writes: readonly UpdateWrite[], body: undefined) => Promise<unknown>;

export interface PasswordAttempt {
  /** The request's id: the attempt is counted once however often it is written. */
  readonly id: string;
  readonly email: string;
  readonly address: string | null;
  /**
   * The history of the IP address at the account: its owner signed in from it (`known`), nobody failed from it
   * (`new`), or somebody did (`wrong`).
   */
  readonly standing: "known" | "new" | "wrong";
}

/** Counts one password attempt before the comparison, for unknown emails too; throws 429 beyond the limits. */
export async function countAttempt(
  commit: Commit,
  { id, email, address, standing }: PasswordAttempt,
  now: Date,
): Promise<void> {
  const { pk } = emailKey(email);
  if (!(await count(commit, attemptsOf(addressPartition(address), limits.address), id, now)))
    throw tooMany("address", limits.address, window, now);
  const limit = standing === "known" ? limits.account : limits.accountByStrangers;
  if (await count(commit, attemptsOf(pk, limit), id, now)) return;
  const isNew = standing === "new";
  if (isNew && (await count(commit, minutesOf(pk), spanEnd(minute, now).toISOString(), now))) return;
  // Nothing is compared, so nothing fails: one device with an old password must not use up its whole office's attempts.
  await uncount(commit, addressPartition(address), id, now);
  throw tooMany("email", limits.account, isNew ? minute : window, now);
}

/** Counts one request for a password reset at its IP address; throws 429 beyond the limit, whatever the email is. */
export async function countReset(
  commit: Commit,
  { id, address }: { readonly id: string; readonly address: string | null },
  now: Date,
): Promise<void> {
  const counter = {
    pk: addressPartition(address),
    name: "resets",
    limit: resetsByAddress,
    mayRepeat: true,
  } as const;
  if (!(await count(commit, counter, id, now)))
    throw tooMany("address", resetsByAddress, window, now, "requests for a new password");
}

/** The writes that forget the failed attempts of an account: its owner has shown by a mailed link who they are. */
export const forgetAttempts = (email: string, now: Date): DeleteWrite[] =>
  (["guesses", "guesses-of-new"] as const).map((name) => ({
    Delete: { Key: counterKey(emailKey(email).pk, name, now) },
  }));

/** Uncounts an attempt at account and IP address: the password was right, and only failures are counted. */
export async function uncountAttempt(
  commit: Commit,
  { id, email, address }: Pick<PasswordAttempt, "id" | "email" | "address">,
  now: Date,
): Promise<void> {
  await Promise.all(
    [emailKey(email).pk, addressPartition(address)].map((pk) => uncount(commit, pk, id, now)),
  );
}

const uncount = (commit: Commit, pk: string, id: string, now: Date): Promise<unknown> =>
  commit(
    [
      {
        Update: {
          Key: counterKey(pk, "guesses", now),
          UpdateExpression: "DELETE guesses :guess",
          ConditionExpression: "contains(guesses, :id)",
          ExpressionAttributeValues: { ":guess": new Set([id]), ":id": id },
        },
      },
    ],
    undefined,
  ).catch(() => {});

/** Days for which a failed sign-in is kept at the email: the log has it within seconds. */
const failedDays = 2;

/**
 * The write that tells the log of a failed sign-in. It is the same write for an unknown email, which belongs to no
 * brokerage and so to no log.
 */
export const failedSignIn = (
  email: string,
  account: Pick<EmailLookup, "brokerage_id" | "id"> | undefined,
  { now, written }: Pick<Invocation, "now" | "written">,
): PutWrite => ({
  Put: {
    Item: withSchemaVersion("failed", {
      pk: emailKey(email).pk,
      sk: `failed#${written.operation_id}`,
      brokerage_id: account?.brokerage_id ?? "-",
      id: account?.id ?? "-",
      at: now.toISOString(),
      ttl: ttl(new Date(now.getTime() + failedDays * 24 * 60 * minute)),
      written,
    }),
  },
});

/** The key of the item that says that an IP address (given as its hash) failed at an account. */
export const failedAddressKey = (email: string, hashedAddress: string): Key => ({
  pk: emailKey(email).pk,
  sk: `wrong#${hashedAddress}`,
});

/** The write that remembers that an IP address failed at an account. */
export const rememberFailedAddress = (email: string, hashedAddress: string, now: Date): PutWrite =>
  failedAddress(email, hashedAddress, new Date(now.getTime() + wrongDays * 24 * 60 * minute));

/** The write that forgets it, when the owner has signed in from there. */
export const forgetFailedAddress = (email: string, hashedAddress: string, now: Date): PutWrite =>
  failedAddress(email, hashedAddress, now);

const failedAddress = (email: string, hashedAddress: string, until: Date): PutWrite => ({
  Put: { Item: withSchemaVersion("wrong", { ...failedAddressKey(email, hashedAddress), ttl: ttl(until) }) },
});

/** Whether that is still remembered: DynamoDB removes expired items days later. */
export const isRemembered = (item: Item | undefined, now: Date): boolean => Number(item?.ttl) > ttl(now);

/** A set of what was counted in a window: requests by their ids, or the minutes in which new addresses had theirs. */
interface Counter {
  readonly pk: string;
  readonly name: "guesses" | "guesses-of-new" | "resets";
  readonly limit: number;
  /** Whether what is in the set already counts as added: an attempt whose answer was lost is written again. */
  readonly mayRepeat: boolean;
}

const attemptsOf = (pk: string, limit: number): Counter => ({ pk, name: "guesses", limit, mayRepeat: true });
const minutesOf = (pk: string): Counter => ({
  ...{ pk, name: "guesses-of-new" },
  ...{ limit: limits.accountByNewAddresses, mayRepeat: false },
});

/** Adds a member to a counter; false when the counter is full, or the member is taken. */
async function count(commit: Commit, counter: Counter, member: string, now: Date): Promise<boolean> {
  const { pk, name, limit, mayRepeat } = counter;
  const isFree = mayRepeat
    ? "size(guesses) < :limit OR contains(guesses, :member)"
    : "(size(guesses) < :limit AND NOT contains(guesses, :member))";
  const write: UpdateWrite = {
    Update: {
      Key: counterKey(pk, name, now),
      UpdateExpression: "ADD guesses :added SET #ttl = :ttl, #schema = :schema",
      ConditionExpression: `attribute_not_exists(guesses) OR ${isFree}`,
      ExpressionAttributeNames: { "#ttl": "ttl", "#schema": "schema" },
      ExpressionAttributeValues: {
        ":added": new Set([member]),
        ":member": member,
        ":limit": limit,
        ":ttl": ttl(spanEnd(window, now)),
        ":schema": schemas.guesses,
      },
    },
    ifConditionFails: "too_many_requests",
  };
  try {
    await commit([write], undefined);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === "too_many_requests") return false;
    throw error;
  }
}

function tooMany(
  by: "address" | "email",
  limit: number,
  span: number,
  now: Date,
  what = "password attempts",
): Problem {
  log("sign_in_limited", { by });
  const seconds = String(Math.ceil((spanEnd(span, now).getTime() - now.getTime()) / 1000));
  return new Problem(
    "too_many_requests",
    `Too many ${what}: wait as long as Retry-After says, then try again`,
    {
      headers: {
        "retry-after": seconds,
        "ratelimit-limit": String(limit),
        "ratelimit-remaining": "0",
        "ratelimit-reset": seconds,
      },
    },
  );
}

const spanEnd = (span: number, now: Date) => new Date((Math.floor(now.getTime() / span) + 1) * span);

const counterKey = (pk: string, name: Counter["name"], now: Date): Key => ({
  pk,
  sk: `${name}#${spanEnd(window, now).toISOString()}`,
});

const addressPartition = (address: string | null) => `address#${address}`;
