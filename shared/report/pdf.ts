import type { Route } from "playwright-core";
import { Problem } from "../domain/problem.ts";
import { Download } from "../entry/definition.ts";
import { errorFields, log } from "../entry/log.ts";
import { launchBrowser } from "./browser.ts";
import { type Report, reportPage } from "./report.ts";
import { reportPolicy } from "./serve-report.ts";

const address = "http://report.invalid/";
const photoTimeout = 8_000;
/** A function may answer 6 MB, and Base64 makes four bytes of three. */
const mostBytes = 4_300_000;

/** Prints a report as a tagged PDF; without its photos where these make it too large. Throws pdf_unavailable. */
export async function reportPdf(report: Report, format: "Letter" | "A4"): Promise<Download> {
  // A function that is frozen between two calls must not leave a browser behind: each report has its own.
  const browser = await launchBrowser().catch((error) => {
    log("browser_unavailable", errorFields(error));
    throw new Problem("pdf_unavailable");
  });
  try {
    // Neither script nor network: the page is handed to the browser, and so are its photos.
    const context = await browser.newContext({ javaScriptEnabled: false });
    const print = async (shown: Report) => {
      const page = await context.newPage();
      await page.route("**", (route) => serve(route, shown));
      await page.goto(address);
      return page.pdf({ format, printBackground: true, tagged: true, outline: true });
    };
    const whole = await print(report);
    const bytes = whole.byteLength <= mostBytes ? whole : await print({ ...report, photos: [] });
    return new Download(bytes, fileName(report));
  } finally {
    await browser.close();
  }
}

async function serve(route: Route, report: Report): Promise<void> {
  const url = route.request().url();
  if (url === address) {
    const headers = { "content-security-policy": reportPolicy };
    return route.fulfill({ body: reportPage(report), contentType: "text/html; charset=utf-8", headers });
  }
  if (!report.photos.includes(url)) return route.abort();
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(photoTimeout) });
    if (!answer.ok) throw new Error(`the photo answered ${answer.status}`);
    await route.fulfill({ body: Buffer.from(await answer.arrayBuffer()), contentType: "image/jpeg" });
  } catch {
    // A photo that does not come leaves its words in its place; the analysis does not wait for it.
    await route.abort();
  }
}

/** The home's name in plain letters, and the day: "market-analysis-7318-dayton-avenue-n-2015-05-01.pdf". */
function fileName({ home, analysis }: Report): string {
  const plain = home.title
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, 60)
    .replace(/^-+|-+$/g, "");
  return ["market-analysis", plain, analysis.effective_date].filter(Boolean).join("-").concat(".pdf");
}
