import { createRecord } from "../shared/data/records.ts";
import { NewProperty } from "../shared/domain/property.ts";
import { propertyRecord, type StoredProperty } from "../shared/domain/property-record.ts";
import { newProperty } from "../shared/domain/property-status.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { type Answer, expectStatus, type SignedIn } from "./cloud.ts";
import { table } from "./in-process.ts";

/** The least that a property needs. */
export const house = { title: "A house", property_type: "house", price: 500_000 } as const;

/**
 * Puts properties into a brokerage as an import does, past the HTTP API: some thousand in a few seconds. Bodies may
 * say `created` (a date) and `owner`.
 */
export async function fill(
  by: SignedIn & { readonly brokerage: { readonly id: string } },
  bodies: readonly (object & { readonly created?: Date; readonly owner?: string })[],
): Promise<StoredProperty[]> {
  const { newId, written } = invocation(by.user.id, null);
  const made = bodies.map(({ created = new Date(), owner = by.user.id, ...body }) => {
    const parsed = NewProperty.parse({ ...house, ...body });
    const property = newProperty(parsed, { owner_user_id: owner, now: created });
    return createRecord(propertyRecord, by.brokerage.id, property, { now: created, newId, written });
  });
  const writes = made.flatMap(({ writes }) => writes);
  for (let at = 0; at < writes.length; at += 50) await table.commit(writes.slice(at, at + 50));
  return made.map(({ record }) => record);
}

/** Reads a list to its end and answers its items; throws when a page is larger than asked for or it never ends. */
export async function readAll(path: string, token: string, limit = 100): Promise<Answer["body"][]> {
  const items = [];
  let cursor = "";
  for (let pages = 0; pages < 1000; pages++) {
    const url = `${path}${path.includes("?") ? "&" : "?"}limit=${limit}${cursor && `&cursor=${cursor}`}`;
    const page = await expectStatus(200, "GET", url, { token });
    if (page.items.length > limit) throw new Error(`a page of ${page.items.length}`);
    items.push(...page.items);
    if (page.next_cursor === null) return items;
    cursor = page.next_cursor;
  }
  throw new Error(`${path} never ends`);
}
