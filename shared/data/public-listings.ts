import { brokerageRecord, type StoredBrokerage } from "../domain/brokerage.ts";
import { Problem } from "../domain/problem.ts";
import { slug } from "../domain/schemas.ts";
import { policyIn, policyKey, slugKey } from "./brokerages.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import type { TableReader } from "./table.ts";

/** A brokerage that shows its listings to anyone, and the key of its cursors and photos. */
export interface OpenOffice {
  readonly office: StoredBrokerage;
  readonly cursorKey: string;
}

/** The brokerage of a slug. Throws the same 404 for an unknown slug and for a brokerage that shows nothing. */
export async function openOffice(table: TableReader, name: string): Promise<OpenOffice> {
  const lookup = slug.safeParse(name).success ? await table.get(slugKey(name)) : undefined;
  const id = lookup && String(lookup.id);
  const [record, item] = id
    ? await table.getMany([recordKey(id, brokerageRecord, id), policyKey(id)])
    : [undefined, undefined];
  const [office, policy] = [aliveIn(brokerageRecord, record), policyIn(item)];
  if (!office?.public_listings || !policy) throw new Problem("not_found");
  return { office, cursorKey: policy.cursor_key };
}
