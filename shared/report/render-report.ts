import { existsSync, readFileSync } from "node:fs";
import Negotiator from "negotiator";
import type { Download } from "../entry/definition.ts";
import type { ReportData } from "./read-report.ts";
import { reportPage } from "./report.ts";

/** Renders the report: a PDF if Accept prefers it, else the page. */
export async function renderReport(
  gathered: ReportData,
  accept: string | undefined,
): Promise<string | Download> {
  const report = { ...gathered, fonts: fonts() };
  if (!wantsPdf(accept)) return reportPage(report);
  const { reportPdf } = await import("./pdf.ts");
  return reportPdf(report, gathered.country === null || gathered.country === "US" ? "Letter" : "A4");
}

/** Whether an Accept header prefers application/pdf to the page. */
export const wantsPdf = (accept: string | undefined): boolean =>
  new Negotiator({ headers: { accept } }).mediaType(["text/html", "application/pdf"]) === "application/pdf";

/** The fonts that the build puts beside the bundle; without a bundle the reader's own fonts are used. */
function fonts(): string {
  const file = new URL("./report-fonts.css", import.meta.url);
  return existsSync(file) ? readFileSync(file, "utf8") : "";
}
