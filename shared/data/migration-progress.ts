import { migrations } from "../domain/migration.ts";
import type { Migration } from "../domain/migrations/step.ts";
import { partitionItems } from "./list.ts";
import { create, tryCommit } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Place } from "./stored-walk.ts";
import type { Key, PutWrite, TableQuerier, TableWriter } from "./table.ts";

/** How far a run of a migration is with a part of the table. */
export interface Progress {
  /** When the run began: the later of two runs counts. */
  readonly run: string;
  /** Pages so far: of two deliveries of a message, one writes the next. */
  readonly pages: number;
  readonly place: Place;
  readonly migrated: number;
  readonly done: boolean;
}

/** The part that lists the brokerages: each becomes a part of its own. */
export const directoryPart = "brokerages";

/**
 * The migrations that are run: the last of each kind, for it takes an item through all the steps before it. An item that
 * DynamoDB removes by itself needs none.
 */
export const lastMigrations = (all = migrations): Migration[] => [
  ...new Map(all.map((one) => [one.of, one])).values(),
];

const prefix = "part#";
const progressKey = (migration: string, part: string): Key => ({
  pk: `migration#${migration}`,
  sk: `${prefix}${part}`,
});

export async function readProgress(
  table: TableQuerier,
  migration: string,
  part: string,
): Promise<Progress | undefined> {
  return table.get<Key & Progress>(progressKey(migration, part));
}

/** Begins a part in a run; false if it has begun already, in this run or in a later one. */
export function beginPart(
  table: TableWriter<PutWrite>,
  migration: string,
  part: string,
  run: string,
): Promise<boolean> {
  const { Put } = create(item(migration, part, { run, pages: 0, place: {}, migrated: 0, done: false }));
  const ConditionExpression = `${Put.ConditionExpression} OR #run < :run`;
  const names = { ExpressionAttributeNames: { "#run": "run" }, ExpressionAttributeValues: { ":run": run } };
  return tryCommit(table, [{ Put: { ...Put, ConditionExpression, ...names } }]);
}

/** Writes how far a part is after another page; false if another delivery did. */
export function advance(
  table: TableWriter<PutWrite>,
  migration: string,
  part: string,
  { run, pages }: Progress,
  next: Pick<Progress, "place" | "migrated" | "done">,
): Promise<boolean> {
  return tryCommit(table, [
    {
      Put: {
        Item: item(migration, part, { run, pages: pages + 1, ...next }),
        ConditionExpression: "#run = :run AND pages = :pages",
        ExpressionAttributeNames: { "#run": "run" },
        ExpressionAttributeValues: { ":run": run, ":pages": pages },
      },
    },
  ]);
}

const item = (migration: string, part: string, progress: Progress) =>
  withSchemaVersion("migration", { ...progressKey(migration, part), ...progress });

/** How far the last run of a migration is. */
export interface Run {
  readonly migration: string;
  /** When it began; undefined before the first. */
  readonly run: string | undefined;
  /** The parts that it has begun, and those that are not done. */
  readonly parts: number;
  readonly open: readonly string[];
  readonly migrated: number;
}

/** The last run of a migration, with all its parts. */
export async function lastRun(table: TableQuerier, migration: string): Promise<Run> {
  const { pk } = progressKey(migration, "");
  const all: (Key & Progress)[] = [];
  for await (const one of partitionItems(table, pk)) all.push(one as unknown as Key & Progress);
  const run = all.find(({ sk }) => sk === `${prefix}${directoryPart}`)?.run;
  const own = all.filter((one) => one.run === run);
  return {
    ...{ migration, run, parts: own.length },
    open: own.filter(({ done }) => !done).map(({ sk }) => sk.slice(prefix.length)),
    migrated: own.reduce((sum, { migrated }) => sum + migrated, 0),
  };
}
