import type * as z from "zod/mini";
import type { Grant, Role } from "../domain/access.ts";
import type { Brokerage as BrokerageSchema } from "../domain/brokerage.ts";
import type { Written } from "../domain/invocation.ts";
import { allOf } from "./list.ts";
import { recordKey, type Stored } from "./records.ts";
import type { Item, Key, TableQuerier, TableReader } from "./table.ts";

/** A brokerage as stored. */
export type Brokerage = Stored & z.output<typeof BrokerageSchema> & { readonly entity: "brokerage" };

/** A brokerage's compiled roles, read with every request, and the key that seals its list cursors. */
export interface Policy extends Key {
  readonly grants: Readonly<Record<Role, readonly Grant[]>>;
  readonly cursor_key: string;
  readonly written: Written;
}

export const brokerageKey = (brokerageId: string) => recordKey(brokerageId, "brokerage", brokerageId);

export const policyKey = (brokerageId: string): Key => ({ pk: brokerageKey(brokerageId).pk, sk: "policy" });

/** Lookup from a slug to its brokerage. */
export const slugKey = (slug: string): Key => ({ pk: `slug#${slug}`, sk: "lookup" });

/** Reads a brokerage; undefined when there is none. */
export const readBrokerage = (table: TableReader, id: string) =>
  table.get<Brokerage & Item>(brokerageKey(id));

const directory = { brokerage_id: "deployment", entity: "slug" } as const;

/** The item at a slug: `id` is the brokerage's, and `newest` lists all of them as the directory. */
export function slugItem({ id, slug, created_at, written }: Brokerage): Item {
  return { ...slugKey(slug), ...directory, id, created_at, summary: { id, slug }, written };
}

/** The ids of all brokerages, oldest first: for what runs over the whole deployment. */
export async function* allBrokerages(table: TableQuerier): AsyncGenerator<string> {
  for await (const { id } of allOf(table, directory.brokerage_id, directory.entity)) yield String(id);
}

/** The public signing keys: what every function needs to recognise a session token. */
export const jwksKey: Key = { pk: "deployment", sk: "jwks" };
