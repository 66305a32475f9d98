import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { tableFor } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";
import { PublicPage } from "../../shared/entry/public-page.ts";

let kept: { readonly page: PublicPage; readonly policy: string } | undefined;

export const getDocs = operation({
  id: "getDocs",
  method: "GET",
  path: "/docs",
  permission: "public",
  summary: "Read the documentation of this API",
  answer: { status: 200, type: "text/html; charset=utf-8", policy: () => docs().policy },
  access: { table: tableFor("GetItem") },
  bundle: { files: ["docs.html"] },
  async run() {
    return docs().page;
  },
});

/** The page that the build laid beside the bundle, and its policy; both are made once a process. */
function docs() {
  if (!kept) {
    const page = readFileSync(new URL("./docs.html", import.meta.url), "utf8");
    kept = { page: new PublicPage(page), policy: policyOf(page) };
  }
  return kept;
}

/** The policy under which the page works: its own scripts by their hashes, calls to its own API, nothing else. */
function policyOf(page: string): string {
  const scripts = [...page.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script = ""]) => sha256(script));
  // Swagger UI sets styles on elements, which no hash covers.
  return [
    "default-src 'none'",
    `script-src ${scripts.join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src data:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

const sha256 = (script: string) => `'sha256-${createHash("sha256").update(script).digest("base64")}'`;
