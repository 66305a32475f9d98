import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, it } from "vitest";
import { createLambda, type Lambda } from "../../infra/local/lambda.ts";
import { openLogs } from "../../infra/local/logs.ts";
import type { Resource } from "../../infra/local/templates.ts";

const code =
  "export const handler = async ({ wait }) => (await new Promise((r) => setTimeout(r, wait)), process.pid);";
let folder: string;
let lambda: Lambda;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "gable-lambda-"));
  writeFileSync(join(folder, "index.mjs"), code);
  const resource = { name: "Waits", arn: "", properties: { Handler: "index.handler", Timeout: 10 } };
  const logs = openLogs(join(folder, "logs"));
  lambda = createLambda([{ resource: resource as Resource, folder, environment: {} }], logs, {
    idleTimeout: 600,
    most: 32,
  });
});
afterEach(async () => {
  await lambda.stop();
  rmSync(folder, { recursive: true });
});

const isRunning = (pid: number) => {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
};

/** Answers the process that did it. */
const call = (wait: number) => lambda.invoke("Waits", { wait }) as Promise<number>;

// On a machine that stands still for 100 ms the first has not taken them soon.
it("starts no second process for a call that the first soon takes, and one for a call that would wait", {
  retry: 3,
}, async () => {
  // Those that come while it starts wait for it, too.
  await Promise.all([call(5), call(5), call(5)]);
  await Promise.all([call(5), call(5), call(5)]);
  expect(lambda.kill("Waits"), "processes").toBe(1);

  const first = await call(0);
  const [one, other] = await Promise.all([call(1500), call(0)]);
  expect(one).toBe(first);
  expect(other).not.toBe(first);
});

it("ends a process that is idle, and none that works", async () => {
  const pid = await call(0);
  expect(await call(0)).toBe(pid);
  // Twice as long as an idle one may stay.
  expect(await call(1200)).toBe(pid);
  expect(isRunning(pid)).toBe(true);
  await expect.poll(() => isRunning(pid), { timeout: 5000 }).toBe(false);
  await sleep(100);
  const next = await call(0);
  expect(next).not.toBe(pid);
});
