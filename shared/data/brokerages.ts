import type { Grant, Role } from "../domain/access.ts";
import { brokerageRecord, directory } from "../domain/brokerage.ts";
import type { Written } from "../domain/invocation.ts";
import { entriesIn } from "./list.ts";
import { recordKey } from "./record-item.ts";
import { lookupKey } from "./records.ts";
import { versioned } from "./schema.ts";
import type { Key, Stamped, TableQuerier } from "./table.ts";

/** A brokerage's compiled roles, read with every request, and the key that its cursors and links are made with. */
export interface Policy extends Key {
  readonly grants: Readonly<Record<Role, readonly Grant[]>>;
  readonly cursor_key: string;
  readonly written: Written;
}

export const policyKey = (brokerageId: string): Key => ({
  pk: recordKey(brokerageId, brokerageRecord, brokerageId).pk,
  sk: "policy",
});

/** The item of a brokerage's policy. */
export const policyItem = (brokerageId: string, policy: Omit<Policy, keyof Key>): Stamped =>
  versioned("policy", { ...policyKey(brokerageId), ...policy });

/** Lookup from a slug to its brokerage. */
export const slugKey = (slug: string): Key => lookupKey(brokerageRecord, "slug", slug);

/** The ids of all brokerages, oldest first: for what runs over the whole deployment. */
export async function* allBrokerages(table: TableQuerier): AsyncGenerator<string> {
  for await (const { id } of entriesIn(table, "kind_at", directory)) yield String(id);
}

/** The public signing keys: what every function needs to recognise a session token. */
export const jwksKey: Key = { pk: "deployment", sk: "jwks" };
