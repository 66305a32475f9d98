import { createHash } from "node:crypto";

/**
 * The id of an event that is made of what happened, so that what is told twice is one event: 22 characters, of whatever
 * was told.
 */
export const eventIdOf = (...told: readonly unknown[]): string =>
  createHash("sha256").update(JSON.stringify(told)).digest("base64url").slice(0, 22);
