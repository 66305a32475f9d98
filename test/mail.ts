import type { SentMail } from "../infra/local/outbox.ts";
import { policyKey } from "../shared/data/brokerages.ts";
import { type LinkPurpose, signMailedToken } from "../shared/data/mailed-links.ts";
import type { Role } from "../shared/domain/access.ts";
import { userRecord } from "../shared/domain/user.ts";
import { api, brokerageOf, cloud, expectStatus, reach, type SignedIn, unique, waitFor } from "./cloud.ts";
import { table } from "./in-process.ts";
import { stored } from "./records.ts";

/** The mails in the outbox to an address, oldest first. */
export async function mailsTo(email: string): Promise<SentMail[]> {
  const answer = await reach(`${cloud.url}/_local/outbox?to=${encodeURIComponent(email)}`);
  return (await answer.json()) as SentMail[];
}

/** The nth mail to an address, as soon as it is there. */
export const mailTo = (email: string, nth = 1): Promise<SentMail> =>
  waitFor(async () => (await mailsTo(email))[nth - 1], 60);

/** The token in a mail: the last part of its link. */
export const tokenIn = ({ text }: SentMail): string => /https?:\/\/\S+\/([\w-]+)$/m.exec(text)![1]!;

/** Invites somebody into the admin's brokerage. */
export async function invite(admin: SignedIn, role: Role = "agent") {
  const email = `invited-${unique()}@users.example`;
  const body = { email, first_name: "Ida", last_name: "Invited", role };
  const user = await expectStatus(201, "POST", "/v1/users", { token: admin.token, body });
  return { email, user };
}

/** The token that is mailed to a user, made as the mailer makes it: where no worker runs, no mail comes. */
export async function tokenFor(
  brokerageId: string,
  userId: string,
  purpose: LinkPurpose,
  until = new Date(Date.now() + 3_600_000),
): Promise<string> {
  const user = await stored(userRecord, brokerageId, userId);
  const policy = await table.get(policyKey(brokerageId));
  return signMailedToken(purpose, user!, until, String(policy!.cursor_key));
}

/** The token of a user who was just invited. */
export async function aMailedToken(admin: SignedIn, purpose: LinkPurpose, role?: Role): Promise<string> {
  const { user } = await invite(admin, role);
  return tokenFor(brokerageOf(admin), user.id, purpose);
}

/** Asks for a password reset from an address; answers status and body. */
export async function askForResetOverHttp(email: string, address: string) {
  const headers = { "x-forwarded-for": address };
  const { status, body } = await api("POST", "/v1/auth/password-reset", { body: { email }, headers });
  return { status, text: JSON.stringify(body) };
}
