/** The Fair Housing Act, Title VIII of the Civil Rights Act of 1968. */
export const act = { jurisdiction: "US", from: "1968-04-11", source: "42 USC 3604(c)" } as const;
/** Sex was added by the Housing and Community Development Act of 1974. */
export const withSex = { ...act, from: "1974-08-22" } as const;
/** Disability and familial status were added by the Fair Housing Amendments Act of 1988. */
export const amended = { ...act, from: "1989-03-12" } as const;

/** What to do in most cases. */
export const describe = "Describe the home and what is near it, not who should live there.";
