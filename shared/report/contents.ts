import type { Analysis, Sale } from "../domain/cma/analysis.ts";
import type { Presented } from "../domain/market-analysis.ts";

/** What a report says, and for whom. `accent` is a colour (#rrggbb); `photos` are addresses of pictures. */
export interface Report extends Pick<Presented, "brokerage" | "agent" | "home"> {
  readonly photos: readonly string[];
  readonly analysis: Analysis;
  /** Every sale that the analysis looked at. */
  readonly sales: readonly Sale[];
  /** When and by whom it was approved; null is a draft. */
  readonly approved: { readonly at: string; readonly by: string | null } | null;
  /** CSS that brings the fonts with it; without, the reader's own are used. */
  readonly fonts: string;
}
