import { leadRoutingRecord, type NewLeadRouting, type StoredLeadRouting } from "../domain/lead-routing.ts";
import { toItem } from "./record-item.ts";
import { changeRecord, create, loadRecord, type Stamp } from "./records.ts";
import type { PutWrite, TableReader } from "./table.ts";

/** The routing that a brokerage begins with, until one is put: without rules. */
const first = { version: 1, rules: [], fallback_user_id: null, office_hours: null };

/** The routing of a brokerage. */
export async function loadRouting(table: TableReader, brokerageId: string): Promise<StoredLeadRouting> {
  const stored = await loadRecord(table, leadRoutingRecord, brokerageId, brokerageId);
  const epoch = new Date(0).toISOString();
  return (
    stored ?? {
      ...{ ...first, brokerage_id: brokerageId, id: brokerageId, created_at: epoch, updated_at: epoch },
      written: { by: "nobody", ip: null, operation_id: brokerageId },
    }
  );
}

/** The routing that replaces the one that was read. */
export function replaceRouting(
  routing: StoredLeadRouting,
  said: NewLeadRouting,
  stamp: Stamp,
): { readonly record: StoredLeadRouting; readonly writes: readonly PutWrite[] } {
  const { record, writes } = changeRecord(leadRoutingRecord, routing, said, stamp);
  if (routing.version > first.version) return { record, writes };
  return { record, writes: [create(toItem(leadRoutingRecord, record), "stale_version")] };
}
