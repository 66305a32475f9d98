import { readFileSync } from "node:fs";
import Negotiator from "negotiator";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { Download, operation } from "../../shared/entry/definition.ts";
import { gather } from "../../shared/report/gather.ts";

const policy =
  "default-src 'none'; style-src 'unsafe-inline'; font-src data:; img-src http: https:; frame-ancestors 'none'";

export const getCmaReport = operation({
  id: "getCmaReport",
  method: "GET",
  path: "/v1/cmas/{cma_id}/report",
  permission: "cma:read",
  summary: "Read a market analysis as a report",
  description:
    "A page for screen and print (A4 and Letter) that runs no script, its photos signed for minutes; or the same as a " +
    "tagged PDF where `Accept` prefers `application/pdf`. Whatever else `Accept` says, the answer is the page.",
  answer: { status: 200, type: "text/html; charset=utf-8", also: "application/pdf", policy: () => policy },
  problems: ["not_completed", "pdf_unavailable"],
  // The browser that prints wants it; and it is a whole processor.
  memory: 2048,
  bundle: { native: ["@sparticuz/chromium", "playwright-core"], files: ["report-fonts.css"] },
  access: { table: queryTable, files: signReads("media") },
  record: (table, brokerageId, { cma_id }) => getWholeCma(table, brokerageId, cma_id),
  async run({ record: cma, accept, table, files, now }) {
    const { analysis, inputs } = cma;
    if (!analysis || !inputs) throw new Problem("not_completed");
    const { country, ...gathered } = await gather(cma, analysis, inputs, { table, files, now });
    const report = { ...gathered, fonts: fonts() };
    // The charts' library is large: only a report that is drawn waits for it, and only a PDF for the browser.
    const { reportPage } = await import("../../shared/report/report.ts");
    if (!wantsPdf(accept)) return reportPage(report);
    const { reportPdf } = await import("../../shared/report/pdf.ts");
    const bytes = await reportPdf(report, {
      policy,
      size: country === null || country === "US" ? "Letter" : "A4",
    });
    return new Download(bytes, `market-analysis-${analysis.effective_date}-${cma.id.slice(0, 8)}.pdf`);
  },
});

const wantsPdf = (accept: string | undefined) =>
  new Negotiator({ headers: { accept } }).mediaType(["text/html", "application/pdf"]) === "application/pdf";

/** The fonts that the build laid beside the bundle. */
const fonts = () => readFileSync(new URL("./report-fonts.css", import.meta.url), "utf8");
