import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** What calls workers, and the alarms that measure it. */
const removed = ["AWS::Lambda::EventSourceMapping", "AWS::CloudWatch::Alarm"];

interface Resource {
  readonly Type: string;
  readonly Properties: { State?: string };
}

/** Patches an assembly so that no queue, no stream and no schedule calls its worker. */
export async function withoutWorkers(assembly: string): Promise<void> {
  for (const name of readdirSync(assembly).filter((name) => name.endsWith(".template.json"))) {
    const template = JSON.parse(readFileSync(join(assembly, name), "utf8"));
    for (const [id, { Type, Properties }] of Object.entries<Resource>(template.Resources)) {
      if (removed.includes(Type)) delete template.Resources[id];
      if (Type === "AWS::Events::Rule") Properties.State = "DISABLED";
    }
    writeFileSync(join(assembly, name), JSON.stringify(template));
  }
}
