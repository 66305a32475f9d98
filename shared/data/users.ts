import type * as z from "zod/mini";
import type { Invocation, Written } from "../domain/invocation.ts";
import { type Person, User as UserSchema } from "../domain/user.ts";
import { create, firstVersion, isAlive, nextVersion, recordKey, replace, type Stored } from "./records.ts";
import type { Item, Key, TableReader, Write } from "./table.ts";

/** A user as stored. */
export type User = Stored &
  z.output<typeof UserSchema> & {
    readonly entity: "user";
    /** PHC string. */
    readonly password_hash: string;
    /** Counts the passwords: a session begun under an older one has ended. */
    readonly password_version: number;
    readonly team_ids: readonly string[];
  };

/** What stands at an email: whose it is, and marks of the last addresses that its owner signed in from. */
export interface EmailLookup extends Key {
  readonly brokerage_id: string;
  readonly user_id: string;
  readonly addresses: readonly string[];
  readonly written: Written;
}

export const userKey = (brokerageId: string, userId: string) => recordKey(brokerageId, "user", userId);

/** Lookup from an email to its user, over the whole deployment. */
export const emailKey = (email: string): Key => ({ pk: `email#${email}`, sk: "lookup" });

/** The answer kept for an Idempotency-Key stands beside the user who sent it. */
export const answerKey = (brokerageId: string, userId: string, operation: string, key: string) => ({
  pk: userKey(brokerageId, userId).pk,
  sk: `answer#${operation}#${key}`,
});

/** The item for a user; `summary` is what lists show. */
export function userItem(user: User): Item & User {
  return { ...user, summary: UserSchema.parse(user) } as Item & User;
}

/** A new user, and the writes that make one: the email stands for one user over the whole deployment. */
export function newUser(
  person: Pick<z.output<typeof Person>, "email" | "first_name" | "last_name"> &
    Pick<User, "role" | "password_hash">,
  brokerageId: string,
  { now, newId, written }: Pick<Invocation, "now" | "newId" | "written">,
): { readonly user: User; readonly writes: readonly Write[] } {
  const id = newId();
  const user: User = {
    ...userKey(brokerageId, id),
    entity: "user",
    brokerage_id: brokerageId,
    id,
    ...firstVersion({ now, written }),
    email: person.email,
    first_name: person.first_name,
    last_name: person.last_name,
    role: person.role,
    is_active: true,
    password_hash: person.password_hash,
    password_version: 1,
    team_ids: [],
  };
  const lookup: EmailLookup = {
    ...emailKey(user.email),
    brokerage_id: brokerageId,
    user_id: id,
    addresses: [],
    written,
  };
  return { user, writes: [create({ ...lookup }, "email_taken"), create(userItem(user))] };
}

/** Reads a user; undefined when there is none. */
export async function readUser(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<User | undefined> {
  const item = await table.get<Item & User>(userKey(brokerageId, id));
  return isAlive(item) ? item : undefined;
}

/** How many addresses an account's owner is known by. */
const addressesKept = 5;

/** Notes at the email that its owner signed in from an address, given as its mark. */
export function rememberAddress(lookup: EmailLookup, mark: string): Write {
  return {
    Update: {
      Key: { pk: lookup.pk, sk: lookup.sk },
      UpdateExpression: "SET addresses = :addresses",
      ConditionExpression: "attribute_exists(pk)",
      ExpressionAttributeValues: { ":addresses": [mark, ...lookup.addresses].slice(0, addressesKept) },
    },
  };
}

/** Keeps the same password under a costlier hash: nothing that the record's version counts. */
export function updateHash(user: User, hash: string): Write {
  return {
    Update: {
      Key: userKey(user.brokerage_id, user.id),
      UpdateExpression: "SET password_hash = :hash",
      ConditionExpression: "password_version = :version",
      ExpressionAttributeValues: { ":hash": hash, ":version": user.password_version },
    },
  };
}

/** Changes the password; every session begun under the old one ends with it. */
export function changePasswordHash(
  user: User,
  password_hash: string,
  now: Date,
  written: Written,
): readonly [User, Write] {
  const changes = { password_hash, password_version: user.password_version + 1 };
  const next = nextVersion(user, changes, now, written);
  return [next, { ...replace(userItem(next)), otherwise: "conflict" }];
}
