import type { TestProject } from "vitest/node";
import { personalDataIn } from "./personal-data.ts";
import { oneActionLess, sampleOneActionLess } from "./prove/one-action-less.ts";
import { redeliverSoon } from "./prove/redeliver-soon.ts";
import { withoutSchedules, withoutWorkers } from "./prove/without-workers.ts";
import { startTestCloud, type TestCloud } from "./start-cloud.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cloud: Omit<TestCloud, "stop">;
  }
}

/**
 * Changes to the assembly by test project: faster redelivery, no schedules (each run goes through the hundreds of
 * brokerages that tests make), no workers at all, or roles with one IAM action removed.
 */
const patches: Readonly<Record<string, (assembly: string) => Promise<void>>> = {
  cloud: sampleOneActionLess,
  "cloud-of-few": withoutSchedules,
  "prove-iam": oneActionLess,
  "prove-rest": redeliverSoon,
  "prove-scale": withoutWorkers,
  "prove-still-crash": withoutWorkers,
  "prove-still-lost-answers": withoutWorkers,
};

/**
 * One local cloud for all files of a test project, on a free port and in a folder of its own. The run fails when
 * personal data of any of its tests is in a log or a queue.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  // What the project says to its tests' Java it says to its cloud's, too, and to no other.
  const { JAVA_TOOL_OPTIONS = "" } = process.env;
  process.env.JAVA_TOOL_OPTIONS = project.config.env?.JAVA_TOOL_OPTIONS ?? JAVA_TOOL_OPTIONS;
  const { stop, ...cloud } = await startTestCloud(patches[project.name]);
  process.env.JAVA_TOOL_OPTIONS = JAVA_TOOL_OPTIONS;
  project.provide("cloud", cloud);
  return async () => {
    const found = personalDataIn(cloud.data);
    await stop();
    if (found.length > 0) throw new Error(`Personal data in logs or queues:\n${found.join("\n")}`);
  };
}
