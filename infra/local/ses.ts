import { randomUUID } from "node:crypto";
import { AwsError, unsupported } from "./aws-error.ts";
import type { Action } from "./iam.ts";
import { arn } from "./identities.ts";
import type { Outbox } from "./outbox.ts";

// biome-ignore lint/suspicious/noExplicitAny: inputs as AWS documents them; the SDK's types have made them.
type Input = any;

/** Whether a request is in SES v2's protocol, which names its operation by method and path. No bucket is called v2. */
export const isSes = (url: string): boolean => url.startsWith("/v2/email/");

/** What IAM must allow for an SES call: the identity of the sender's domain. */
export function sesActions(method: string, path: string, { FromEmailAddress = "" }: Input): Action[] {
  if (method !== "POST" || path !== "/v2/email/outbound-emails")
    throw unsupported("ses", `${method} ${path}`);
  return [{ action: "ses:SendEmail", resource: arn("ses", `identity/${domainOf(FromEmailAddress)}`) }];
}

/** Puts a mail into the outbox; throws AwsError for one that SES would refuse. */
export function answerSes(outbox: Outbox, { FromEmailAddress, Destination, Content }: Input): object {
  const { ToAddresses = [] } = Destination ?? {};
  const { Subject, Body } = Content?.Simple ?? {};
  if (!Subject?.Data || !(Body?.Text?.Data || Body?.Html?.Data))
    throw refused("The local cloud sends Content.Simple with a subject and a body");
  if (ToAddresses.length === 0) throw refused("The mail has no recipient");
  for (const address of [FromEmailAddress, ...ToAddresses])
    if (!mailbox.test(address)) throw refused(`Illegal address: ${address}`);
  if (/[\r\n]/.test(Subject.Data)) throw refused("The subject has a line break");
  outbox.add({
    to: ToAddresses.join(", "),
    subject: Subject.Data,
    text: Body.Text?.Data ?? "",
    ...(Body.Html ? { html: Body.Html.Data } : {}),
    at: new Date().toISOString(),
  });
  return { MessageId: randomUUID() };
}

/** An address in ASCII, with or without a name before it. */
const mailbox = /^(?=[\x20-\x7e]+$)(.* )?<?[^\s@<>"]+@[^\s@<>"]+\.[^\s@<>"]+>?$/;

const refused = (message: string) => new AwsError("BadRequestException", 400, message);

/** `"Emerald City" <no-reply@gable.example>` → `gable.example` */
const domainOf = (mailbox: string) => /@([^@>]+)>?$/.exec(mailbox)?.[1] ?? "";
