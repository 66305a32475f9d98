import { policyRoles } from "./migrations/policy-roles.ts";
import type { Fields, Migration } from "./migrations/step.ts";
import { userRoles } from "./migrations/user-roles.ts";

/** Every step from one version of a stored shape to the next: of each kind in the order of its versions. */
export const migrations: readonly Migration[] = [policyRoles, userRoles];

const stepsOf = Map.groupBy(migrations, ({ of }) => of);

/**
 * What is stored of an item, in the shape of this release: for a record its fields, else the item. Undefined where a
 * step deletes it. What a newer release wrote is left as it is.
 */
export function upToDate<T extends object>(of: string, schema: unknown, stored: T): T | undefined {
  let now: Fields | undefined = stored as Fields;
  for (const { from, step } of stepsOf.get(of) ?? [])
    if (now && from >= Number(schema)) now = step === "delete" ? undefined : step(now);
  return now as T | undefined;
}

/** The same for what lists show of a record: an entry of an index does not say its version. */
export function listedUpToDate<T extends object>(of: string, listed: T): T {
  let now = listed as Fields;
  for (const { listed: step } of stepsOf.get(of) ?? []) if (step) now = step(now);
  return now as T;
}
