import { clientRecord } from "./client.ts";
import { exportRecord } from "./export.ts";
import { importRecord } from "./import.ts";
import { interactionRecord } from "./interaction.ts";
import { cmaRecord } from "./market-analysis.ts";
import { mediaRecord } from "./media.ts";
import { propertyRecord } from "./property-record.ts";
import type { AnyRecordType } from "./record-type.ts";
import { taskRecord } from "./task.ts";

/** The types of record whose access can be asked for: those that have an owner, and what is read with its parent. */
const types: readonly AnyRecordType[] = [
  propertyRecord,
  mediaRecord,
  cmaRecord,
  clientRecord,
  interactionRecord,
  taskRecord,
  importRecord,
  exportRecord,
];

export const entityNames = types.map(({ name }) => name);

/** The same by their names. */
export const entities: ReadonlyMap<string, AnyRecordType> = new Map(types.map((type) => [type.name, type]));
