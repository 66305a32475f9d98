/** Minutes after its start in which a request to the assistant ends, whatever the provider does. */
export const aiMinutes = 3;

/** When a request ends at the latest; undefined before its start. */
export const aiDeadline = ({ started_at }: { readonly started_at?: string | null }): Date | undefined =>
  started_at ? new Date(Date.parse(started_at) + aiMinutes * 60_000) : undefined;
