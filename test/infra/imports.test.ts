import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join, normalize, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { areas, definitions } from "../../functions/index.ts";

const root = resolve(import.meta.dirname, "../..");

test("importing every entry point needs no environment and leaves no handle open", () => {
  const code =
    'const { definitions } = await import("./functions/index.ts"); console.log(definitions.length);';
  const args = ["--input-type=module", "--eval", code];
  const counted = execFileSync(process.execPath, args, {
    cwd: root,
    env: {},
    encoding: "utf8",
    timeout: 20_000,
  });
  expect(Number(counted)).toBe(definitions.length);
});

test("every file of functions/ is one entry point, listed once under its folder", async () => {
  const listed = Object.entries(areas).flatMap(([area, list]) =>
    list.map((definition) => ({ area, definition })),
  );
  const files = globSync("functions/*/*.ts", { cwd: root });
  expect(listed).toHaveLength(files.length);
  for (const { area, definition } of listed) {
    const file = definition.id.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    const module = await import(join(root, "functions", area, `${file}.ts`));
    expect(Object.keys(module), file).toEqual([definition.id]);
    expect(module[definition.id]).toBe(definition);
  }
  expect(new Set(definitions.map(({ id }) => id)).size, "ids are unique").toBe(definitions.length);
});

interface Import {
  readonly file: string;
  /** A package, or a path from the project's root. */
  readonly from: string;
  readonly typeOnly: boolean;
}

function importsOf(file: string, text: string): Import[] {
  const statements = text.matchAll(
    /(?:^|\n)\s*(?:import|export)\s+(type\s)?(?:[^"';]*?\sfrom\s+)?"([^"]+)"|import\("([^"]+)"\)/g,
  );
  return [...statements].map(([, type, from, lazy]) => {
    const name = (from ?? lazy)!;
    return {
      file,
      from: name.startsWith(".") ? normalize(join(file, "..", name)) : name,
      typeOnly: type !== undefined,
    };
  });
}

/** The floors, from the ground up; what stands side by side on one may import each other's files, but in no circle. */
const floors = [
  /^shared\/domain\//,
  /^shared\/data\//,
  /^shared\/entry\//,
  /^shared\/(ai|identity|media|page|report|dashboard|effects)\//,
  /^functions\//,
  /^infra\//,
  /^test\//,
];
/** The floor of a file; below all of them for a package. */
const floorOf = (file: string) => floors.findIndex((floor) => floor.test(file));

const rules: readonly { readonly rule: string; readonly breaks: (one: Import) => boolean }[] = [
  {
    rule: "the domain knows only itself, and what computes without doing anything",
    breaks: ({ file, from }) =>
      file.startsWith("shared/domain/") &&
      !/^(shared\/domain\/|(zod\/mini|csv-parse|libphonenumber-js\/min|node:crypto|node:url|node:util)$)/.test(
        from,
      ),
  },
  {
    rule: "only shared/data sees the DynamoDB client",
    breaks: ({ file, from, typeOnly }) =>
      /^(functions|shared)\//.test(file) &&
      !file.startsWith("shared/data/") &&
      !typeOnly &&
      /^@aws-sdk\/(client|lib)-dynamodb/.test(from),
  },
  {
    rule: "functions see no AWS package and no event of Lambda",
    breaks: ({ file, from }) =>
      file.startsWith("functions/") && /^(@aws-sdk\/|@smithy\/|@middy\/|aws-lambda$)/.test(from),
  },
  {
    rule: "only shared/entry knows Lambda",
    breaks: ({ file, from }) =>
      !/^(shared\/entry|infra|test)\//.test(file) && /^(aws-lambda|@middy\/.*)$/.test(from),
  },
  {
    rule: "no import runs up a floor, not even for a type",
    breaks: ({ file, from }) => floorOf(file) < floorOf(from),
  },
  {
    rule: "functions import shared, and not each other",
    breaks: ({ file, from }) => /^functions\/.+\//.test(file) && /^(functions|infra|test)\//.test(from),
  },
  {
    rule: "CDK stays in infra",
    breaks: ({ file, from }) =>
      !/^(infra|test\/infra)\//.test(file) && /^(aws-cdk-lib|constructs|cdk-nag)/.test(from),
  },
  {
    rule: "zod comes as zod/mini, without locales and classes",
    breaks: ({ file, from }) => /^(functions|shared)\//.test(file) && /^zod(\/(?!mini$)|$)/.test(from),
  },
];

describe("imports go one way", () => {
  const all = globSync("{functions,shared,infra,test}/**/*.ts", { cwd: root }).flatMap((file) =>
    importsOf(file, readFileSync(join(root, file), "utf8")),
  );

  test.each(rules)("$rule", ({ breaks }) => {
    expect(all.filter(breaks).map(({ file, from }) => `${file} imports ${from}`)).toEqual([]);
  });

  test("and each rule sees its breach", () => {
    const breaches = [
      importsOf("shared/domain/a.ts", 'import { readTable } from "../data/table.ts";'),
      importsOf("functions/a/b.ts", 'import {\n  GetCommand,\n} from "@aws-sdk/lib-dynamodb";'),
      importsOf("functions/a/b.ts", 'import { S3Client } from "@aws-sdk/client-s3";'),
      importsOf("shared/data/a.ts", 'import type { SQSEvent } from "aws-lambda";'),
      importsOf("shared/data/a.ts", 'import type { Operation } from "../entry/definition.ts";'),
      importsOf("functions/a/b.ts", 'import { c } from "../c/d.ts";'),
      importsOf("shared/entry/a.ts", 'const cdk = await import("aws-cdk-lib");'),
      importsOf("shared/data/a.ts", 'import { z } from "zod";'),
    ];
    for (const [index, { rule, breaks }] of rules.entries())
      expect(breaches[index]!.some(breaks), rule).toBe(true);
  });
});

test("no two files import each other, nor do more in a circle", () => {
  const files = globSync("{functions,shared,infra}/**/*.ts", { cwd: root });
  const of = new Map(
    files.map((file) => [
      file,
      importsOf(file, readFileSync(join(root, file), "utf8")).map(({ from }) => from),
    ]),
  );
  expect(circleIn(of)).toBeUndefined();
  expect(
    circleIn(
      new Map([
        ["a", ["b"]],
        ["b", ["c"]],
        ["c", ["a"]],
      ]),
    ),
  ).toEqual(["a", "b", "c", "a"]);
});

/** A way from a file back to itself, if there is one. */
function circleIn(imports: ReadonlyMap<string, readonly string[]>): string[] | undefined {
  const done = new Set<string>();
  function walk(file: string, path: readonly string[]): string[] | undefined {
    const at = path.indexOf(file);
    if (at >= 0) return [...path.slice(at), file];
    if (done.has(file)) return undefined;
    for (const next of imports.get(file) ?? []) {
      const circle = walk(next, [...path, file]);
      if (circle) return circle;
    }
    done.add(file);
    return undefined;
  }
  for (const file of imports.keys()) {
    const circle = walk(file, []);
    if (circle) return circle;
  }
  return undefined;
}

test("the domain has neither clock nor dice", () => {
  const impure = /Date\.now|new Date\(\)|Math\.random|random(Bytes|UUID|Int)|performance\.now|process\.env/;
  const files = globSync("shared/domain/**/*.ts", { cwd: root });
  expect(files.filter((file) => impure.test(readFileSync(join(root, file), "utf8")))).toEqual([]);
  expect("const now = new Date();").toMatch(impure);
});
