import type { Fields, Migration } from "./step.ts";

/** Users have roles of the brokerage beside the built-in one, and say whether they take leads. */
export const userRoles: Migration = {
  name: "user-roles",
  of: "user",
  from: 1,
  to: 2,
  step: (user) => ({ role_ids: [], ...takingLeads(user), ...user }),
  listed: (user) => ({ ...takingLeads(user), ...user }),
};

const takingLeads = ({ role }: Fields) => ({ accepts_leads: role !== "client" });
