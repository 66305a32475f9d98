import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { finishMigrations, type Migrated, startMigrations } from "../migrations.ts";
import { bootstrapLocally } from "./bootstrap-locally.ts";
import { build } from "./build.ts";
import { type Cloud, startCloud } from "./cloud.ts";
import { openData } from "./data.ts";

/** What of a local cloud is migrated. */
export const migratedIn = ({ environment, resource }: Cloud): Migrated => ({
  environment,
  table: resource("AWS::DynamoDB::GlobalTable"),
  queueUrl: resource("AWS::SQS::Queue", "MigrationsQueue"),
});

/** Brings the data of a running local cloud to the shape of this release; says nothing when all of it was migrated before. */
export async function migrateLocally(cloud: Cloud, say: (line: string) => void): Promise<void> {
  const migrated = migratedIn(cloud);
  await finishMigrations(migrated, await startMigrations(migrated), say);
}

/** Starts the local cloud on a data folder that no other uses, for as long as `work` takes. */
export async function onStoppedCloud(
  folder = ".gable",
  work: (migrated: Migrated) => Promise<void>,
): Promise<void> {
  const data = resolve(folder);
  if (!existsSync(join(data, "dynamodb"))) throw new Error(`${data} has no data of a local cloud`);
  // Before anything is built: throws while another cloud uses it.
  openData(data, console.log).close();
  const assembly = join(data, "assembly");
  await build("dev", assembly);
  const cloud = await startCloud({ assembly, data, port: 0, log: () => {}, prepare: bootstrapLocally });
  try {
    await work(migratedIn(cloud));
  } finally {
    await cloud.stop();
  }
}
