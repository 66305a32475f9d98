import { finishMigrations, type Migrated, startMigrations } from "../migrations.ts";
import type { Cloud } from "./cloud.ts";

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
