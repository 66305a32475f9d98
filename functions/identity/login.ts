import * as z from "zod/mini";
import { create, loadRecord } from "../../shared/data/records.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { newSession, sessionItem } from "../../shared/data/sessions.ts";
import { type PutWrite, tableFor, type UpdateWrite } from "../../shared/data/table.ts";
import { type EmailLookup, emailKey, rememberAddress, updateHash } from "../../shared/data/users.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { email } from "../../shared/domain/schemas.ts";
import { Tokens } from "../../shared/domain/session.ts";
import { userRecord, withoutUrl } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import {
  countAttempt,
  failedAddressKey,
  failedSignIn,
  forgetFailedAddress,
  isRemembered,
  rememberFailedAddress,
  uncountAttempt,
} from "../../shared/identity/guesses.ts";
import { hashingMemory, hashPassword, verifyPassword } from "../../shared/identity/passwords.ts";
import { addressHash, issueTokens, signingSecret } from "../../shared/identity/tokens.ts";

export const login = operation({
  id: "login",
  method: "POST",
  path: "/v1/auth/login",
  permission: "public",
  summary: "Sign in with email and password",
  description:
    "Limits in fifteen minutes: ten failed attempts for an account, from IP addresses that its owner signed in from; " +
    "four from all others, and then one a minute, six at most, from addresses that never failed there; a hundred for an " +
    "IP address. An unknown email gets the same answers.",
  body: z.strictObject({ email, password: z.string().check(z.minLength(1), z.maxLength(1000)) }),
  answer: { status: 200, body: Tokens },
  problems: ["wrong_credentials", "too_many_requests"],
  access: {
    table: tableFor("GetItem", "BatchGetItem", "PutItem", "UpdateItem"),
    signing: readSecret("signing"),
  },
  memory: hashingMemory,
  async run({ body, table, signing, userAgent, commit, ...invocation }) {
    const { now, written } = invocation;
    const secret = await signingSecret(signing);
    const { email } = body;
    const hashedAddress = addressHash(written.ip, email, secret);
    const [found, failed] = await table.getMany([emailKey(email), failedAddressKey(email, hashedAddress)]);
    const lookup = found as EmailLookup | undefined;
    const isKnown = lookup?.addresses?.includes(hashedAddress) ?? false;
    const standing = isKnown ? "known" : isRemembered(failed, now) ? "wrong" : "new";
    const attempt = { id: written.operation_id, email, address: written.ip, standing } as const;
    await countAttempt(commit, attempt, now);

    // An unknown email costs the same reads and the same hash as a known one.
    const user = await loadRecord(table, userRecord, lookup?.brokerage_id ?? "-", lookup?.id ?? "-");
    const { right, outdated } = await verifyPassword(body.password, user?.password_hash);
    if (!right || !lookup || !user?.is_active) {
      const remembered = standing === "new" ? [rememberFailedAddress(email, hashedAddress, now)] : [];
      await commit([failedSignIn(email, lookup, invocation), ...remembered], undefined);
      throw new Problem("wrong_credentials", undefined, { headers: { "www-authenticate": "Bearer" } });
    }

    const session = newSession(user, userAgent, invocation);
    const writes: (PutWrite | UpdateWrite)[] = [create(sessionItem(session))];
    if (!isKnown) writes.push(rememberAddress(lookup, hashedAddress));
    if (failed) writes.push(forgetFailedAddress(email, hashedAddress, now));
    if (outdated) writes.push(updateHash(user, await hashPassword(body.password)));
    await Promise.all([commit(writes, undefined), uncountAttempt(commit, attempt, now)]);
    return { ...(await issueTokens(secret, session, now)), user: withoutUrl(user) };
  },
});
