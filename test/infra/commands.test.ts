import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, expect, test } from "vitest";
import { settleRegion } from "../../infra/cdk-cli.ts";
import { stages } from "../../infra/stages.ts";

const root = resolve(import.meta.dirname, "../..");
const home = mkdtempSync(join(tmpdir(), "gable-home-"));
afterAll(() => rmSync(home, { recursive: true }));

/** Runs a command without a terminal, without credentials and without a region; answers its exit code and output. */
const run = (command: string, ...args: string[]) =>
  new Promise<{ code: number; out: string; err: string }>((done) => {
    const child = execFile(
      process.execPath,
      [join(root, `infra/${command}.ts`), ...args],
      // What Node compiled for one run serves the next: loading is most of what a command does here.
      { env: { HOME: home, PATH: process.env.PATH, NODE_COMPILE_CACHE: join(home, "compiled") } },
      (_, out, err) => done({ code: child.exitCode ?? -1, out, err }),
    );
    child.stdin?.end();
  });

test.each(["deploy", "destroy"])("%s explains itself", async (command) => {
  const { code, out } = await run(command, "--help");
  expect(code).toBe(0);
  expect(out).toContain(`npm run ${command} -- <stage> [--yes]`);
  expect(out).toContain("AWS_DEFAULT_REGION");
});

test.each(["deploy", "destroy"])("%s says what is wrong with its command line", async (command) => {
  const wrong = [
    [[], "choose dev, staging, prod"],
    [["nowhere"], "choose dev, staging, prod"],
    [["dev", "staging"], "Name one stage only, without staging"],
    [["dev", "--force"], "--force"],
    [["dev"], "add --yes"],
  ] as const;
  for (const [args, said] of wrong) {
    const { code, err } = await run(command, ...args);
    expect([code, err], args.join(" ")).toEqual([2, expect.stringContaining(said)]);
    expect(err).toContain("Usage:");
  }
});

test("destroy refuses prod, said yes to or not", async () => {
  const { code, err } = await run("destroy", "prod", "--yes");
  expect([code, err]).toEqual([2, expect.stringContaining("prod cannot be destroyed")]);
});

test.each(["deploy", "destroy"])("%s does nothing where no region is named", async (command) => {
  const { code, err } = await run(command, "dev", "--yes");
  expect([code, err]).toEqual([
    2,
    "No AWS region is set: set AWS_REGION, or a region in your AWS profile.\n",
  ]);
});

test("the region is AWS_REGION, else AWS_DEFAULT_REGION, else the profile's, for CDK and SDK alike", async () => {
  expect(await settleRegion({ AWS_REGION: "eu-west-1", AWS_DEFAULT_REGION: "eu-west-2" })).toBe("eu-west-1");
  const environment: NodeJS.ProcessEnv = { AWS_DEFAULT_REGION: "eu-west-2" };
  expect(await settleRegion(environment)).toBe("eu-west-2");
  expect(environment.AWS_REGION).toBe("eu-west-2");

  const file = join(home, "config");
  writeFileSync(file, "[profile office]\nregion = eu-central-1\n");
  const before = { ...process.env };
  Object.assign(process.env, { AWS_CONFIG_FILE: file, AWS_PROFILE: "office" });
  delete process.env.AWS_REGION;
  delete process.env.AWS_DEFAULT_REGION;
  const profiled = await settleRegion({});
  process.env = before;
  expect(profiled).toBe("eu-central-1");
});

test("only what can be made anew goes without deletion protection", () => {
  expect(Object.values(stages).map(({ name, deletionProtection }) => [name, deletionProtection])).toEqual([
    ["dev", false],
    ["staging", true],
    ["prod", true],
  ]);
});

test.each([
  ["migrate", [["--table", "t"], "Name a table and its queue"]],
  ["verify-log", [["--checkpoints", "nothing"], "no such file"]],
] as const)("%s explains itself, and says what is wrong with its command line", async (command, wrong) => {
  const { code, out } = await run(command, "--help");
  expect([code, out]).toEqual([0, expect.stringContaining(`npm run ${command} -- [--data DIR`)]);
  for (const [args, said] of [
    wrong,
    [["--table", "t", "--data", "d"], "or a data folder"],
    [["--data", join(home, "nothing")], "has no data of a local cloud"],
  ] as const) {
    const { code, err } = await run(command, ...args);
    expect([code, err], args.join(" ")).toEqual([1, expect.stringContaining(said)]);
  }
});
