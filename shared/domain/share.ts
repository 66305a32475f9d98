import * as z from "zod/mini";
import { hasEnded, type Shares } from "./access.ts";
import { id, moment, timestamp } from "./schemas.ts";

/** How many shares a record may have. */
export const maxShares = 50;

export const granteeKinds = ["user", "team"] as const;
export type GranteeKind = (typeof granteeKinds)[number];

const access = z
  .enum(["read", "write"])
  .check(z.describe("write is to change the record; never to delete, share or reassign it"));

/** What sharing a record takes. */
export const NewShare = z.strictObject({
  access,
  until: z.optional(
    moment("When the share ends; without, it stays until it is removed").check(
      z.meta({ examples: ["2036-03-07T01:00:00Z"] }),
    ),
  ),
});

/** With whom a record is shared. */
export const Share = z.object({
  grantee_kind: z.enum(granteeKinds),
  grantee_id: id,
  access,
  until: z.nullable(timestamp),
});
export type Share = z.output<typeof Share>;

/** The shares of a record that have not ended. */
export const lasting = (shares: Shares = {}, now: Date): Shares =>
  Object.fromEntries(Object.entries(shares).filter(([, { until }]) => !hasEnded(until, now)));

/** When the first of a record's shares ends; undefined where none does. */
export const firstEnd = (shares: Shares = {}): string | undefined =>
  Object.values(shares)
    .flatMap(({ until }) => until ?? [])
    .sort()[0];

/** Order of a record's shares: first those with teams, then those with users. */
export function byGrantee(one: Grantee, other: Grantee): number {
  const [a, b] = [one, other].map(({ grantee_kind, grantee_id }) => `${grantee_kind}:${grantee_id}`);
  return a! < b! ? -1 : Number(a! > b!);
}
type Grantee = Pick<Share, "grantee_kind" | "grantee_id">;

/** The shares of a record that have not ended, as they are answered. */
export function sharesIn(shares: Shares | undefined, now: Date): Share[] {
  return Object.entries(lasting(shares, now)).map(([grantee, { access, until = null }]) => {
    const [grantee_kind, grantee_id] = grantee.split(":") as [GranteeKind, string];
    return { grantee_kind, grantee_id, access, until };
  });
}
