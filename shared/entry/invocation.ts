import { randomBytes } from "node:crypto";
import type { Invocation } from "../domain/invocation.ts";
import { uuidv7 } from "../domain/uuid.ts";

/** Creates an invocation: its time, its ids and its write stamp. What is written takes time and randomness from here alone. */
export function invocation(
  by: string,
  ip: string | null,
  now = new Date(),
  { user_agent, api_key_id }: { [Name in "user_agent" | "api_key_id"]?: string | undefined } = {},
): Invocation {
  const newId = () => uuidv7(new Date(), randomBytes(10));
  const also = { ...(user_agent && { user_agent }), ...(api_key_id && { api_key_id }) };
  return { now, newId, written: { by, ip, ...also, operation_id: newId() } };
}
