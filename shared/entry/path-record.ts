import { loadDeleted, loadGuarded } from "../data/records.ts";
import type { TableReader } from "../data/table.ts";
import type { Guarded, Resource } from "../domain/access.ts";
import { brokerageRecord } from "../domain/brokerage.ts";
import type { AnyRecordType, RecordOf } from "../domain/record-type.ts";
import { userRecord } from "../domain/user.ts";
import type { PathRecord } from "./definition.ts";

/**
 * The record that a parameter of the path names. `load` reads more than the record itself, where that is needed; such a
 * record decides for itself who may read it, so its type can have no parent.
 */
export function recordAt<
  T extends AnyRecordType,
  const Param extends string,
  Rec extends Guarded = RecordOf<T>,
>(
  type: T,
  param: Param,
  load?: (table: TableReader, brokerageId: string, id: string) => Promise<Rec | undefined>,
): PathRecord<Param, T["guard"], Rec> {
  if (load && (type as AnyRecordType).parent) throw new Error(`A ${type.name} is guarded by its parent`);
  return {
    type,
    guard: type.guard as Resource,
    async load(table, brokerageId, params) {
      if (!load) return (await loadGuarded(table, type, brokerageId, params[param])) as never;
      const record = await load(table, brokerageId, params[param]);
      return record && { record, guarded: record };
    },
  };
}

/** The deleted record that a parameter of the path names, until it is purged. */
export const deletedAt = <T extends AnyRecordType, const Param extends string>(
  type: T,
  param: Param,
): PathRecord<Param, T["guard"], RecordOf<T>> =>
  recordAt(type, param, (table, brokerageId, id) => loadDeleted(table, type, brokerageId, id) as never);

/** The caller's own user. */
export const ownUser: PathRecord<never, "user", RecordOf<typeof userRecord>> = {
  type: userRecord,
  guard: "user",
  load: (table, brokerageId, _, userId) => loadGuarded(table, userRecord, brokerageId, userId) as never,
};

/** The caller's own brokerage. */
export const ownBrokerage: PathRecord<never, "brokerage", RecordOf<typeof brokerageRecord>> = {
  type: brokerageRecord,
  guard: "brokerage",
  load: (table, brokerageId) => loadGuarded(table, brokerageRecord, brokerageId, brokerageId) as never,
};
