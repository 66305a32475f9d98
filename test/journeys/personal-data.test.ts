import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, test, vi } from "vitest";
import { createTask } from "../../functions/tasks/create-task.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { named } from "../answers.ts";
import { cloud, expectStatus } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { inProcess } from "../in-process.ts";
import { aMailedToken } from "../mail.ts";
import { sayNames, workOnNames } from "../names-everywhere.ts";
import { personalDataIn } from "../personal-data.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

test("no name, address, email, phone number, password or token is in a log or a queue", async () => {
  const { token, refresh_token } = world.home.users.admin;
  for (const id of [
    "createUser",
    "updateMe",
    "createProperty",
    "createTask",
    "createClient",
    "createInteraction",
  ])
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
    const said = (log: string, text: string) => writeFileSync(join(folder, "logs", log), text);
    said("createTask.log", lines.join("\n"));
    const asked = { token, body: { name: "Website", grants: ["property:read:own"] } };
    said("key.log", JSON.stringify(await expectStatus(201, "POST", "/v1/api-keys", asked)));
    said("link.log", `/reset-password/${await aMailedToken(world.home.users.admin, "password")}\n`);
    expect(personalDataIn(folder).map((found) => found.split(":")[0])).toEqual([
      "a name in createTask.log",
      "an API key in key.log",
      "a mailed token in link.log",
    ]);
  } finally {
    spy.mockRestore();
    rmSync(folder, { recursive: true });
  }
});
