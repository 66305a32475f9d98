import { AxeBuilder } from "@axe-core/playwright";
import carried from "@sparticuz/chromium";
import type { Browser, Page, Route } from "playwright-core";
import { launchBrowser } from "../shared/report/browser.ts";

/** Starts a browser for pages that are looked at: it draws without imitating a graphics card, which takes longer. */
export async function browserToLookAt(): Promise<Browser> {
  carried.setGraphicsMode = false;
  try {
    return await launchBrowser(60_000);
  } finally {
    carried.setGraphicsMode = true;
  }
}

/** A page that is opened again and again: pages that are left open beside it would go on costing. */
export interface OnePage {
  readonly page: Page;
  /** Opens HTML under a policy; what `requests` and `said` had is forgotten. */
  open(html: string, policy: string): Promise<void>;
  /** The addresses that it asked for. */
  readonly requests: string[];
  /** The lines of its console: what its policy refused is among them. */
  readonly said: string[];
  close(): Promise<void>;
}

/** Starts a browser with one page, which is at an address that nobody else answers. */
export async function onePage(address: string): Promise<OnePage> {
  const browser = await browserToLookAt();
  const page = await browser.newPage();
  const [requests, said]: [string[], string[]] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => said.push(message.text()));
  let answer = (route: Route) => route.abort();
  await page.route(address, (route) => answer(route));
  const open = async (body: string, policy: string) => {
    const headers = { "content-security-policy": policy };
    answer = (route) => route.fulfill({ body, contentType: "text/html; charset=utf-8", headers });
    requests.length = 0;
    said.length = 0;
    await page.goto(address);
  };
  return { page, open, requests, said, close: () => browser.close() };
}

/** By how many pixels a page is wider than its window. */
export const tooWide = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

/** What axe finds. It describes nothing else in full. */
export async function faults(page: Page): Promise<string[]> {
  const axe = new AxeBuilder({ page }).options({ resultTypes: ["violations"] }).setLegacyMode();
  const { violations } = await axe.analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}
