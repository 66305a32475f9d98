import { brokerageOffice } from "./migrations/brokerage-office.ts";
import { policyRoles } from "./migrations/policy-roles.ts";
import { propertyWords, taskWords, userWords } from "./migrations/search-words.ts";
import type { Fields, Migration } from "./migrations/step.ts";
import { userRoles } from "./migrations/user-roles.ts";

/** Every step from one version of a stored shape to the next: of each kind in the order of its versions. */
export const migrations: readonly Migration[] = [
  policyRoles,
  userRoles,
  brokerageOffice,
  propertyWords,
  taskWords,
  userWords,
];

const byKind = Map.groupBy(migrations, ({ of }) => of);
const none: readonly Migration[] = [];

/** The steps of a kind, in the order of its versions. */
export const stepsOf = (kind: string): readonly Migration[] => byKind.get(kind) ?? none;

/**
 * What is stored of an item, in the shape of this release: for a record its fields, else the item. Undefined where a
 * step deletes it. What a newer release wrote is left as it is.
 */
export function upToDate<T extends object>(
  kind: string,
  schema: unknown,
  stored: T,
  steps = stepsOf(kind),
): T | undefined {
  let now: Fields | undefined = stored as Fields;
  for (const { from, step } of steps)
    if (now && from >= Number(schema)) now = step === "delete" ? undefined : step(now);
  return now as T | undefined;
}

/** The same for what lists show of a record: an entry of an index does not say its version. */
export function listedUpToDate<T extends object>(kind: string, listed: T, steps = stepsOf(kind)): T {
  let now = listed as Fields;
  for (const { listed: step } of steps) if (step) now = step(now);
  return now as T;
}
