import type { Migration } from "./step.ts";

/**
 * Records are found by words. Nothing of a record itself changes: the migration writes the entries of those that were
 * stored before, as it writes all that follows from a record. Lists show the primary photo of a property since the same
 * version: that an item is written in it is a change, from which `shared/effects/primary-photo.ts` finds the photo.
 */
const withWords = (of: string, from: number): Migration => ({
  name: `${of}-words`,
  of,
  from,
  to: from + 1,
  step: (record) => record,
});

export const propertyWords = withWords("property", 1);
export const taskWords = withWords("task", 1);
export const userWords = withWords("user", 2);
