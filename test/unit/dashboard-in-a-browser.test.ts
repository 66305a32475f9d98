import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { AxeBuilder } from "@axe-core/playwright";
import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardPage } from "../../shared/dashboard/page.ts";
import { dashboardPolicy } from "../../shared/dashboard/policy.ts";
import { launchBrowser } from "../../shared/report/browser.ts";
import { emptyDashboard, officeDashboard, strangeDashboard } from "../dashboards.ts";

const shots = join(import.meta.dirname, "../../.build/dashboard");
mkdirSync(shots, { recursive: true });

let browser: Browser;
beforeAll(async () => {
  browser = await launchBrowser(120_000);
});
afterAll(() => browser.close());

const long = `${"Bartholomew-Maximilian ".repeat(4)}${"a-name-without-a-space".repeat(4)}`;
const pages = {
  office: () => dashboardPage(officeDashboard()),
  empty: () => dashboardPage(emptyDashboard()),
  strange: () => dashboardPage(strangeDashboard(long)),
};

/** Opens a page under its own policy; answers it with the addresses that it asked for and what the policy refused. */
async function open(html: string, options: BrowserContextOptions) {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const [requests, refused]: [string[], string[]] = [[], []];
  page.on("request", (request) => requests.push(request.url()));
  page.on("console", (message) => refused.push(message.text()));
  await page.route("http://dashboard.invalid/", (route) =>
    route.fulfill({
      body: html,
      contentType: "text/html; charset=utf-8",
      headers: { "content-security-policy": dashboardPolicy(html) },
    }),
  );
  await page.goto("http://dashboard.invalid/");
  return { page, requests, refused };
}

const tooWide = (page: Page) =>
  page.evaluate<number>("document.documentElement.scrollWidth - document.documentElement.clientWidth");

async function faults(page: Page) {
  const { violations } = await new AxeBuilder({ page }).setLegacyMode().analyze();
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html.slice(0, 200)}`);
}

const looks = [
  ["desktop", 1280, "light"],
  ["phone", 390, "light"],
  ["narrow", 320, "light"],
  ["dark", 1280, "dark"],
  ["dark-phone", 390, "dark"],
] as const;

/** The office's in every look; of the others those in which they could differ. */
const looksOf: Record<keyof typeof pages, readonly string[]> = {
  office: looks.map(([look]) => look),
  empty: ["desktop", "dark-phone"],
  strange: ["narrow", "dark"],
};

describe.each(Object.keys(pages) as (keyof typeof pages)[])("the %s dashboard", (kind) => {
  test.each(looks.filter(([look]) => looksOf[kind].includes(look)))(
    "on %s (%i, %s) has no fault that axe finds, overflows nothing, fetches nothing",
    async (look, width, colorScheme) => {
      const { page, requests, refused } = await open(pages[kind](), {
        viewport: { width, height: 900 },
        colorScheme,
      });
      expect(requests).toEqual(["http://dashboard.invalid/"]);
      expect(refused).toEqual([]);
      expect(await page.locator("script, link, iframe, object, img").count()).toBe(0);
      expect(await tooWide(page)).toBe(0);
      await page.screenshot({ path: join(shots, `${kind}-${look}.png`), fullPage: true });
      expect(await faults(page)).toEqual([]);
    },
  );

  test.each(["Letter", "A4"] as const)("on %s is all there, in black on white", async (format) => {
    const { page } = await open(pages[kind](), { colorScheme: "dark" });
    const bytes = await page.pdf({ format, printBackground: true, tagged: true });
    writeFileSync(join(shots, `${kind}-${format}.pdf`), bytes);
    const { numPages } = await getDocumentProxy(new Uint8Array(bytes));
    expect(numPages).toBeLessThanOrEqual(6);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    expect(ground).toBe("rgb(255, 255, 255)");
    await page.setViewportSize({ width: format === "A4" ? 688 : 710, height: 900 });
    expect(await tooWide(page)).toBe(0);
    await page.screenshot({ path: join(shots, `${kind}-print-${format}.png`), fullPage: true });
  });
});

test("in the dark the drawings are light: what is drawn in ink on paper takes the page's colours", async () => {
  const { page } = await open(pages.office(), {
    viewport: { width: 1280, height: 900 },
    colorScheme: "dark",
  });
  const fills = await page.evaluate<string[]>(
    "[...new Set([...document.querySelectorAll('svg text')].map((one) => getComputedStyle(one).fill))]",
  );
  expect(fills).toHaveLength(2);
  for (const fill of fills) {
    const [red = 0] = fill.match(/\d+/g)!.map(Number);
    expect(red, fill).toBeGreaterThan(140);
  }
  const papers = "[...document.querySelectorAll('svg path')].map((one) => getComputedStyle(one).fill)";
  expect(await page.evaluate<string[]>(papers)).not.toContain("rgb(255, 255, 255)");
});

test("the checks see what they look for", async () => {
  const bad = pages
    .office()
    .replace("<main>", '<main><img src="x:y"><div class="bad">wide</div>')
    .replace("</style>", ".bad { width: 2000px; color: #eee; }</style>")
    .replace("<td", '<td style="color: red"');
  const { page, refused } = await open(bad, { viewport: { width: 390, height: 900 } });
  expect(await tooWide(page)).toBeGreaterThan(1000);
  const found = (await faults(page)).join();
  expect(found).toContain("image-alt");
  expect(found).toContain("color-contrast");
  expect(refused.join()).toContain("style");
});
