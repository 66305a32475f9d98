import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect, it } from "vitest";
import { build, digestOf } from "../../infra/local/build.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-build-"));
afterAll(() => rmSync(folder, { recursive: true }));

it("depends on sources, packages and stage, and not on the local cloud", () => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const project = {
    "functions/a/b.ts": "1",
    "shared/c.ts": "1",
    "infra/d.ts": "1",
    "infra/local/e.ts": "1",
    "package.json": "{}",
    "package-lock.json": "{}",
    "tsconfig.json": "{}",
  };
  for (const [path, text] of Object.entries(project)) write(path, text);
  const first = digestOf("dev", folder);
  expect(digestOf("dev", folder)).toBe(first);
  expect(digestOf("prod", folder)).not.toBe(first);
  for (const [path, text] of Object.entries(project)) {
    write(path, `${text} `);
    expect([path, digestOf("dev", folder) === first]).toEqual([path, path.startsWith("infra/local")]);
    write(path, text);
  }
  write("shared/new.ts", "");
  expect(digestOf("dev", folder)).not.toBe(first);
});

it("says why when the stacks cannot be synthesised", async () => {
  const outdir = join(folder, "assembly");
  await expect(build("no-such-stage", outdir)).rejects.toThrow('There is no stage "no-such-stage"');
});
