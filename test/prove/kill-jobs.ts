import { setTimeout as sleep } from "node:timers/promises";
import type { Item, Key } from "../../shared/data/table.ts";
import { cloud } from "../cloud.ts";
import { table } from "../in-process.ts";
import { flat } from "../records.ts";
import type { Killed } from "./redeliver-soon.ts";

/** A kind of job to be killed: how one is started, and when its record says that it has ended. */
export interface KillableJob {
  readonly worker: Killed;
  /** Starts a job; answers the key of its record, whose version counts the worker's steps. */
  start(): Promise<Key>;
  hasEnded(record: Item): boolean;
  /** How long a job takes, about: the kill comes at any moment of it. */
  readonly milliseconds: number;
  /** Jobs under way at once; a killed one is out for as long as its message is hidden. */
  readonly atOnce?: number;
}

/**
 * Kills a worker (SIGKILL, all its processes) so many times, each time after it took a step in a job that it has not
 * ended; then lets it be and waits until every job has ended. Answers their records, and the kills.
 */
export async function killJobs(
  kills: number,
  job: KillableJob,
): Promise<{ readonly records: Item[]; readonly deaths: number }> {
  const { worker, start, hasEnded, milliseconds, atOnce = 32 } = job;
  const open = new Map<string, { readonly key: Key; version: unknown; hasMoved: boolean }>();
  const ended: Item[] = [];
  const deadline = Date.now() + 45 * 60_000;

  /** Looks at the open jobs; true when the worker is in the middle of one. */
  async function look(): Promise<boolean> {
    if (Date.now() > deadline) throw new Error(`Not ended in time: ${[...open.keys()].join(", ")}`);
    const jobs = [...open.values()];
    const records = (await table.getMany(jobs.map(({ key }) => key))).map((item) => flat(item!));
    for (const [at, record] of records.entries()) {
      const job = jobs[at]!;
      job.hasMoved ||= record.version !== job.version;
      job.version = record.version;
      if (!hasEnded(record)) continue;
      open.delete(job.key.pk);
      ended.push(record);
    }
    return [...open.values()].some(({ hasMoved }) => hasMoved);
  }

  let deaths = 0;
  let over = false;
  // Beside the kills: a job may be quicker than the start of the next, so that it has ended when all have been started.
  const startJobs = async () => {
    while (!over && deaths < kills) {
      if (open.size < atOnce) {
        const key = await start();
        open.set(key.pk, { key, version: (await table.get(key))!.version, hasMoved: false });
      } else await sleep(20);
    }
  };
  const killWorkers = async () => {
    while (!over && deaths < kills) {
      if (!(await look())) {
        await sleep(20);
        continue;
      }
      await sleep(Math.random() * milliseconds);
      if (!(await look())) continue;
      await cloud.kill(worker);
      // What was on its way to the table when the worker died is no step of the next one, and may be a job's last.
      await sleep(50);
      if (await look()) deaths++;
      for (const job of open.values()) job.hasMoved = false;
    }
  };
  try {
    await Promise.all([startJobs(), killWorkers()]);
  } finally {
    over = true;
  }
  while (open.size > 0) {
    await look();
    await sleep(200);
  }
  return { records: ended, deaths };
}
