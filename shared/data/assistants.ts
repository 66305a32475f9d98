import { aiDeadline } from "../domain/ai-deadline.ts";
import { isAlive, recordKey } from "./record-item.ts";
import type { Item, Key } from "./table.ts";

/** Who asked for what an assistant does: a session or an API key of a user. */
export type SignedInBy = { readonly session_id: string } | { readonly api_key_id: string };

/** The key of a request to the assistant, without all that its type knows: every function reads one. */
export const aiRequestKey = (brokerageId: string, id: string): Key =>
  recordKey(brokerageId, { name: "ai_request" }, id);

/**
 * Whether an AI request is being worked on for a user, as they signed in then. An assistant's token is good for nothing
 * before, after, or for anybody else: so only the worker that has the request can use one.
 */
export function isRunningFor(
  item: Item | undefined,
  { user_id, signed_in_by }: { readonly user_id: string; readonly signed_in_by: SignedInBy },
  now: Date,
): boolean {
  if (!isAlive(item)) return false;
  const {
    status,
    user_id: asker,
    started_at = null,
  } = item.listed as {
    readonly status: string;
    readonly user_id: string;
    readonly started_at?: string;
  };
  const { asked } = item.detail as {
    readonly asked: { readonly session_id?: string; readonly api_key_id?: string };
  };
  const isSameSignIn =
    "session_id" in signed_in_by
      ? asked.session_id === signed_in_by.session_id
      : asked.api_key_id === signed_in_by.api_key_id;
  const deadline = aiDeadline({ started_at });
  return status === "processing" && asker === user_id && isSameSignIn && !!deadline && deadline > now;
}
