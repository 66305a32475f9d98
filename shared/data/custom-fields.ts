import {
  type CustomField,
  type CustomPatch,
  customFieldsRecord,
  noCustomFields,
  type StoredCustomFields,
} from "../domain/custom-field.ts";
import { toItem } from "./record-item.ts";
import { changeRecord, create, loadRecord, type Stamp } from "./records.ts";
import type { PutWrite, TableReader } from "./table.ts";

/** A brokerage's custom fields; before any are put, none, as version 1. */
export async function loadCustomFields(table: TableReader, brokerageId: string): Promise<StoredCustomFields> {
  const began = new Date(0).toISOString();
  return (
    (await loadRecord(table, customFieldsRecord, brokerageId, brokerageId)) ?? {
      ...{ ...noCustomFields, brokerage_id: brokerageId, id: brokerageId, version: 1 },
      ...{ created_at: began, updated_at: began },
      written: { by: "nobody", ip: null, operation_id: brokerageId },
    }
  );
}

/** The fields by which the values of a body are checked; read only where it has some. */
export const fieldsFor = async (
  table: TableReader,
  brokerageId: string,
  { custom }: { readonly custom?: CustomPatch | undefined },
): Promise<readonly CustomField[]> =>
  custom && Object.values(custom).some((value) => value !== null)
    ? (await loadCustomFields(table, brokerageId)).fields
    : [];

/** The custom fields that replace those which were read. */
export function replaceCustomFields(
  before: StoredCustomFields,
  changes: Pick<StoredCustomFields, "fields" | "types">,
  stamp: Stamp,
): { readonly record: StoredCustomFields; readonly writes: readonly PutWrite[] } {
  const { record, writes } = changeRecord(customFieldsRecord, before, changes, stamp);
  if (before.version > 1) return { record, writes };
  return { record, writes: [create(toItem(customFieldsRecord, record), "stale_version")] };
}
