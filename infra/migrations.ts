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

/** How far each migration is. */
export function runsOf({ environment, table }: Migrated): Promise<Run[]> {
  const opened = openTable(table, clientConfig(environment));
  return Promise.all(lastMigrations().map(({ name }) => lastRun(opened, name)));
}

/** Migrations that are under way, by name: when the run began that is to end. */
type Started = ReadonlyMap<string, string>;

const hasEnded = ({ run, open }: Run, began = "") => run !== undefined && run >= began && open.length === 0;

/**
 * Starts each migration that has not run yet, and goes on with one that was interrupted; with `again` all of them begin
 * anew. `delay` is the seconds until the worker begins.
 */
export async function startMigrations(
  migrated: Migrated,
  { again = false, delay = 0 }: { readonly again?: boolean; readonly delay?: number } = {},
): Promise<Started> {
  const sqs = new SQSClient(clientConfig(migrated.environment));
  const send = (message: MigrationMessage) =>
    sqs.send(
      new SendMessageCommand({
        QueueUrl: migrated.queueUrl,
        MessageBody: JSON.stringify(message),
        DelaySeconds: delay,
      }),
    );
  const started = new Map<string, string>();
  for (const last of await runsOf(migrated)) {
    if (hasEnded(last) && !again) continue;
    const isNew = again || last.run === undefined;
    const run = isNew ? new Date().toISOString() : last.run!;
    for (const part of isNew ? [directoryPart] : last.open)
      await send({ migration: last.migration, run, part });
    started.set(last.migration, run);
  }
  return started;
}

/** Waits until the migrations have ended; says how far each is whenever that changes. */
export async function finishMigrations(
  migrated: Migrated,
  started: Started,
  say: (line: string) => void,
): Promise<void> {
  const said = new Map<string, string>();
  for (let pause = 100; ; pause = Math.min(pause * 1.5, 5_000)) {
    const runs = (await runsOf(migrated)).filter(({ migration }) => started.has(migration));
    const begun = runs.filter(({ migration, run }) => run && run >= started.get(migration)!);
    for (const run of begun) {
      const line = lineOf(run);
      if (said.get(run.migration) !== line) say(line);
      said.set(run.migration, line);
    }
    if (runs.every((run) => hasEnded(run, started.get(run.migration)))) return;
    await sleep(pause);
  }
}

/** "user-roles: done, 12 items migrated". */
export const lineOf = ({ migration, run, parts, open, migrated }: Run): string =>
  run === undefined
    ? `${migration}: not begun`
    : `${migration}: ${open.length === 0 ? "done" : `${open.length} of ${parts} parts to go`}, ${migrated} items migrated`;
