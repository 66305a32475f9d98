import { createHash } from "node:crypto";
import { globSync, readFileSync } from "node:fs";
import { join, normalize } from "node:path";
import { parseAst } from "vitest/node";
import * as z from "zod/mini";
import { versionOf } from "../../shared/data/migrated-item.ts";
import { schemas } from "../../shared/data/schema.ts";
import { recordTypes } from "../../shared/data/stored-kinds.ts";

const root = join(import.meta.dirname, "../..");

/** A node of a syntax tree. */
// biome-ignore lint/suspicious/noExplicitAny: ESTree, read by its field names.
type Node = any;

/** The version of a stored shape, and a hash of all that is seen of it. */
export interface Shape {
  readonly version: number;
  readonly hash: string;
}

interface Source {
  /** Top-level declarations by name, and where imported names come from. */
  readonly declared: ReadonlyMap<string, Node>;
  readonly imported: ReadonlyMap<string, { readonly file: string; readonly name: string }>;
  readonly body: readonly Node[];
}

/** Reads every source that may say what is stored. */
export type Sources = ReadonlyMap<string, Source>;

export const readSources = (): Map<string, Source> =>
  new Map(
    globSync("{shared,infra,functions}/**/*.ts", { cwd: root }).map((file) => [
      file,
      sourceOf(file, readFileSync(join(root, file), "utf8")),
    ]),
  );

export function sourceOf(file: string, text: string): Source {
  const body: Node[] = (parseAst(text, { lang: "ts" }) as Node).body;
  const declared = new Map<string, Node>();
  const imported = new Map<string, { file: string; name: string }>();
  for (const statement of body) {
    const node = statement.declaration ?? statement;
    if (node.id?.name) declared.set(node.id.name, node);
    for (const one of node.declarations ?? []) if (one.id.name) declared.set(one.id.name, one);
    if (statement.type === "ImportDeclaration" && statement.source.value.startsWith("."))
      for (const { local, imported: from } of statement.specifiers)
        if (from)
          imported.set(local.name, {
            file: normalize(join(file, "..", statement.source.value)),
            name: from.name,
          });
  }
  return { declared, imported, body };
}

/** All shapes as the sources are now: of each type of record, and of each item of `schemas`. */
export async function shapesOf(sources: Sources): Promise<Record<string, Shape>> {
  const found = new Map<string, unknown[]>();
  const add = (name: string, part: unknown) => found.set(name, [...(found.get(name) ?? []), part]);
  for (const [file, { body }] of [...sources].sort(([one], [other]) => one.localeCompare(other)))
    for (const statement of body) {
      for (const [{ properties }] of callsOf("recordType", statement)) {
        const part = (name: string) => properties.find(({ key }: Node) => key?.name === name)?.value;
        const stored = ["internal", "indexAttributes"].map((name) => part(name));
        add(
          part("name").value,
          stored.map((node) => plain(node)),
        );
        for (const one of await mentioned(stored, file, sources)) add(part("name").value, one);
      }
      for (const [{ value }] of callsOf("withSchemaVersion", statement)) {
        add(value, plain(statement));
        for (const one of await mentioned(statement, file, sources)) add(value, one);
      }
    }
  for (const { name, fields, listed, lists, unique = [] } of recordTypes)
    add(name, [schemaOf(fields), schemaOf(listed), lists, unique.map(({ name, over }) => [name, over])]);
  const names = [...recordTypes.map(({ name }) => name), ...Object.keys(schemas)].sort();
  return Object.fromEntries(
    names.map((name) => [name, { version: versionOf(name), hash: hashOf(found.get(name)) }]),
  );
}

/** The names of all types of record that the sources declare. */
export const declaredTypes = (sources: Sources): string[] =>
  [...sources.values()].flatMap(({ body }) =>
    callsOf("recordType", body).map(
      ([{ properties }]) => properties.find(({ key }: Node) => key.name === "name").value.value as string,
    ),
  );

/** The arguments of each call of a function in a tree. */
function callsOf(name: string, node: Node): Node[][] {
  const calls: Node[][] = [];
  visit(node, (one) => {
    if (one.type === "CallExpression" && one.callee.name === name && one.arguments.length > 0)
      calls.push(one.arguments);
  });
  return calls.filter(([first]) => first.type === "ObjectExpression" || first.type === "Literal");
}

/**
 * What a tree's types and values refer to, and what these do: declarations of types; schemas as they validate; in the
 * same file functions and constants, too. A type of record has a shape of its own.
 */
async function mentioned(
  node: Node,
  file: string,
  sources: Sources,
  seen = new Set<string>(),
): Promise<unknown[]> {
  const { declared, imported } = sources.get(file)!;
  const names = new Set<string>();
  visit(node, (one) => {
    if (one.type === "Identifier") names.add(one.name);
  });
  const parts: unknown[] = [];
  for (const name of [...names].sort()) {
    const from = declared.has(name) ? { file, name } : imported.get(name);
    const found = from && sources.get(from.file)?.declared.get(from.name);
    if (!found || seen.has(`${from.file} ${from.name}`)) continue;
    seen.add(`${from.file} ${from.name}`);
    const isType = found.type === "TSInterfaceDeclaration" || found.type === "TSTypeAliasDeclaration";
    const value = isType ? undefined : await exported(from.file, from.name);
    if (isSchema(value)) parts.push(schemaOf(value));
    else if (isType || (from.file === file && !isRecordType(value))) {
      parts.push(plain(found));
      parts.push(...(await mentioned(found, from.file, sources, seen)));
    }
  }
  return parts;
}

const exported = async (file: string, name: string): Promise<unknown> =>
  file.startsWith("shared/domain/") ? (await import(join(root, file)))[name] : undefined;
const isRecordType = (value: unknown) => recordTypes.some((type) => type === value);
const isSchema = (value: unknown): value is z.core.$ZodType =>
  typeof value === "object" && value !== null && "_zod" in value;

/** A schema as it validates what is stored, without what only documents it. */
const schemaOf = (schema: z.core.$ZodType): unknown =>
  JSON.parse(
    JSON.stringify(z.toJSONSchema(schema, { io: "output", unrepresentable: "any" }), (key, value) =>
      ["description", "examples", "title", "$schema"].includes(key) ? undefined : value,
    ),
  );

/** A tree without places in the file. */
const plain = (node: Node): unknown =>
  node &&
  JSON.parse(JSON.stringify(node, (key, value) => (["start", "end"].includes(key) ? undefined : value)));

function visit(node: Node, see: (node: Node) => void): void {
  if (typeof node !== "object" || node === null) return;
  if (typeof node.type === "string") see(node);
  for (const value of Object.values(node)) visit(value, see);
}

const hashOf = (parts: unknown): string =>
  createHash("sha256")
    .update(JSON.stringify(parts) ?? "")
    .digest("hex")
    .slice(0, 16);
