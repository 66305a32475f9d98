import type { TestProject } from "vitest/node";
import { redeliverSoon } from "./prove/redeliver-soon.ts";
import { startTestCloud, type TestCloud } from "./start-cloud.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cloud: Omit<TestCloud, "stop">;
  }
}

/** One local cloud for all files of a test project, on a free port and in a folder of its own; proofs kill workers. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...cloud } = await startTestCloud(project.name === "prove" ? redeliverSoon : undefined);
  project.provide("cloud", cloud);
  return stop;
}
