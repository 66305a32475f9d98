import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

// biome-ignore lint/suspicious/noExplicitAny: CloudFormation.
export type Resources = Record<string, { readonly Type: string; Properties: any }>;

/** Changes the resources of each template of an assembly (a folder) in place. */
export async function patchTemplates(
  assembly: string,
  change: (resources: Resources) => void,
): Promise<void> {
  for (const name of readdirSync(assembly).filter((name) => name.endsWith(".template.json"))) {
    const template = JSON.parse(readFileSync(join(assembly, name), "utf8"));
    change(template.Resources);
    writeFileSync(join(assembly, name), JSON.stringify(template));
  }
}
