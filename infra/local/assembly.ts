import { readFileSync } from "node:fs";
import { join } from "node:path";

/** One resource as a template declares it, before its intrinsics are resolved. */
export interface Declared {
  readonly stack: string;
  readonly logicalId: string;
  readonly type: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A stack's template, and the folder of each asset by the object key that the template names it with. */
export interface Stack {
  readonly name: string;
  readonly resources: readonly Declared[];
  readonly outputs: Readonly<Record<string, { Value: unknown; Export?: { Name: unknown } }>>;
  readonly assets: ReadonlyMap<string, string>;
}

interface Template {
  Resources?: Record<string, { Type: string; Properties?: Record<string, unknown>; Condition?: string }>;
  Outputs?: Stack["outputs"];
}

const read = (folder: string, file: string) => JSON.parse(readFileSync(join(folder, file), "utf8"));

/** Reads every stack of a synthesised cloud assembly (a cdk.out folder), those of nested CDK stages too. */
export function readAssembly(folder: string): Stack[] {
  const artifacts: { type: string; displayName?: string; properties: Record<string, string> }[] =
    Object.values(read(folder, "manifest.json").artifacts);
  return artifacts.flatMap(({ type, properties }) => {
    if (type === "cdk:cloud-assembly") return readAssembly(join(folder, properties.directoryName!));
    if (type !== "aws:cloudformation:stack") return [];
    return [readStack(folder, properties.stackName ?? "", properties.templateFile!)];
  });
}

function readStack(folder: string, stackName: string, templateFile: string): Stack {
  const name = stackName || templateFile.replace(/\.template\.json$/, "");
  const template: Template = read(folder, templateFile);
  const resources = Object.entries(template.Resources ?? {}).map(([logicalId, resource]) => {
    if (resource.Condition && resource.Type !== "AWS::CDK::Metadata")
      throw new Error(`${name}/${logicalId}: the local cloud knows no conditions`);
    return { stack: name, logicalId, type: resource.Type, properties: resource.Properties ?? {} };
  });
  const { files = {} } = read(folder, templateFile.replace(".template.json", ".assets.json"));
  const assets = new Map<string, string>();
  for (const { source, destinations } of Object.values<AssetFile>(files))
    for (const { objectKey } of Object.values(destinations)) assets.set(objectKey, join(folder, source.path));
  return { name, resources, outputs: template.Outputs ?? {}, assets };
}

interface AssetFile {
  source: { path: string };
  destinations: Record<string, { objectKey: string }>;
}
