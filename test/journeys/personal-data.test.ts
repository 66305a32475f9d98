import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { createTask } from "../../functions/tasks/create-task.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { named } from "../answers.ts";
import { cloud } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { inProcess } from "../in-process.ts";
import { sayNames, workOnNames } from "../names-everywhere.ts";
import { personalDataIn } from "../personal-data.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

test("no name, address, email, phone number, password or token is in a log or a queue", async () => {
  const { token, refresh_token } = world.home.users.admin;
  for (const id of ["createUser", "updateMe", "createProperty", "createTask"])
    await sayNames(named(id), world);
  await workOnNames(world);
  expect(personalDataIn(cloud.data, [token, refresh_token])).toEqual([]);
});

test("sabotage: what an error says of a person is seen in the log", async () => {
  const folder = mkdtempSync(join(tmpdir(), "gable-logs-"));
  const lines: string[] = [];
  const spy = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(line));
  try {
    const { token } = world.home.users.admin;
    const run = async ({ body }: { body: object }) =>
      Promise.reject(new Error(`No: ${JSON.stringify(body)}`));
    const careless = await inProcess({ ...(createTask as unknown as Operation), run: run as never });
    expect((await careless({ token, body: { title: "Call Zeb Quillfeather" } })).status).toBe(500);
    mkdirSync(join(folder, "logs"));
    writeFileSync(join(folder, "logs", "createTask.log"), lines.join("\n"));
    expect(personalDataIn(folder)).toEqual([expect.stringContaining("a name in createTask.log")]);
  } finally {
    spy.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
