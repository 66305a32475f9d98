import { patchTemplates } from "./patch-templates.ts";

/** What calls workers, and the alarms that measure it. */
const removed = ["AWS::Lambda::EventSourceMapping", "AWS::CloudWatch::Alarm"];

/** Patches an assembly so that no queue, no stream and no schedule calls its worker. */
export async function withoutWorkers(assembly: string): Promise<void> {
  await withoutSchedules(assembly);
  await patchTemplates(assembly, (resources) => {
    for (const [id, { Type }] of Object.entries(resources)) if (removed.includes(Type)) delete resources[id];
  });
}

/** Patches an assembly so that schedules run when they are fired by hand, and else never. */
export const withoutSchedules = (assembly: string): Promise<void> =>
  patchTemplates(assembly, (resources) => {
    for (const { Type, Properties } of Object.values(resources))
      if (Type === "AWS::Events::Rule") Properties.State = "DISABLED";
  });
