import { createHash } from "node:crypto";

/** The page's Content-Security-Policy: its own style by its hash, and nothing else. */
export function dashboardPolicy(page: string): string {
  const [, css = ""] = /<style>(.*?)<\/style>/s.exec(page) ?? [];
  const hash = createHash("sha256").update(css).digest("base64");
  return `default-src 'none'; style-src 'sha256-${hash}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;
}
