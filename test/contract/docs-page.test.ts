import { mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { problems } from "../../shared/domain/problem.ts";
import { operations } from "../answers.ts";
import { browserToLookAt } from "../browser.ts";
import { cloud } from "../cloud.ts";

let browser: Browser;
beforeAll(async () => {
  browser = await browserToLookAt();
});
afterAll(() => browser.close());

test("the documentation works in a browser without a network, under its own policy", async () => {
  const page = await browser.newPage({ viewport: { width: 1280, height: 1000 } });
  const [requests, complaints]: string[][] = [[], []];
  page.on("request", (request) => requests!.push(request.url()));
  page.on("console", (line) => complaints!.push(line.text()));
  page.on("pageerror", (error) => complaints!.push(error.message));

  await page.goto(`${cloud.url}/docs#problem-stale_version`);
  await page.waitForSelector(".opblock");

  /** Scrolls from the top until `isDone`: of a long list the page has only what is near. */
  const scroll = async (isDone: () => Promise<boolean>) => {
    const height = await page.evaluate<number>("document.documentElement.scrollHeight");
    for (let top = 0; top < height && !(await isDone()); top += 700) {
      await page.evaluate(`scrollTo(0, ${top})`);
      await page.waitForTimeout(50);
    }
  };
  const shown = new Set<string>();
  await scroll(async () => {
    const found = await page.locator(".opblock-summary-control").evaluateAll((controls) =>
      controls.map((control) => {
        const path = control.querySelector("[data-path]")?.getAttribute("data-path");
        return `${control.querySelector(".opblock-summary-method")?.textContent} ${path}`;
      }),
    );
    for (const one of found) shown.add(one);
    return shown.size >= operations.length;
  });
  expect([...shown].sort()).toEqual(operations.map(({ method, path }) => `${method} ${path}`).sort());

  const listed = await page.locator(".problems dt").evaluateAll((entries) => entries.map(({ id }) => id));
  expect(listed).toEqual(Object.keys(problems).map((code) => `problem-${code}`));
  expect(await page.locator("#problem-stale_version").isVisible()).toBe(true);

  await scroll(async () => (await page.locator("#operations-identity-login").count()) > 0);
  await page.locator("#operations-identity-login .opblock-summary-control").click();
  await page.locator("#operations-identity-login .model-example").first().waitFor();
  const shots = join(import.meta.dirname, "../../.build");
  mkdirSync(shots, { recursive: true });
  await page.locator("#operations-identity-login").screenshot({ path: join(shots, "docs-operation.png") });

  await scroll(async () => (await page.locator("#operations-service-getHealth").count()) > 0);
  await page.locator("#operations-service-getHealth .opblock-summary-control").click();
  await page.locator("#operations-service-getHealth .try-out__btn").click();
  await page.locator("#operations-service-getHealth .execute").click();
  await page.locator("#operations-service-getHealth .live-responses-table").waitFor();
  expect(await page.locator("#operations-service-getHealth .live-responses-table").textContent()).toContain(
    '"ok"',
  );

  expect(requests).toEqual([`${cloud.url}/docs`, `${cloud.url}/v1/health`]);
  expect(complaints).toEqual([]);
});
