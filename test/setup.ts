import type { TestProject } from "vitest/node";
import { startTestCloud, type TestCloud } from "./start-cloud.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cloud: Omit<TestCloud, "stop">;
  }
}

/** One local cloud for all files of a test project, on a free port and in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...cloud } = await startTestCloud();
  project.provide("cloud", cloud);
  return stop;
}
