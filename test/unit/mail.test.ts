import { describe, expect, test } from "vitest";
import { isDeliverable, mailbox } from "../../shared/data/mailer.ts";
import { isOfWork, mailFor, mailOfNew, writeMail } from "../../shared/domain/mail.ts";
import { email } from "../../shared/domain/schemas.ts";

const verified = "2026-03-02T09:00:00.000Z";
const invited = { role: "agent", is_active: true, email_verified_at: null };
const agent = { ...invited, password_hash: "$argon2id$" };
const client = { ...agent, role: "client" };

describe("who gets which mail", () => {
  test.each([
    ["an invited agent", invited, "invitation"],
    ["an invited client", { ...invited, role: "client" }, "invitation"],
    ["an agent with a password", agent, undefined],
    ["a registered client", client, "verification"],
    ["a client whose email is verified", { ...client, email_verified_at: verified }, undefined],
  ] as const)("for being created: %s", (_, user, mail) => {
    expect(mailOfNew(user, false)).toBe(mail);
  });

  test.each([
    ["an agent with a password", agent, "verification"],
    ["an invited agent", invited, "invitation"],
    ["a client", client, "verification"],
  ] as const)("for another email: %s", (_, user, mail) => {
    expect(mailOfNew(user, true)).toBe(mail);
  });

  test.each([
    ["a reset", "reset", agent, "reset"],
    ["a reset, invited and not accepted", "reset", invited, "invitation"],
    ["a reset, deactivated", "reset", { ...agent, is_active: false }, undefined],
    ["an invitation", "invitation", invited, "invitation"],
    ["an invitation, accepted meanwhile", "invitation", agent, undefined],
    ["an invitation, deactivated meanwhile", "invitation", { ...invited, is_active: false }, undefined],
    ["a notice", "email_changed", invited, "email_changed"],
    ["a notice, deactivated meanwhile", "email_changed", { ...agent, is_active: false }, undefined],
    ["a reminder", "tasks_due", agent, "tasks_due"],
    ["a reminder, invited and not accepted", "tasks_due", invited, undefined],
    ["a task, deactivated meanwhile", "task_assigned", { ...agent, is_active: false }, undefined],
    ["a verification", "verification", client, "verification"],
    ["a verification, done meanwhile", "verification", { ...client, email_verified_at: verified }, undefined],
  ] as const)("when the mailer gets to it: %s", (_, asked, user, mail) => {
    expect(mailFor(asked, user)).toBe(mail);
  });
});

describe("a mail", () => {
  const to = "ida@users.example";
  const parts = {
    brokerage: 'A "big"\r\nBcc: all@x.example <b>',
    origin: "https://app.example",
    token: "t-1",
    tasks: [
      { id: "one", title: "Call\n<b>Ida</b>", due_date: "2026-03-02T17:05:00.000Z" },
      { id: "two", title: "See evil.example", due_date: null },
    ],
    clientId: "ida",
    timeZone: "America/Los_Angeles",
  };

  test.each([
    "invitation",
    "reset",
    "verification",
    "email_changed",
    "tasks_due",
    "task_assigned",
    "client_given",
    "client_asks",
  ] as const)("%s says the same as text and as html", (kind) => {
    const isWork = isOfWork(kind);
    const { subject, text, html, ...mail } = writeMail(
      kind,
      to,
      isWork ? parts : { ...parts, tasks: [], clientId: undefined },
    );
    expect(mail).toEqual({ to, from_name: 'A "big" Bcc: all@x.example <b>' });
    expect(subject).toMatch(/^A "big" Bcc: all@x.example <b>: \w/);
    expect(subject).not.toMatch(/[\r\n]/);
    if (isWork) {
      expect(text).toContain(
        "Call <b>Ida</b> (due Mon, Mar 2, 2026, 9:05 AM PST)\nhttps://app.example/tasks/one",
      );
      expect(text, "links in our mails are ours").toContain("A task\nhttps://app.example/tasks/two");
      expect(text).toContain("\n\nhttps://app.example/clients/ida\n\n");
    } else if (kind === "email_changed") expect(text).not.toMatch(/https?:/);
    else expect(text).toMatch(/^https:\/\/app\.example\/[a-z-]+\/t-1$/m);
    const plain = html
      .replace(/<[^>]+>/g, "")
      .replace(/&#(\d+);/g, (_, code) => String.fromCharCode(Number(code)));
    expect(plain.split(/\s+/).filter(Boolean)).toEqual(text.split(/\s+/).filter(Boolean));
    expect(html).not.toContain("<b>");
  });
});

describe("an address in a header", () => {
  test("has the name quoted, or encoded where it is not ASCII", () => {
    expect(mailbox('Smith "Q" \\ Sons', "a@b.example")).toBe('"Smith \\"Q\\" \\\\ Sons" <a@b.example>');
    const name = "Müller & Töchter Immobilien, Königstraße 12 🏡 München";
    const [header, ...words] = [mailbox(name, "a@b.example"), ...mailbox(name, "").match(/=\?\S+\?=/g)!];
    expect(header).toMatch(/^[\x20-\x7e]+ <a@b\.example>$/);
    expect(words.length).toBeGreaterThan(1);
    for (const word of words) expect(word.length).toBeLessThanOrEqual(75);
    const decoded = words.map((word) => Buffer.from(word.slice(10, -2), "base64").toString());
    expect(decoded.join("")).toBe(name);
  });

  test("is one that SES takes: its name in ASCII, its domain in Punycode", () => {
    const taken = ["ana@emerald.example", "ana@münchen.example"];
    expect(taken.map(isDeliverable)).toEqual([true, true]);
    // No domain begins with a combining mark, though the schema of emails lets it.
    const marked = email.parse("ana@\u0301abc.com");
    const refused = ["änne@emerald.example", "a b@emerald.example", marked];
    expect(refused.map(isDeliverable)).toEqual([false, false, false]);
  });
});
