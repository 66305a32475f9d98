import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { getDocumentProxy } from "unpdf";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dashboardPage } from "../../shared/dashboard/page.ts";
import { dashboardPolicy } from "../../shared/dashboard/policy.ts";
import { faults, type OnePage, onePage, tooWide } from "../browser.ts";
import { emptyDashboard, officeDashboard, strangeDashboard } from "../dashboards.ts";

const shots = join(import.meta.dirname, "../../.build/dashboard");
mkdirSync(shots, { recursive: true });

let dashboard: OnePage;
beforeAll(async () => {
  dashboard = await onePage("http://dashboard.invalid/");
});
afterAll(() => dashboard.close());

const long = `${"Bartholomew-Maximilian ".repeat(4)}${"a-name-without-a-space".repeat(4)}`;
const pages = {
  office: () => dashboardPage(officeDashboard()),
  empty: () => dashboardPage(emptyDashboard()),
  strange: () => dashboardPage(strangeDashboard(long)),
};

/** Opens a dashboard under its own policy. */
async function open(html: string, width: number, colorScheme: "light" | "dark"): Promise<Page> {
  const { page } = dashboard;
  await page.setViewportSize({ width, height: 900 });
  await page.emulateMedia({ media: null, colorScheme });
  await dashboard.open(html, dashboardPolicy(html));
  return page;
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
      const page = await open(pages[kind](), width, colorScheme);
      expect(dashboard.requests).toEqual(["http://dashboard.invalid/"]);
      expect(dashboard.said).toEqual([]);
      expect(await page.locator("script, link, iframe, object, img").count()).toBe(0);
      expect(await tooWide(page)).toBe(0);
      await page.screenshot({ path: join(shots, `${kind}-${look}.png`), fullPage: true });
      expect(await faults(page)).toEqual([]);
    },
  );

  test.each(["Letter", "A4"] as const)("on %s is all there, in black on white", async (format) => {
    const page = await open(pages[kind](), 1280, "dark");
    const bytes = await page.pdf({ format, printBackground: true, tagged: true });
    writeFileSync(join(shots, `${kind}-${format}.pdf`), bytes);
    const { numPages } = await getDocumentProxy(new Uint8Array(bytes));
    expect(numPages).toBeLessThanOrEqual(6);
    await page.emulateMedia({ media: "print", colorScheme: "dark" });
    const ground = await page.evaluate("getComputedStyle(document.documentElement).backgroundColor");
    expect(ground).toBe("rgb(255, 255, 255)");
    await page.setViewportSize({ width: format === "A4" ? 688 : 710, height: 900 });
    expect(await tooWide(page)).toBe(0);
  });
});

test("in the dark the drawings are light: what is drawn in ink on paper takes the page's colours", async () => {
  const page = await open(pages.office(), 1280, "dark");
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
  const page = await open(bad, 390, "light");
  expect(await tooWide(page)).toBeGreaterThan(1000);
  const found = (await faults(page)).join();
  expect(found).toContain("image-alt");
  expect(found).toContain("color-contrast");
  expect(dashboard.said.join()).toContain("style");
});
