import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** What tests call people, homes and secrets (all of them by these forms), and what must not be kept of them. */
const forms: Readonly<Record<string, RegExp>> = {
  "a name": /Quillfeather/i,
  "an email": /[\w.+-]+@[\w.-]+\.example\b/,
  "a phone number": /206[-. ]?555[-. ]?01\d\d/,
  "a password": /long password|pass [0-9a-f]{16}/,
  "a session token": /eyJ[\w-]{10,}\.[\w-]{20,}/,
  "an API key": /gable_[\w-]{40,}/,
  // 54 bytes that begin with a brokerage's id, whose first byte is 1 (UUID version 7).
  "a mailed token": /(?<![\w-])A[\w-]{71}(?![\w-])/,
  "a signed URL": /X-Amz-Signature/,
  "a link to a report": /\/v1\/reports\/[\w-]{40,}/,
};

/**
 * Personal data and secrets in the logs of all functions, and in the messages that wait in queues and dead-letter
 * queues, given the folder of a local cloud's data. `more` are secrets known by themselves.
 */
export function personalDataIn(data: string, more: readonly string[] = []): string[] {
  return [...logsIn(data), ...messagesIn(data)].flatMap(([place, text]) => {
    const found = Object.entries(forms).map(([what, form]) => [what, text.search(form)] as const);
    const known = more.map((secret) => ["a secret", text.indexOf(secret)] as const);
    return [...found, ...known]
      .filter(([, at]) => at >= 0)
      .map(([what, at]) => `${what} in ${place}: ${text.slice(Math.max(0, at - 200), at + 100)}`);
  });
}

const logsIn = (data: string): [string, string][] =>
  readdirSync(join(data, "logs")).map((name) => [name, readFileSync(join(data, "logs", name), "utf8")]);

/** Reads a copy: the cloud keeps its store locked while it runs. */
function messagesIn(data: string): [string, string][] {
  const files = readdirSync(data).filter((name) => name.startsWith("store.sqlite"));
  if (!existsSync(join(data, "store.sqlite"))) return [];
  const copy = mkdtempSync(join(tmpdir(), "gable-queues-"));
  try {
    for (const name of files) cpSync(join(data, name), join(copy, name));
    const store = new DatabaseSync(join(copy, "store.sqlite"));
    const rows = store.prepare("SELECT queue, body FROM messages").all();
    store.close();
    return rows.map(({ queue, body }) => [`queue ${queue}`, String(body)]);
  } finally {
    rmSync(copy, { recursive: true });
  }
}
