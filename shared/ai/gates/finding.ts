/** Where something is in a text: UTF-16 offsets, the end not included. */
export type Span = readonly [start: number, end: number];

/** A phrase that fair-housing rules object to. `block`: the text must change; `review`: a person decides. */
export interface Check {
  /** Id of the rule, such as us-familial-status-exclusion. */
  readonly rule: string;
  readonly severity: "block" | "review";
  readonly span: Span;
  readonly message: string;
  /** What could be said in its place. */
  readonly suggestion: string | null;
}

/** A number or feature that a text claims, beside what is known. */
export interface Fact {
  readonly span: Span;
  /** The field it was compared with; null where no field can hold it. */
  readonly field: string | null;
  readonly value: string | number | boolean;
  readonly record_value: unknown;
  readonly ok: boolean;
}

/** Whether a text may be used as it is: every fact is right and nothing is blocked. What is to be reviewed is usable. */
export const isUsable = (facts: readonly Fact[], checks: readonly Check[]): boolean =>
  facts.every(({ ok }) => ok) && checks.every(({ severity }) => severity !== "block");
