import { loadRecord } from "../shared/data/records.ts";
import { readSecret } from "../shared/data/secret.ts";
import { newSession, sessionItem } from "../shared/data/sessions.ts";
import type { RecordOf } from "../shared/domain/record-type.ts";
import { userRecord } from "../shared/domain/user.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { issueTokens, signingSecret } from "../shared/identity/tokens.ts";
import { brokerageOf, cloud, type SignedIn } from "./cloud.ts";
import { table } from "./in-process.ts";

const signing = readSecret("signing").open(cloud.signingSecret);

/** A new session of a user, made with the keys themselves: no password is hashed and no attempt counted. */
export async function begunSession(user: RecordOf<typeof userRecord>) {
  const invoked = invocation("test", null, new Date());
  const session = newSession(user, null, invoked);
  const { session_token, refresh_token } = await issueTokens(
    await signingSecret(signing),
    session,
    invoked.now,
  );
  return {
    write: { Put: { Item: sessionItem(session) } },
    tokens: { token: session_token, refresh_token },
  };
}

/** Tokens of a new session of a user who is stored. */
export async function newTokens(brokerageId: string, userId: string) {
  const user = (await loadRecord(table, userRecord, brokerageId, userId))!;
  const { write, tokens } = await begunSession(user);
  await table.commit([write]);
  return tokens;
}

/** Another session of the same user: a test may have thousands, and one that runs for long is not signed out. */
export const anotherSession = async <Who extends SignedIn>(who: Who): Promise<Who> => ({
  ...who,
  ...(await newTokens(brokerageOf(who), who.user.id)),
});

/** Gives people new sessions in the place of theirs: a token is good for a quarter of an hour. */
export async function renew(...people: readonly SignedIn[]): Promise<void> {
  for (const who of people) Object.assign(who, await newTokens(brokerageOf(who), who.user.id));
}
