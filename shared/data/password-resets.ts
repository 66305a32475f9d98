import type { WriteStamp } from "../domain/invocation.ts";
import { type Stamp, ttl } from "./records.ts";
import { schemas } from "./schema.ts";
import type { Key, UpdateWrite } from "./table.ts";
import { emailKey } from "./users.ts";

const minute = 60_000;
const window = 15 * minute;
/** Requests for one email in a window that are mailed: whoever asks more often has a link that is still good. */
const most = 4;

/** That somebody asked to reset the password of an email, whether anybody has that email or not. */
interface ResetRequest extends Key {
  readonly email: string;
  readonly asked_at: string;
  readonly written: WriteStamp;
}

/** The sort keys of requests begin so. */
export const resetItems = "reset#";

/**
 * The write that asks for a mail; `limit_reached` within a minute of the last one in the window, or for the fifth. It
 * is the same for every email, so its time tells nothing: who has the email is looked up from the table's stream.
 */
export function askForReset(email: string, { now, written }: Stamp): UpdateWrite {
  const end = new Date((Math.floor(now.getTime() / window) + 1) * window);
  return {
    Update: {
      Key: { pk: emailKey(email).pk, sk: `${resetItems}${end.toISOString()}` },
      UpdateExpression:
        "SET email = :email, asked_at = :now, written = :written, #schema = :schema, #ttl = :ttl ADD asked :one",
      ConditionExpression: "attribute_not_exists(pk) OR (asked_at <= :minuteAgo AND asked < :most)",
      ExpressionAttributeNames: { "#schema": "schema", "#ttl": "ttl" },
      ExpressionAttributeValues: {
        ":email": email,
        ":now": now.toISOString(),
        ":written": written,
        ":schema": schemas.reset,
        ":ttl": ttl(new Date(end.getTime() + window)),
        ":one": 1,
        ":minuteAgo": new Date(now.getTime() - minute).toISOString(),
        ":most": most,
      },
    },
    ifConditionFails: "limit_reached",
  };
}

/** The request that a change of an item is; undefined for any other change. */
export function resetIn(
  before: Readonly<Record<string, unknown>> | undefined,
  after: Readonly<Record<string, unknown>> | undefined,
): ResetRequest | undefined {
  const isReset = String(after?.sk).startsWith(resetItems) && after?.asked_at !== before?.asked_at;
  return isReset ? (after as unknown as ResetRequest) : undefined;
}
