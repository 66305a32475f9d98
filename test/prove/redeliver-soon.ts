import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/**
 * Patches an assembly so that a killed worker's message comes back after seconds, and as often as a test kills; and so
 * that its lease, which lasts as long as the function may, is over soon, too.
 */
export async function redeliverSoon(assembly: string): Promise<void> {
  for (const name of readdirSync(assembly).filter((name) => name.endsWith(".template.json"))) {
    const template = JSON.parse(readFileSync(join(assembly, name), "utf8"));
    // biome-ignore lint/suspicious/noExplicitAny: CloudFormation.
    for (const { Type, Properties } of Object.values<any>(template.Resources))
      if (Type === "AWS::SQS::Queue" && Properties.RedrivePolicy) {
        Properties.VisibilityTimeout = 5;
        Properties.RedrivePolicy.maxReceiveCount = 100;
      } else if (Type === "AWS::Lambda::Function" && Properties.Timeout > 29) Properties.Timeout = 15;
    writeFileSync(join(assembly, name), JSON.stringify(template));
  }
}
