import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { bootstrapLocally } from "./bootstrap-locally.ts";
import { build } from "./build.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { openData } from "./data.ts";

/**
 * Starts the local cloud on a data folder that no other uses, for as long as `work` takes. Unless that needs workers
 * nothing runs by itself: what waits in queues is none of a command's business.
 */
export async function onStoppedCloud(
  folder = ".gable",
  work: (cloud: Cloud) => Promise<void>,
  { atRest = true } = {},
): Promise<void> {
  const data = resolve(folder);
  if (!existsSync(join(data, "dynamodb"))) throw new Error(`${data} has no data of a local cloud`);
  // Before anything is built: throws while another cloud uses it.
  openData(data, console.log).close();
  const assembly = join(data, "assembly");
  await build("dev", assembly);
  const prepare = bootstrapLocally;
  const cloud = await startCloud({ assembly, data, port: 0, log: () => {}, prepare, atRest });
  try {
    await work(cloud);
  } finally {
    await cloud.stop();
  }
}
