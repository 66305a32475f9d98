import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import { versionOf } from "../../shared/data/migrated-item.ts";
import { reachOf, recordTypes } from "../../shared/data/stored-kinds.ts";
import { migrations, stepsOf } from "../../shared/domain/migration.ts";
import { declaredTypes, readSources, type Shape, type Sources, shapesOf, sourceOf } from "./stored-shapes.ts";

// Data outlives the code that wrote it: a shape that changes needs a version, and a step from the one before.

const root = join(import.meta.dirname, "../..");
const noted: Record<string, Shape> = JSON.parse(
  readFileSync(join(import.meta.dirname, "stored-shapes.json"), "utf8"),
);

let sources: Sources;
let now: Record<string, Shape>;
beforeAll(async () => {
  sources = readSources();
  now = await shapesOf(sources);
});

test("a shape that changed has another version, and is noted", () => {
  const complaints = Object.entries({ ...noted, ...now }).flatMap(([kind]) => complaintOf(kind));
  expect(complaints, complaints.join("\n\n")).toEqual([]);
});

function complaintOf(kind: string): string[] {
  const [before, after] = [noted[kind], now[kind]];
  const note = "run npm run record-shapes, which notes it";
  if (!before || !after) return [`The shape of "${kind}" is ${after ? "new" : "gone"}: ${note}.`];
  if (before.version !== after.version) return [`The version of "${kind}" is another one: ${note}.`];
  if (before.hash === after.hash) return [];
  return [
    `What is stored of "${kind}" may have changed, and its version has not. If it has, raise its version (\`schema\` ` +
      "of the type of record, or `schemas` in shared/data/schema.ts) and write the migration in " +
      "shared/domain/migrations/ (README, Migrations). If nothing was deployed with the shape before, or no item " +
      `looks otherwise (a function around it was edited), ${note}.`,
  ];
}

test("each version has its step from the one before", () => {
  for (const kind of Object.keys(now)) {
    const steps = stepsOf(kind).map(({ from, to }) => [from, to]);
    const wanted = Array.from({ length: versionOf(kind) - 1 }, (_, at) => [at + 1, at + 2]);
    if (!("unreached" in reachOf(kind))) expect(steps, kind).toEqual(wanted);
  }
});

test("a migration is of something that can be reached, and has a name of its own", () => {
  for (const { name, of, step } of migrations) {
    expect(now, name).toHaveProperty(of);
    expect(reachOf(of), name).not.toHaveProperty("unreached");
    const isRecord = recordTypes.some((type) => type.name === of);
    expect(isRecord && step === "delete", `${name}: records are deleted with what belongs to them`).toBe(
      false,
    );
  }
  expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
});

test("migrations know every type of record", () => {
  expect(declaredTypes(sources).sort()).toEqual(recordTypes.map(({ name }) => name).sort());
});

/** The kinds whose shape is another one when a text in a file is. */
async function changedBy(file: string, text: string, replacement: string): Promise<string[]> {
  const before = readFileSync(join(root, file), "utf8");
  expect(before).toContain(text);
  const changed = new Map(sources).set(file, sourceOf(file, before.replace(text, replacement)));
  const after = await shapesOf(changed);
  return Object.keys(now).filter((kind) => now[kind]!.hash !== after[kind]!.hash);
}

test("a change is seen: of an internal field, of an item, of a type it refers to, of an index", async () => {
  const user = "shared/domain/user.ts";
  expect(await changedBy(user, "readonly team_ids: readonly", "readonly team_names: readonly")).toContain(
    "user",
  );
  const policy = ["shared/data/brokerages.ts", "readonly cursor_key: string"] as const;
  expect(await changedBy(...policy, "readonly cursor_keys: string[]")).toContain("policy");
  const lease = ["shared/domain/record-type.ts", "readonly until: string;"] as const;
  const leased = await changedBy(...lease, "readonly ends_at: string;");
  expect(leased).toEqual(expect.arrayContaining(["cma", "import", "market", "media"]));
  expect(leased).not.toContain("user");
  const placed = ["shared/domain/property-record.ts", "rank: property.price"] as const;
  expect(await changedBy(...placed, "rank: property.list_price")).toContain("property");
});

test("a comment or a line break is no change", async () => {
  const field = "readonly password_version: number;";
  const user = "shared/domain/user.ts";
  expect(await changedBy(user, field, `/** Otherwise said. */\n\n      ${field}`)).toEqual([]);
});
