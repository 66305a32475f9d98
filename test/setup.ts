import type { TestProject } from "vitest/node";
import { oneActionLess, sampleOneActionLess } from "./prove/one-action-less.ts";
import { redeliverSoon } from "./prove/redeliver-soon.ts";
import { withoutWorkers } from "./prove/without-workers.ts";
import { startTestCloud, type TestCloud } from "./start-cloud.ts";

declare module "vitest" {
  interface ProvidedContext {
    readonly cloud: Omit<TestCloud, "stop">;
  }
}

/** Proofs kill workers; the proof of crashes and that of scale run them themselves, with nothing beside; that of IAM has copies of all. */
const patches: Readonly<Record<string, (assembly: string) => Promise<void>>> = {
  cloud: sampleOneActionLess,
  prove: redeliverSoon,
  "prove-still": withoutWorkers,
  "prove-scale": withoutWorkers,
  "prove-iam": oneActionLess,
};

/** One local cloud for all files of a test project, on a free port and in a folder of its own. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const { stop, ...cloud } = await startTestCloud(patches[project.name]);
  project.provide("cloud", cloud);
  return stop;
}
