import type { MailKind } from "../domain/mail.ts";
import { type StoredUser, userRecord } from "../domain/user.ts";
import { policyIn, policyKey } from "./brokerages.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { readSignedIds, signIds, type TokenKind } from "./signed-ids.ts";
import type { TableReader } from "./table.ts";

/** What a mailed link is good for, and what must not have changed since it was mailed. Links are never stored. */
interface Purpose {
  readonly tokens: TokenKind;
  boundTo(user: StoredUser): string;
}

const purposes = {
  /** Sets a password. A link ends when a password is set, with it or otherwise. */
  password: {
    tokens: { purpose: "set a password", ids: 2, expires: true },
    boundTo: ({ password_version, email }) => `${password_version} ${email}`,
  },
  /** Shows that the email is the user's. */
  email: {
    tokens: { purpose: "verify an email", ids: 2, expires: true },
    boundTo: ({ email }) => email,
  },
} as const satisfies Record<string, Purpose>;
export type LinkPurpose = keyof typeof purposes;

/** The purpose of the link in each mail: an invitation is accepted as a password is reset. Undefined for none. */
export const purposeOf = {
  invitation: "password",
  reset: "password",
  verification: "email",
  email_changed: undefined,
  tasks_due: undefined,
  task_assigned: undefined,
  client_given: undefined,
  client_asks: undefined,
} as const satisfies Record<MailKind, LinkPurpose | undefined>;

/** Makes the token in a link that is mailed to a user. `cursorKey` is the key of the user's brokerage. */
export function signMailedToken(
  purpose: LinkPurpose,
  user: StoredUser,
  until: Date,
  cursorKey: string,
): string {
  const { tokens, boundTo }: Purpose = purposes[purpose];
  return signIds(tokens, { ids: [user.brokerage_id, user.id], until }, cursorKey, boundTo(user));
}

/** The active user whom a token was mailed to; undefined for one that was used, has expired or that we never issued. */
export async function userOfToken(
  table: TableReader,
  purpose: LinkPurpose,
  token: string,
  now: Date,
): Promise<StoredUser | undefined> {
  const { tokens, boundTo }: Purpose = purposes[purpose];
  const read = readSignedIds(tokens, token);
  if (!read || read.until! <= now) return undefined;
  const [brokerage_id, id] = read.ids as [string, string];
  const [policyItem, item] = await table.getMany([
    policyKey(brokerage_id),
    recordKey(brokerage_id, userRecord, id),
  ]);
  const policy = policyIn(policyItem);
  const user = aliveIn(userRecord, item);
  if (!policy || !user?.is_active) return undefined;
  return read.isSigned(policy.cursor_key, boundTo(user)) ? user : undefined;
}
