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
/** The gateway times out after thirty seconds: printing must fail before that. */
const timeout = 22_000;
/** Milliseconds that a finished report waits for its browser to close. */
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
  // Each report starts its own browser: Lambda freezes the function between calls, and with it what still runs.
  const begun = performance.now();
  const browser = await launch(timeout);
  // An error in closing does not change the result: it is only logged.
  const close = () => browser.close().catch((error) => log("browser_close_failed", errorFields(error)));
  // Closing the browser makes whatever it is doing fail.
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
  // Errors are ignored: the browser has closed.
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

/** Fetches a photo; undefined when that fails: the report then shows its alt text. */
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
