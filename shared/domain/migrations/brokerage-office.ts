import type { Migration } from "./step.ts";

/** Brokerages say where their office is in time and money, and whether anyone may read their listings. */
export const brokerageOffice: Migration = {
  name: "brokerage-office",
  of: "brokerage",
  from: 1,
  to: 2,
  step: (brokerage) => ({
    time_zone: "America/Los_Angeles",
    currency: "USD",
    public_listings: false,
    ...brokerage,
  }),
};
