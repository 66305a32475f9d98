import { patchTemplates } from "./patch-templates.ts";

/** The workers that proofs kill, and their queues, as the logical ids begin. */
const killed =
  /^(ingestUpload|runImport|runExport|runCma|runAiRequest|runHandOver)Function|^(Media|Imports|Exports|Cma|Ai|Handovers)Queue/;

/**
 * Patches an assembly so that a killed worker's message comes back after seconds, and as often as a test kills; and so
 * that its lease, which lasts as long as the function may, is over soon, too. Others keep their time: a market of 20,000
 * sales that is not folded in seconds would be begun again and again, and slow down everything.
 */
export const redeliverSoon = (assembly: string): Promise<void> =>
  patchTemplates(assembly, (resources) => {
    for (const [id, { Type, Properties }] of Object.entries(resources)) {
      if (!killed.test(id)) continue;
      if (Type === "AWS::SQS::Queue" && Properties.RedrivePolicy) {
        Properties.VisibilityTimeout = 5;
        // SQS's most: a job that is killed again and again is received twice each time, once while its lease lasts.
        Properties.RedrivePolicy.maxReceiveCount = 1000;
      } else if (Type === "AWS::Lambda::Function") Properties.Timeout = 15;
    }
  });
