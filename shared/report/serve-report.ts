import { notCompleted, type WholeCma } from "../data/cmas.ts";
import type { Download } from "../entry/definition.ts";
import { reportPolicy } from "./policy.ts";
import { readReport, type Sources } from "./read-report.ts";

/** What every operation that answers a report declares. */
export const reportOperation = {
  answer: {
    status: 200,
    type: "text/html; charset=utf-8",
    also: "application/pdf",
    policy: () => reportPolicy,
  },
  problems: ["not_completed", "pdf_unavailable"],
  // The browser needs it; it also gives more than one full vCPU.
  memory: 2048,
  bundle: { native: ["@sparticuz/chromium", "playwright-core"], files: ["report-fonts.css"] },
} as const;

/** The report of a completed analysis: the page, or the PDF where Accept prefers one. Throws not_completed. */
export async function serveReport(
  cma: WholeCma,
  { accept, ...sources }: Sources & { readonly accept: string | undefined },
): Promise<string | Download> {
  const { analysis, inputs } = cma;
  if (!analysis || !inputs) throw notCompleted(cma);
  const gathered = await readReport(cma, analysis, inputs.candidates, sources);
  // Imported lazily: the chart library is large. The browser is loaded only for a PDF.
  const { renderReport: draw } = await import("./render-report.ts");
  return draw(gathered, accept);
}
