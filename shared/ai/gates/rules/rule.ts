import type { Phrase } from "../phrase-syntax.ts";

/** What housing laws protect, and what descriptive or steering phrases are about. */
export const protectedClasses = [
  ...(["race", "color", "religion", "sex", "disability", "familial_status", "national_origin"] as const),
  ...(["state_law", "steering"] as const),
] as const;
export type ProtectedClass = (typeof protectedClasses)[number];

/** A fair-housing rule: dated data, no code. */
export interface Rule {
  readonly id: string;
  /** US, or the state whose law it is: CA. */
  readonly jurisdiction: string;
  /** The first day on which it holds, and the first on which it no longer does: YYYY-MM-DD. */
  readonly from: string;
  readonly until?: string;
  /** The law or guidance. */
  readonly source: string;
  readonly protects: ProtectedClass;
  readonly severity: "block" | "review";
  /** In a question a person decides: who asks does not yet state a preference. */
  readonly inQuestions?: "review";
  readonly phrases: readonly Phrase[];
  /** Phrases that take it back when they are in the same sentence. */
  readonly unless?: readonly Phrase[];
  readonly message: string;
  readonly suggestion: string | null;
}

/** A phrase that may be said, and so no rule objects to what overlaps it. */
export interface Allowed {
  readonly from: string;
  readonly until?: string;
  readonly source: string;
  /** Only rules that protect one of these are held off; all of them unless said. */
  readonly of?: readonly ProtectedClass[];
  readonly phrases: readonly Phrase[];
}
