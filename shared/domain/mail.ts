import * as z from "zod/mini";
import { id, timestamp } from "./schemas.ts";
import type { StoredUser } from "./user.ts";

/** A mail, ready to be sent. The brokerage is named as its sender. */
export interface Mail {
  readonly to: string;
  readonly from_name: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

const minute = 60_000;
const day = 24 * 60 * minute;

interface Text {
  readonly subject: string;
  readonly says: string;
  /** Where in the web app its link leads, and how long that is good. */
  readonly link?: { readonly path: string; readonly goodFor: number };
  /** It leads to tasks or clients, and says nothing of an account. */
  readonly isOfWork?: true;
  readonly ends: string;
}

/** Every mail that Gable sends. */
const mails = {
  invitation: {
    link: { path: "accept-invitation", goodFor: 7 * day },
    subject: "your account",
    says: "An account was made for you. Choose a password to sign in:",
    ends: "The link works once, for 7 days. If you do not know why you got this mail, ignore it.",
  },
  reset: {
    link: { path: "reset-password", goodFor: 30 * minute },
    subject: "reset your password",
    says: "Somebody asked to reset the password of your account. Choose a new one here:",
    ends: "The link works once, for 30 minutes. If it was not you who asked, ignore this mail: your password stays as it is.",
  },
  verification: {
    link: { path: "verify-email", goodFor: 7 * day },
    subject: "confirm your email address",
    says: "This email address was given for an account. Confirm that the address is yours:",
    ends: "The link works for 7 days. If it was not you who gave it, ignore this mail.",
  },
  email_changed: {
    subject: "the email address of your account was changed",
    says: "Your account has another email address now. This one no longer signs you in, and gets no more mails.",
    ends: "If you did not expect this, call us: somebody else may have your account.",
  },
  tasks_due: {
    isOfWork: true,
    subject: "tasks that are due",
    says: "This is due now, and yours to do:",
    ends: "Whatever is done or moved to another day by the time that you read this needs nothing more.",
  },
  task_assigned: {
    isOfWork: true,
    subject: "a new task for you",
    says: "Somebody in your office gave you this to do:",
    ends: "You find it among your tasks.",
  },
  client_given: {
    isOfWork: true,
    subject: "a new client for you",
    says: "Somebody asks for you, or was given to you:",
    ends: "Who is answered at once stays.",
  },
  client_asks: {
    isOfWork: true,
    subject: "a client of yours asks",
    says: "A client of yours has sent an enquiry:",
    ends: "Who is answered at once stays.",
  },
} as const satisfies Record<string, Text>;
export type MailKind = keyof typeof mails;

/** Whether a mail is about work; all others are about the account. */
export const isOfWork = (kind: MailKind): boolean => (mails[kind] as Text).isOfWork === true;

/** What the queue's message says: which mail, to which user, when it was asked for, and about which tasks or client. */
export const MailMessage = z.object({
  mail: z.enum(Object.keys(mails) as [MailKind, ...MailKind[]]),
  brokerage_id: id,
  id,
  at: timestamp,
  tasks: z.optional(z.array(id)),
  client_id: z.optional(id),
});
export type MailMessage = z.output<typeof MailMessage>;

/** The token in a link, as it is sent back. */
export const mailedToken = z.string().check(
  z.minLength(1),
  z.maxLength(200),
  z.meta({
    description: "The last part of the link that was mailed",
    examples: ["AZux10EgfCqOFT-aHFt9IAGbsfcMp35Rm2wthPegw-UBnMr1b8AY3n0kq5rWTzdVOAbYuW1k"],
  }),
);

interface Recipient {
  readonly role: string;
  readonly is_active: boolean;
  readonly password_hash?: string;
  readonly email_verified_at: string | null;
}

/**
 * The mail that a user gets for an email that is new: of a user just created, or a changed one. Who adds a colleague
 * with a password knows the email; one that was changed may be mistyped.
 */
export function mailOfNew(
  { role, password_hash, email_verified_at }: Recipient,
  isChanged: boolean,
): MailKind | undefined {
  if (password_hash === undefined) return "invitation";
  return (role === "client" || isChanged) && !email_verified_at ? "verification" : undefined;
}

/**
 * The mail that a user is to get now, whatever was asked for when the message was sent; undefined for none. Who never
 * accepted an invitation and asks for a reset gets a fresh invitation.
 */
export function mailFor(asked: MailKind, user: Recipient): MailKind | undefined {
  if (!user.is_active) return undefined;
  if (asked === "email_changed") return asked;
  if (asked === "verification") return user.email_verified_at ? undefined : asked;
  // Who cannot sign in yet can do nothing about it.
  if (isOfWork(asked)) return user.password_hash === undefined ? undefined : asked;
  if (user.password_hash === undefined) return "invitation";
  return asked === "reset" ? asked : undefined;
}

/** Whom a mail goes to: the notice of a changed email to the one before; undefined where that is not known any more. */
export function addressOf(
  kind: MailKind,
  at: string,
  { email, former_emails = [] }: Pick<StoredUser, "email" | "former_emails">,
): string | undefined {
  return kind === "email_changed" ? former_emails.find(({ until }) => until === at)?.email : email;
}

/** Until when the link of a mail is good that was asked for at a moment; undefined for a mail without one. */
export function linkEnds(kind: MailKind, at: string): Date | undefined {
  const { link }: Text = mails[kind];
  return link && new Date(Date.parse(at) + link.goodFor);
}

/** A task as a mail names it, in the time zone of who reads it. */
export interface NamedTask {
  readonly id: string;
  readonly title: string;
  readonly due_date: string | null;
}

/** What may become a link in a program that shows mails. */
const likeALink = /:\/\/|[^\s.]\.\p{L}/u;

/** A task's title and due date. Links in our mails are ours: a title that may be one is left to the page behind ours. */
function nameOf({ title, due_date }: NamedTask, timeZone: string): string {
  const name = likeALink.test(title) ? "A task" : title.replace(/\s+/g, " ").trim();
  return due_date === null ? name : `${name} (due ${dueText(due_date, timeZone)})`;
}

const dueText = (due: string, timeZone: string) =>
  new Intl.DateTimeFormat("en-US", {
    ...{ timeZone, weekday: "short", year: "numeric", month: "short", day: "numeric" },
    ...{ hour: "numeric", minute: "2-digit", timeZoneName: "short" },
  })
    .format(new Date(due))
    .replace(/\u202f/g, " ");

/**
 * Writes a mail. It says nothing that strangers chose but the brokerage's name: whoever registers with somebody else's
 * email must not have us mail their words. Tasks are an employee's, who was added by the brokerage.
 */
export function writeMail(
  kind: MailKind,
  to: string,
  {
    brokerage,
    origin,
    token,
    tasks = [],
    clientId,
    timeZone = "UTC",
  }: {
    readonly brokerage: string;
    readonly origin: string;
    readonly token: string | undefined;
    readonly tasks?: readonly NamedTask[];
    readonly clientId?: string | undefined;
    readonly timeZone?: string;
  },
): Mail {
  const { subject, says, link, ends }: Text = mails[kind];
  // A name may have line breaks, and a header must not.
  const from_name = brokerage.replace(/\s+/g, " ").trim();
  const links = link ? [{ url: `${origin}/${link.path}/${token}` }] : [];
  const named = tasks.map((task) => ({ says: nameOf(task, timeZone), url: `${origin}/tasks/${task.id}` }));
  // Without a name: whoever fills in the website's form chose that.
  const clients = clientId ? [{ url: `${origin}/clients/${clientId}` }] : [];
  const middle: readonly { readonly says?: string; readonly url: string }[] = [
    ...links,
    ...named,
    ...clients,
  ];
  const [before, after] = [
    ["Hello,", says],
    [ends, from_name],
  ] as const;
  return {
    to,
    from_name,
    subject: `${from_name}: ${subject}`,
    text: `${[...before, ...middle.map(({ says, url }) => (says ? `${says}\n${url}` : url)), ...after].join("\n\n")}\n`,
    html: [
      '<!doctype html><html lang="en"><meta charset="utf-8"><body>',
      ...before.map(paragraph),
      ...middle.map(
        ({ says, url }) =>
          `<p>${says ? `${escaped(says)}<br>\n` : ""}<a href="${escaped(url)}">${escaped(url)}</a></p>`,
      ),
      ...after.map(paragraph),
      "</body></html>",
    ].join("\n"),
  };
}

const paragraph = (text: string) => `<p>${escaped(text)}</p>`;
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
