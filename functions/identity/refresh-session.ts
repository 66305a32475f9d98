import * as z from "zod/mini";
import { aliveIn, recordKey } from "../../shared/data/record-item.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { endSession, rotate, type Session, sessionKey } from "../../shared/data/sessions.ts";
import { type Item, type TableReader, tableFor } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { classifyRefresh, isLive, Tokens } from "../../shared/domain/session.ts";
import { type StoredUser, userRecord, withoutUrl } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { log } from "../../shared/entry/log.ts";
import {
  issueTokens,
  type RefreshClaims,
  signingSecret,
  verifyRefreshToken,
} from "../../shared/identity/tokens.ts";

export const refreshSession = operation({
  id: "refreshSession",
  method: "POST",
  path: "/v1/auth/refresh",
  permission: "public",
  summary: "Exchange a refresh token for new tokens",
  description:
    "A refresh token works once. Sent again within ten seconds (because the answer was lost), it returns the same new " +
    "refresh token; sent again later, it counts as stolen and the session ends.",
  body: z.strictObject({ refresh_token: z.string().check(z.minLength(1), z.maxLength(1000)) }),
  answer: { status: 200, body: Tokens },
  problems: ["unauthenticated"],
  access: { table: tableFor("GetItem", "BatchGetItem", "UpdateItem"), signing: readSecret("signing") },
  async run({ body, table, signing, userAgent, commit, now, written }) {
    const secret = await signingSecret(signing);
    const claims = verifyRefreshToken(body.refresh_token, secret);
    if (!claims) throw refused();
    const answer = async ({ session, user }: Live) => ({
      ...(await issueTokens(secret, session, now)),
      user: withoutUrl(user),
    });

    const before = await liveSession(table, claims, now);
    if (classifyRefresh(before.session, claims.rotation, now) === "first") {
      const [next, write] = rotate(before.session, userAgent, now, written);
      const won = await commit([write], true).catch((error) => {
        if (error instanceof Problem && error.code === "conflict") return false;
        throw error;
      });
      if (won) return answer({ ...before, session: next });
    }

    // Not the first use, or another request was faster: the stored session decides.
    const stands = await liveSession(table, claims, now);
    switch (classifyRefresh(stands.session, claims.rotation, now)) {
      case "repeat":
        return answer(stands);
      case "reused":
        log("refresh_reused", { brokerage_id: claims.brokerage, session_id: claims.session });
        await commit([endSession(stands.session, written)], undefined);
        throw refused();
      default:
        throw refused();
    }
  },
});

interface Live {
  readonly session: Session;
  readonly user: StoredUser;
}

async function liveSession(table: TableReader, claims: RefreshClaims, now: Date): Promise<Live> {
  const [session, item] = (await table.getMany([
    sessionKey(claims.brokerage, claims.user, claims.session),
    recordKey(claims.brokerage, userRecord, claims.user),
  ])) as unknown as [Session | undefined, Item | undefined];
  const user = aliveIn(userRecord, item);
  if (!session || !user || !isLive(session, user, now)) throw refused();
  return { session, user };
}

const refused = () =>
  new Problem("unauthenticated", "The refresh token is invalid or its session has ended: sign in again", {
    headers: { "www-authenticate": "Bearer" },
  });
