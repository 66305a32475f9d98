import { idsOf, type StoredClient } from "../domain/client.ts";
import { type Features, knownOf } from "../domain/lead-score/features.ts";
import { type Ledger, together } from "../domain/lead-score/ledger.ts";
import type { Judged, Scored } from "../domain/lead-score/score.ts";
import { pack, unpack } from "./packed.ts";
import { type DueList, recordKey } from "./record-item.ts";
import { asRead, type Stamp } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { DeleteWrite, Item, Key, PutWrite, TableReader } from "./table.ts";

/** What a score was computed as, for the client that shows it. */
export interface Computed extends Judged {
  readonly features: Features;
  readonly model_version: number;
  /** When it next changes if nothing happens. */
  readonly due_at: string | undefined;
}

/** A client's ledger as stored beside the client. That of a merged client counts for the kept one, and has no score. */
interface StoredLedger extends Ledger {
  readonly version: number;
  readonly computed: Computed | undefined;
}

export const ledgerKey = (brokerageId: string, clientId: string): Key => ({
  pk: recordKey(brokerageId, { name: "client" }, clientId).pk,
  sk: "ledger",
});

/** The ledger in an item; an empty one where there is none. */
export function ledgerIn(item: Item | undefined): StoredLedger {
  const {
    version = 0,
    actions,
    acted_at,
    theirs_at,
    score,
    status,
    features,
    model_version,
    due_at,
  } = (item ?? {}) as Omit<StoredLedger & Computed, "actions"> & { readonly actions?: Uint8Array };
  return {
    ...{ version, acted_at, theirs_at },
    actions: actions ? unpack(actions) : [],
    computed: features && { score, status, features, model_version, due_at },
  };
}

/** Writes a ledger over the version that was read. */
export function putLedger(
  brokerage_id: string,
  id: string,
  { actions, acted_at, theirs_at, computed, version }: StoredLedger,
  { written }: Pick<Stamp, "written">,
): PutWrite {
  const item = withSchemaVersion("ledger", {
    ...ledgerKey(brokerage_id, id),
    ...{ brokerage_id, id, version: version + 1, written, acted_at, theirs_at },
    ...(actions.length > 0 ? { actions: pack(actions) } : {}),
    ...computed,
    ...(computed?.due_at ? { due_list: "scores" satisfies DueList } : {}),
  });
  return {
    Put: { Item: item, ...asRead(version === 0 ? undefined : version) },
    ifConditionFails: "conflict",
  };
}

/** Removes the ledger of a client that was erased or purged. */
export const removeLedger = (brokerageId: string, clientId: string): DeleteWrite => ({
  Delete: { Key: ledgerKey(brokerageId, clientId) },
});

/** The ledgers of a client and of those who were merged into it. */
export async function ledgersOf(
  table: TableReader,
  client: Pick<StoredClient, "brokerage_id" | "id" | "merges">,
): Promise<Map<string, StoredLedger>> {
  const ids = idsOf(client);
  const items = await table.getMany(ids.map((id) => ledgerKey(client.brokerage_id, id)));
  return new Map(ids.map((id, at) => [id, ledgerIn(items[at])]));
}

/** What a client's score follows from. */
export function scoredOf(client: StoredClient, ledgers: readonly Ledger[], now: Date): Scored {
  const { nurture_status: status, nurture_set_at: at } = client;
  return {
    ledger: together(ledgers, now),
    known: knownOf(client),
    ...(at === undefined ? {} : { set: { status, at: new Date(at).toISOString() } }),
  };
}
