import { patchTemplates } from "./patch-templates.ts";

/**
 * Patches an assembly so that a killed worker's message comes back after seconds, and as often as a test kills; and so
 * that its lease, which lasts as long as the function may, is over soon, too.
 */
export const redeliverSoon = (assembly: string): Promise<void> =>
  patchTemplates(assembly, (resources) => {
    for (const { Type, Properties } of Object.values(resources))
      if (Type === "AWS::SQS::Queue" && Properties.RedrivePolicy) {
        Properties.VisibilityTimeout = 5;
        // SQS's most: a job that is killed again and again is received twice each time, once while its lease lasts.
        Properties.RedrivePolicy.maxReceiveCount = 1000;
      } else if (Type === "AWS::Lambda::Function" && Properties.Timeout > 29) Properties.Timeout = 15;
  });
