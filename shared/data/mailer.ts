import { domainToASCII } from "node:url";
import { SESv2Client, SendEmailCommand } from "@aws-sdk/client-sesv2";
import type { Mail } from "../domain/mail.ts";
import type { Grant } from "./grant.ts";

/** Sends mails from the stage's address. */
export interface Mailer {
  send(mail: Mail): Promise<void>;
}

let client: SESv2Client | undefined;

const utf8 = (Data: string) => ({ Data, Charset: "UTF-8" });

/** Grant: send mails. */
export const sendMails: Grant<Mailer> = {
  target: { kind: "mail" },
  actions: ["ses:SendEmail"],
  open: (sender) => ({
    async send({ to, from_name, subject, text, html }) {
      client ??= new SESv2Client({});
      const command = new SendEmailCommand({
        FromEmailAddress: mailbox(from_name, sender),
        Destination: { ToAddresses: [inPunycode(to)] },
        Content: {
          Simple: { Subject: utf8(subject), Body: { Text: utf8(text), Html: utf8(html) } },
        },
      });
      await client.send(command).catch(rethrow);
    },
  }),
};

/** Errors are logged, and SES names the recipient in the messages of its own. */
function rethrow({
  name,
  $metadata,
}: Error & { readonly $metadata?: { readonly requestId?: string } }): never {
  throw Object.assign(new Error(`SES did not take the mail (request ${$metadata?.requestId})`), { name });
}

/** Grant: know where the links in mails lead. */
export const appOrigin: Grant<string> = { target: { kind: "app" }, actions: [], open: (origin) => origin };

/** Whether SES takes an address: its name must be ASCII, its domain one that Punycode can write. */
export const isDeliverable = (email: string): boolean =>
  /^[\x21-\x7e]+@[\x21-\x7e]+$/.test(inPunycode(email));

// `domainToASCII` answers an empty text for a domain that cannot be one.
function inPunycode(email: string): string {
  const at = email.lastIndexOf("@");
  return `${email.slice(0, at)}@${domainToASCII(email.slice(at + 1))}`;
}

/** UTF-8 bytes of an encoded word (RFC 2047), which has 75 characters at most. */
const wordBytes = 45;

/** An address with a name before it, as a header has it (RFC 5322; other than ASCII as RFC 2047 encodes it). */
export function mailbox(name: string, address: string): string {
  if (/^[\x20-\x7e]*$/.test(name)) return `"${name.replace(/["\\]/g, "\\$&")}" <${address}>`;
  const words: string[] = [""];
  for (const character of name) {
    const longer = words.at(-1)! + character;
    if (Buffer.byteLength(longer) > wordBytes) words.push(character);
    else words[words.length - 1] = longer;
  }
  const encoded = words.map((word) => `=?UTF-8?B?${Buffer.from(word).toString("base64")}?=`);
  return `${encoded.join(" ")} <${address}>`;
}
