import type { Migration } from "./step.ts";

/** Users have roles of the brokerage beside the built-in one. */
export const userRoles: Migration = {
  name: "user-roles",
  of: "user",
  from: 1,
  to: 2,
  step: (user) => ({ role_ids: [], ...user }),
};
