import { createHmac } from "node:crypto";

/** Characters of a mark: 48 bits, so that of a hundred thousand visitors of a listing hardly two are taken for one. */
const length = 8;

/**
 * A mark for whoever looked, the same within a month (UTC) and brokerage and another in the next: by it they count once, and
 * nobody learns who it was. `who` is what tells visitors apart: an address and a browser, a user, a sender's own id.
 */
export function visitorMark(cursorKey: string, at: string, ...who: readonly (string | null)[]): string {
  const key = createHmac("sha256", cursorKey).update("visitors").digest();
  const said = JSON.stringify([at.slice(0, 7), ...who]);
  return createHmac("sha256", key).update(said).digest("base64url").slice(0, length);
}
