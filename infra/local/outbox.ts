import type { DatabaseSync } from "node:sqlite";

/** A mail that was sent on this machine: it is kept here and goes nowhere. */
export interface SentMail {
  readonly to: string;
  readonly subject: string;
  readonly text: string;
  readonly html?: string;
  /** ISO 8601. */
  readonly at: string;
}

/** What was mailed, newest last. */
export interface Outbox {
  add(mail: SentMail): void;
  /** All that is kept, or what was mailed to one address. */
  list(to?: string): SentMail[];
}

/** How many mails are kept. */
const kept = 1000;

/** The outbox over a store. */
export function openOutbox(store: DatabaseSync): Outbox {
  store.exec(`CREATE TABLE IF NOT EXISTS mails (
      number INTEGER PRIMARY KEY AUTOINCREMENT, recipient TEXT NOT NULL, mail TEXT NOT NULL
    ) STRICT;
    CREATE INDEX IF NOT EXISTS by_recipient ON mails (recipient)`);
  const insert = store.prepare("INSERT INTO mails (recipient, mail) VALUES (?, ?)");
  const forget = store.prepare(`DELETE FROM mails WHERE number <= (SELECT max(number) FROM mails) - ${kept}`);
  const all = store.prepare("SELECT mail FROM mails ORDER BY number");
  const to = store.prepare("SELECT mail FROM mails WHERE recipient = ? ORDER BY number");
  return {
    add(mail) {
      insert.run(mail.to, JSON.stringify(mail));
      forget.run();
    },
    list: (recipient) =>
      (recipient === undefined ? all.all() : to.all(recipient)).map(({ mail }) => JSON.parse(String(mail))),
  };
}

/** The outbox as a page, newest first. */
export function outboxPage(mails: readonly SentMail[]): string {
  const articles = mails.toReversed().map(
    ({ to, subject, text, at }) => `<article>
<h2>${escaped(subject)}</h2>
<p>To ${escaped(to)}, <time>${escaped(at)}</time></p>
<pre>${linked(text)}</pre>
</article>`,
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Outbox</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 48rem; margin: 2rem auto; padding: 0 1rem; }
article { border-top: 1px solid #bbb; } h2 { margin-bottom: 0; font-size: 1.1rem; } p { margin: 0; color: #555; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; font: inherit; }
</style>
<h1>Outbox</h1>
<p>Mails sent on this machine, newest first. They are kept here and go nowhere.</p>
${articles.join("\n") || "<p>Nothing was mailed yet.</p>"}
</html>
`;
}

const linked = (text: string) => escaped(text).replace(/https?:\/\/\S+/g, '<a href="$&">$&</a>');
const escaped = (text: string) => text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
