import { brokerageRecord } from "../domain/brokerage.ts";
import type { RoleGrants } from "../domain/caller.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import { upToDate } from "../domain/migration.ts";
import { recordKey } from "./record-item.ts";
import { lookupKey } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Item, Key, StoredItem } from "./table.ts";

/** A brokerage's policy, read by every request: the key that its cursors and links are made with. */
export interface Policy extends Key {
  /** What the roles that the brokerage made may do, by id. */
  readonly roles: RoleGrants;
  /** How many API keys it has. */
  readonly api_keys?: number;
  readonly cursor_key: string;
  readonly written: WriteStamp;
}

export const policyKey = (brokerageId: string): Key => ({
  pk: recordKey(brokerageId, brokerageRecord, brokerageId).pk,
  sk: "policy",
});

/** The policy in an item, in the shape of this release. */
export const policyIn = (item: Item | undefined): Policy | undefined =>
  item && (upToDate("policy", item.schema, item) as Item & Policy);

/** The item of a brokerage's policy. */
export const policyItem = (brokerageId: string, policy: Omit<Policy, keyof Key>): StoredItem =>
  withSchemaVersion("policy", { ...policyKey(brokerageId), ...policy });

/** Lookup from a slug to its brokerage. */
export const slugKey = (slug: string): Key => lookupKey(brokerageRecord, "slug", slug);

/** The public signing keys: what every function needs to recognise a session token. */
export const jwksKey: Key = { pk: "deployment", sk: "jwks" };
