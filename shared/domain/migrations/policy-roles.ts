import type { Migration } from "./step.ts";

/** Brokerages make roles of their own: their policy has the grants of each. */
export const policyRoles: Migration = {
  name: "policy-roles",
  of: "policy",
  from: 1,
  to: 2,
  step: (policy) => ({ roles: {}, ...policy }),
};
