/** `npm run migrate`: brings stored items to the shapes of this release, locally or in AWS. */
import { parseArgs } from "node:util";
import { command } from "./command.ts";
import { finishMigrations, lineOf, type Migrated, runsOf, startMigrations } from "./migrations.ts";

const usage = `Usage: npm run migrate -- [--data DIR | --table NAME --queue URL] [--again] [--status]

Brings every stored item to the shape that this release writes, while requests go on. A migration that has run is left
alone, one that was interrupted goes on where it was. Migrations: shared/domain/migrations.

  --data DIR      data of a local cloud that is stopped (.gable); npm start does the same as it starts
  --table NAME    in AWS: TableName of the stage's Data stack ...
  --queue URL     ... and MigrationsQueueUrl. npm run deploy starts it; it goes on without this command
  --again         go through all items again: after an older release has been deployed and left again
  --status        only say how far each migration is
  --help          show this help`;

await command(main);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      table: { type: "string" },
      queue: { type: "string" },
      again: { type: "boolean", default: false },
      status: { type: "boolean", default: false },
      help: { type: "boolean", default: false },
    },
  });
  const { data, table, queue, again, status } = values;
  if (values.help) return console.log(usage);
  if ((table === undefined) !== (queue === undefined) || (table && data))
    throw new Error(`Name a table and its queue, or a data folder\n\n${usage}`);

  const run = async (migrated: Migrated) => {
    const started = status ? new Map() : await startMigrations(migrated, { again });
    for (const one of await runsOf(migrated)) if (!started.has(one.migration)) console.log(lineOf(one));
    await finishMigrations(migrated, started, console.log);
  };
  if (table && queue) return run({ environment: process.env, table, queueUrl: queue });
  const { migratedIn } = await import("./local/migrate-locally.ts");
  const { onStoppedCloud } = await import("./local/stopped-cloud.ts");
  await onStoppedCloud(data, (cloud) => run(migratedIn(cloud)), { atRest: false });
}
