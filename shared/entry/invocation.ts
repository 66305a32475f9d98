import { randomBytes } from "node:crypto";
import type { Invocation } from "../domain/invocation.ts";
import { uuidv7 } from "../domain/uuid.ts";

/** Creates an invocation: its time, its ids and its write stamp. What is written takes time and randomness from here alone. */
export function invocation(
  by: string,
  ip: string | null,
  now = new Date(),
  userAgent?: string | undefined,
): Invocation {
  const newId = () => uuidv7(new Date(), randomBytes(10));
  const user_agent = userAgent?.slice(0, 200);
  return { now, newId, written: { by, ip, ...(user_agent ? { user_agent } : {}), operation_id: newId() } };
}
