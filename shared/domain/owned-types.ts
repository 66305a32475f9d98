import { clientRecord } from "./client.ts";
import { cmaRecord } from "./market-analysis.ts";
import { propertyRecord } from "./property-record.ts";
import type { AnyRecordType } from "./record-type.ts";
import { taskRecord } from "./task.ts";
import { userRecord } from "./user.ts";

/**
 * The types of record that have an owner, a team and shares: the lists of their audiences are kept, their ended shares
 * are removed, and a hand-over gives them to the new owner. An import is none: it is the history of what its owner did.
 */
export const ownedTypes: readonly AnyRecordType[] = [propertyRecord, cmaRecord, clientRecord, taskRecord];

/** The types of record that are found by words: the stream's consumer keeps their entries. */
export const searchedTypes: readonly AnyRecordType[] = [propertyRecord, clientRecord, taskRecord, userRecord];
