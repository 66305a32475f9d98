import { setTimeout as sleep } from "node:timers/promises";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { directoryPart, lastMigrations, lastRun, type Run } from "../shared/data/migration-progress.ts";
import type { MigrationMessage } from "../shared/data/queue.ts";
import { openTable } from "../shared/data/table.ts";
import { clientConfig } from "./bootstrap.ts";

/** Where the items are, and the queue of the worker that migrates them; `environment` has the AWS variables. */
export interface Migrated {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly table: string;
  readonly queueUrl: string;
}

const isDone = ({ run, open }: Run) => run !== undefined && open.length === 0;

/** How far each migration is. */
export function runsOf({ environment, table }: Migrated): Promise<Run[]> {
  const opened = openTable(table, clientConfig(environment));
  return Promise.all(lastMigrations().map(({ name }) => lastRun(opened, name)));
}

/**
 * Starts each migration that has not run yet, and goes on with one that was interrupted; with `again` all of them begin
 * anew. `delay` is the seconds until the worker begins. Answers the runs that it found done.
 */
export async function startMigrations(
  migrated: Migrated,
  { again = false, delay = 0 }: { readonly again?: boolean; readonly delay?: number } = {},
): Promise<Run[]> {
  const sqs = new SQSClient(clientConfig(migrated.environment));
  const send = (message: MigrationMessage) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: migrated.queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: delay,
      }),
    );
  const runs = await runsOf(migrated);
  for (const { migration, run, open } of runs) {
    const [began, parts] =
      again || run === undefined ? [new Date().toISOString(), [directoryPart]] : [run, open];
    for (const part of parts) await send({ migration, run: began, part });
  }
  return again ? [] : runs.filter(isDone);
}

/** Waits until every migration that is not in `done` has ended; says how far each is whenever that changes. */
export async function finishMigrations(
  migrated: Migrated,
  done: readonly Run[],
  say: (line: string) => void,
): Promise<void> {
  const before = new Map(done.map((run) => [run.migration, run.run]));
  const said = new Map<string, string>();
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 5_000)) {
    const runs = (await runsOf(migrated)).filter(({ migration }) => !before.has(migration));
    for (const run of runs) {
      const line = lineOf(run);
      if (said.get(run.migration) !== line) say(line);
      said.set(run.migration, line);
    }
    if (runs.every(isDone)) return;
    await sleep(pause);
  }
}

/** "user-roles: done, 12 items migrated". */
export const lineOf = ({ migration, run, parts, open, migrated }: Run): string =>
  run === undefined
    ? `${migration}: not begun`
    : `${migration}: ${open.length === 0 ? "done" : `${open.length} of ${parts} parts to go`}, ${migrated} items migrated`;
