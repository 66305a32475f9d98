import { ttl } from "./records.ts";
import { schemas } from "./schema.ts";
import type { UpdateWrite } from "./table.ts";
import { emailKey } from "./users.ts";

const day = 86_400_000;
/** Mails in a day (UTC) that an address gets of all brokerages: about its account, resets aside, and about work. */
const most = { mails: 10, "work-mails": 20 } as const;

/** Counts a mail to an address, however often its message is delivered; the condition fails for one too many in a day. */
export function countMail(email: string, message: string, of: keyof typeof most, now: Date): UpdateWrite {
  const end = new Date((Math.floor(now.getTime() / day) + 1) * day);
  return {
    Update: {
      Key: { pk: emailKey(email).pk, sk: `${of}#${end.toISOString()}` },
      UpdateExpression: "SET #schema = :schema, #ttl = :ttl ADD mails :one",
      ConditionExpression: "attribute_not_exists(mails) OR size(mails) < :most OR contains(mails, :message)",
      ExpressionAttributeNames: { "#schema": "schema", "#ttl": "ttl" },
      ExpressionAttributeValues: {
        ":schema": schemas.mails,
        ":ttl": ttl(new Date(end.getTime() + day)),
        ":one": new Set([message]),
        ":message": message,
        ":most": most[of],
      },
    },
  };
}
