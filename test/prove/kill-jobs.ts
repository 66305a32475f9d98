import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Item, Key } from "../../shared/data/table.ts";
import { cloud } from "../cloud.ts";
import { table } from "../in-process.ts";

/** A kind of job to be killed: how one is started, and when its record says that it has ended. */
export interface KillableJob {
  /** The entry point's id. */
  readonly worker: string;
  /** Starts a job; answers the key of its record. */
  start(): Promise<Key>;
  hasEnded(record: Item): boolean;
  /** Jobs that are under way at once. */
  readonly atOnce?: number;
  /** Milliseconds between kills, at most: long enough for a new worker to start and get into a job. */
  readonly pause?: number;
}

/**
 * Kills a worker (SIGKILL, all its processes) again and again until `deaths` deliveries have died in its hands, then
 * lets it be and waits until every job has ended. Answers the jobs' records and the deaths there really were.
 */
export async function killJobs(
  deaths: number,
  job: KillableJob,
): Promise<{ records: Item[]; deaths: number }> {
  const { worker, start, hasEnded, atOnce = 8, pause = 1200 } = job;
  const before = died(worker);
  const open = new Map<string, Key>();
  const ended: Item[] = [];
  const look = async () => {
    const records = await table.getMany([...open.values()]);
    for (const record of records)
      if (record && hasEnded(record)) {
        open.delete(record.pk);
        ended.push(record);
      }
  };

  const deadline = Date.now() + 45 * 60_000;
  while (died(worker) - before < deaths) {
    while (open.size < atOnce) {
      const key = await start();
      open.set(key.pk, key);
    }
    await sleep(pause * (0.2 + 0.8 * Math.random()));
    await cloud.kill(worker);
    await look();
    if (Date.now() > deadline) throw new Error(`Only ${died(worker) - before} deliveries died in time`);
  }
  while (open.size > 0) {
    await sleep(200);
    await look();
    if (Date.now() > deadline) throw new Error(`These jobs never ended: ${[...open.keys()].join(", ")}`);
  }
  return { records: ended, deaths: died(worker) - before };
}

/** Deliveries that a worker did not answer for: a message that it finished says how often it was delivered. */
function died(worker: string): number {
  const file = join(cloud.data, "logs", `Gable-dev-${worker}.log`);
  if (!existsSync(file)) return 0;
  let died = 0;
  for (const line of readFileSync(file, "utf8").split("\n")) {
    if (!line.includes('"job_done"')) continue;
    died += JSON.parse(line).receives - 1;
  }
  return died;
}
