import { loadRecord } from "../shared/data/records.ts";
import { readSecret } from "../shared/data/secret.ts";
import { newSession, sessionItem } from "../shared/data/sessions.ts";
import { userRecord } from "../shared/domain/user.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { issueTokens, signingSecret } from "../shared/identity/tokens.ts";
import { cloud, type SignedIn } from "./cloud.ts";
import { table } from "./in-process.ts";

const signing = readSecret("signing").open(cloud.signingSecret);

/**
 * Another session of the same user, made with the keys themselves: no password is hashed and no attempt counted, so a
 * test may have thousands, and one that runs for long is not signed out.
 */
export async function anotherSession<Who extends SignedIn>(who: Who): Promise<Who> {
  const { bid } = JSON.parse(Buffer.from(who.token.split(".")[1]!, "base64url").toString());
  const user = (await loadRecord(table, userRecord, bid, who.user.id))!;
  const invoked = invocation("test", null, new Date());
  const session = newSession(user, null, invoked);
  await table.commit([{ Put: { Item: sessionItem(session) } }]);
  const { session_token, refresh_token } = await issueTokens(
    await signingSecret(signing),
    session,
    invoked.now,
  );
  return { ...who, token: session_token, refresh_token };
}
