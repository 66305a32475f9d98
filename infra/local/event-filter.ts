/** What a mapping's filters let through. */
export type EventFilter = (record: object) => boolean;

interface Criteria {
  readonly Filters?: readonly { readonly Pattern: string }[];
}

/** Reads the filters of an event source mapping; throws for a comparison that the local cloud does not know. */
export function eventFilter({ Filters = [] }: Criteria = {}): EventFilter {
  const patterns = Filters.map(({ Pattern }) => matcher(JSON.parse(Pattern)));
  return (record) => patterns.length === 0 || patterns.some((matches) => matches(record));
}

type Matcher = (value: unknown) => boolean;

/** A pattern is an object of patterns; at its leaves are lists, of which one comparison must hold. */
function matcher(pattern: unknown): Matcher {
  if (Array.isArray(pattern)) {
    const comparisons = pattern.map(comparison);
    return (value) => comparisons.some((holds) => holds(value));
  }
  if (typeof pattern !== "object" || pattern === null) throw unknown(pattern);
  const parts = Object.entries(pattern).map(([name, inner]) => [name, matcher(inner)] as const);
  return (value) => parts.every(([name, matches]) => matches((value as Record<string, unknown>)?.[name]));
}

function comparison(rule: unknown): Matcher {
  if (typeof rule === "string") return (value) => value === rule;
  const { prefix, ...more } = rule as { prefix?: string };
  if (prefix === undefined || Object.keys(more).length > 0) throw unknown(rule);
  return (value) => typeof value === "string" && value.startsWith(prefix);
}

const unknown = (rule: unknown) =>
  new Error(`the local cloud knows no event filter of the form ${JSON.stringify(rule)}`);
