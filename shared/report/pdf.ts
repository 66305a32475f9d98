import { setTimeout as sleep } from "node:timers/promises";
import type { BrowserContext, Route } from "playwright-core";
import { Problem } from "../domain/problem.ts";
import { Download } from "../entry/definition.ts";
import { errorFields, log } from "../entry/log.ts";
import { launchBrowser } from "./browser.ts";
import type { Report } from "./contents.ts";
import { reportPolicy } from "./policy.ts";
import { reportPage } from "./report.ts";

/** The paper. */
export type Paper = "Letter" | "A4";

const address = "http://report.invalid/";
const photoTimeout = 8_000;
/** The gateway gives up after thirty seconds: what cannot be printed until here is said before. */
const timeout = 22_000;
/** Milliseconds that a finished report waits for its browser to be gone. */
const closingTimeout = 2_000;
/** A function may answer 6 MB, and Base64 makes four bytes of three. */
const mostBytes = 4_300_000;

/** Prints a report as a tagged PDF; without its photos where these make it too large. Throws pdf_unavailable. */
export async function reportPdf(report: Report, format: Paper, launch = launchBrowser): Promise<Download> {
  const bytes = await print(report, format, launch).catch((error) => {
    log("pdf_failed", errorFields(error));
    throw new Problem("pdf_unavailable");
  });
  return new Download(bytes, fileName(report));
}

async function print(report: Report, format: Paper, launch: typeof launchBrowser): Promise<Uint8Array> {
  // A function that is frozen between two calls must not leave a browser behind: each report has its own.
  const begun = performance.now();
  const browser = await launch(timeout);
  // How it closes decides nothing: what was printed is answered, what was not is the fault of something before.
  const close = () => browser.close().catch((error) => log("browser_close_failed", errorFields(error)));
  // A browser that is closed fails whatever it is at.
  const timer = setTimeout(close, timeout - (performance.now() - begun));
  try {
    const context = await browser.newContext({ javaScriptEnabled: false });
    const whole = await printIn(context, report, format);
    return whole.byteLength <= mostBytes ? whole : await printIn(context, { ...report, photos: [] }, format);
  } finally {
    clearTimeout(timer);
    await Promise.race([close(), sleep(closingTimeout)]);
  }
}

/** The page is handed to the browser, and so are its photos: it runs no script and has no network. */
async function printIn(context: BrowserContext, report: Report, format: Paper): Promise<Uint8Array> {
  const html = reportPage(report);
  const page = await context.newPage();
  // A photo that comes when the browser has gone is for nobody.
  await page.route("**", (route) => serve(route, html, report.photos).catch(() => {}));
  await page.goto(address);
  return page.pdf({ format, printBackground: true, tagged: true, outline: true });
}

async function serve(route: Route, html: string, photos: readonly string[]): Promise<void> {
  const url = route.request().url();
  if (url === address) {
    const headers = { "content-security-policy": reportPolicy };
    return route.fulfill({ body: html, contentType: "text/html; charset=utf-8", headers });
  }
  const photo = photos.includes(url) ? await fetched(url) : undefined;
  return photo ? route.fulfill({ body: photo, contentType: "image/jpeg" }) : route.abort();
}

/** A photo that does not come leaves its words in its place; the analysis does not wait for it. */
async function fetched(url: string): Promise<Buffer | undefined> {
  try {
    const answer = await fetch(url, { signal: AbortSignal.timeout(photoTimeout) });
    return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
  } catch {
    return undefined;
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
