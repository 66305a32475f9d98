import type * as z from "zod/mini";
import type { Grant, Role } from "../domain/access.ts";
import type { Brokerage as BrokerageSchema } from "../domain/brokerage.ts";
import { recordKey, type Stored } from "./records.ts";
import type { Key } from "./table.ts";

/** A brokerage as stored. */
export type Brokerage = Stored & z.output<typeof BrokerageSchema> & { readonly entity: "brokerage" };

/** A brokerage's compiled roles, read with every request, and the key that seals its list cursors. */
export interface Policy extends Key {
  readonly grants: Readonly<Record<Role, readonly Grant[]>>;
  readonly cursor_key: string;
}

export const brokerageKey = (brokerageId: string) => recordKey(brokerageId, "brokerage", brokerageId);

export const policyKey = (brokerageId: string): Key => ({ pk: brokerageKey(brokerageId).pk, sk: "policy" });

/** Lookup from an email to its user, over the whole deployment. */
export const emailKey = (email: string): Key => ({ pk: `email#${email}`, sk: "lookup" });

/** Lookup from a slug to its brokerage; listed by `newest` under this brokerage id and entity. */
export const slugKey = (slug: string): Key => ({ pk: `slug#${slug}`, sk: "lookup" });
export const directory = { brokerage_id: "deployment", entity: "slug" } as const;

/** The public signing keys: what every function needs to recognise a session token. */
export const jwksKey: Key = { pk: "deployment", sk: "jwks" };
