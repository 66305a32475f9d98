/**
 * What may be done so many times in a day (UTC): by one user, API keys of theirs included, or in one brokerage. Exact,
 * however many ask at once. Well above what people do, and below what a script that runs wild would cost.
 */
export const limits = {
  imports: { most: 500, per: "brokerage" },
  exports: { most: 100, per: "user" },
  "market analyses": { most: 1000, per: "user" },
  "requests to the assistant": { most: 500, per: "user" },
  invitations: { most: 100, per: "brokerage" },
} as const satisfies Readonly<Record<string, { readonly most: number; readonly per: "user" | "brokerage" }>>;
export type LimitName = keyof typeof limits;

/** The sentence that tells callers of a limit. */
export const limitSaid = (name: LimitName): string =>
  `At most ${limits[name].most} ${name} a day (UTC) for each ${limits[name].per}: then 429.`;
