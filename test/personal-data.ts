import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** What tests call people, homes and secrets (all of them by these forms), and what must not be kept of them. */
const forms: Readonly<Record<string, RegExp>> = {
  "a name": /Quillfeather/i,
  "an email": /[\w.+-]+@[\w.-]+\.example\b/,
  "a phone number": /206[-. ]?555[-. ]?01\d\d/,
  "a password": /long password|pass [0-9a-f]{16}/,
  "a session token": /eyJ[\w-]{10,}\.[\w-]{20,}/,
  "a signed URL": /X-Amz-Signature/,
  "a link to a report": /\/v1\/reports\/[\w-]{40,}/,
};

/**
 * Personal data and secrets in the logs of all functions, and in what the queues hold or held: the messages of the
 * dead-letter queues too, and those done whose bytes are still in the file. `more` are secrets known by themselves.
 */
export function personalDataIn(data: string, more: readonly string[] = []): string[] {
  const logs = join(data, "logs");
  const files = [
    ...readdirSync(logs).map((name) => join(logs, name)),
    ...readdirSync(data)
      .filter((name) => name.startsWith("store.sqlite"))
      .map((name) => join(data, name)),
  ];
  return files.flatMap((file) => {
    const text = readFileSync(file, "latin1");
    const found = Object.entries(forms).flatMap(([what, form]) => {
      const at = text.search(form);
      return at < 0 ? [] : [`${what} in ${file.slice(data.length + 1)}: ${around(text, at)}`];
    });
    const known = more.flatMap((secret) => {
      const at = text.indexOf(secret);
      return at < 0 ? [] : [`a secret in ${file.slice(data.length + 1)}: ${around(text, at)}`];
    });
    return [...found, ...known];
  });
}

const around = (text: string, at: number) => text.slice(Math.max(0, at - 200), at + 100);
