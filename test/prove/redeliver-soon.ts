import type { QueueName } from "../../shared/data/grant.ts";
import { title } from "../start-cloud.ts";
import { patchTemplates } from "./patch-templates.ts";

/** The workers that proofs kill, each with its queue. */
const killed = {
  ingestUpload: "media",
  runAiRequest: "ai",
  runCma: "cma",
  runExport: "exports",
  runHandOver: "handovers",
  runImport: "imports",
} satisfies Record<string, QueueName>;
export type Killed = keyof typeof killed;

/** What the logical ids of those functions and queues begin with. */
const hastened = Object.entries(killed).flatMap(([id, queue]) => [`${id}Function`, `${title(queue)}Queue`]);

/**
 * Patches an assembly so that a killed worker's message comes back after seconds, and as often as a test kills; and so
 * that its lease, which lasts as long as the function may, is over soon, too. Others keep their time: a market of 20,000
 * sales that is not folded in seconds would be begun again and again, and slow down everything.
 */
export const redeliverSoon = (assembly: string): Promise<void> =>
  patchTemplates(assembly, (resources) => {
    for (const [logicalId, { Type, Properties }] of Object.entries(resources)) {
      if (!hastened.some((beginning) => logicalId.startsWith(beginning))) continue;
      if (Type === "AWS::SQS::Queue" && Properties.RedrivePolicy) {
        Properties.VisibilityTimeout = 5;
        // SQS's most: a job that is killed again and again is received twice each time, once while its lease lasts.
        Properties.RedrivePolicy.maxReceiveCount = 1000;
      } else if (Type === "AWS::Lambda::Function") Properties.Timeout = 15;
    }
  });
