import { execFile } from "node:child_process";
import { mkdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { cloud, signUp } from "../cloud.ts";

const run = promisify(execFile);
const folder = join(import.meta.dirname, "../integrator");
const made = join(import.meta.dirname, "../../.build/integrator");
const { resolve } = createRequire(join(folder, "package.json"));

test("types made from the document compile with a page that uses them, and the page works", async () => {
  mkdirSync(made, { recursive: true });
  const generator = join(folder, "node_modules/openapi-typescript/bin/cli.js");
  const types = join(made, "gable.d.ts");
  await run(process.execPath, [generator, `${cloud.url}/openapi.json`, "-o", types], { cwd: folder });
  await run(process.execPath, [resolve("typescript/lib/tsc.js"), "-p", "."], { cwd: folder });

  // Not by its name: the project's own compiler has no types of the document.
  const page = await import(join(folder, "listings.ts"));
  const { email, password } = await signUp();
  const api = page.gable(cloud.url, await page.signIn(cloud.url, email, password));
  const body = { title: "Bungalow in Ballard", property_type: "house", price: 612_000, city: "Seattle" };
  const property = await page.list(api, body);
  expect(property).toMatchObject(body);
  expect(await page.setPrice(api, property.id, 599_000)).toBe(2);
  await expect
    .poll(() => page.activeIn(api, "Seattle"), { timeout: 30_000 })
    .toEqual(["Bungalow in Ballard: 599000"]);

  expect(await page.list(api, { ...body, price: 0 })).toBe("/price must be at least 0.01");
  expect(await page.list(page.gable(cloud.url, "x.y.z"), body)).toBe(
    "Sign in as someone who may list properties",
  );
  expect(await page.setPrice(api, "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f", 1)).toBe("not_found");
  await expect(page.signIn(cloud.url, email, "not the password")).rejects.toThrow("email or the password");
});
