import * as z from "zod/mini";
import { brokeragesFrom } from "../../shared/data/directory.ts";
import { migrateItem, recount } from "../../shared/data/migrated-item.ts";
import {
  advance,
  beginPart,
  directoryPart,
  lastMigrations,
  readProgress,
} from "../../shared/data/migration-progress.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { deletedPart, itemsOf, type Place } from "../../shared/data/stored-walk.ts";
import { type Key, tableFor } from "../../shared/data/table.ts";
import { migrations } from "../../shared/domain/migration.ts";
import { queueWorker } from "../../shared/entry/definition.ts";

/** Steps of a walk, and items at the same time, that one message takes. */
const pageSize = 50;
const atOnce = 10;

const deletes = migrations.some(({ step }) => step === "delete");

/**
 * Migrates one page of a part of the table and sends itself the next: first the directory of brokerages, each of which
 * becomes a part, beside the deleted records of all. What is done twice changes nothing.
 */
export const migrate = queueWorker({
  id: "migrate",
  queue: "migrations",
  summary: "Bring a page of stored items to the shape of this release",
  impact:
    "Stored items keep the shape of the release before; the next release must wait until they have not.",
  access: {
    table: tableFor(
      "GetItem",
      "BatchGetItem",
      "Query",
      "PutItem",
      ...(deletes ? (["DeleteItem"] as const) : []),
    ),
    queue: sendTo("migrations"),
  },
  message: z.strictObject({ migration: z.string(), run: z.string(), part: z.string() }),
  async run({ message, table, queue, written }) {
    const { migration: name, run, part } = message;
    const migration = lastMigrations().find((one) => one.name === name);
    if (!migration) return;
    if (part === directoryPart) await beginPart(table, name, part, run);
    const progress = await readProgress(table, name, part);
    if (progress?.run !== run || progress.done) return;

    const page =
      part === directoryPart ? await listBrokerages(progress.place) : await migratePage(progress.place);
    const next = { ...page, migrated: progress.migrated + page.migrated };
    if ((await advance(table, name, part, progress, next)) && !page.done) await queue.send(message);

    /** Makes each brokerage of the page a part that begins; the first page the deleted records, too. */
    async function listBrokerages({ last }: Place) {
      const { ids, next } = await brokeragesFrom(table, last);
      for (const each of [...(last ? [] : [deletedPart]), ...ids]) {
        await beginPart(table, name, each, run);
        await queue.send({ migration: name, run, part: each });
      }
      return { place: { last: next }, migrated: 0, done: next === undefined };
    }

    async function migratePage(from: Place) {
      const found: Key[] = [];
      let place = from;
      let steps = 0;
      for await (const { entry, after } of itemsOf(table, migration!.of, part, from)) {
        if (entry) found.push(entry);
        place = after;
        if (++steps === pageSize) break;
      }
      let migrated = 0;
      for (let at = 0; at < found.length; at += atOnce)
        for (const isNew of await Promise.all(
          found.slice(at, at + atOnce).map((key) => migrateItem(table, migration!.of, key, written)),
        ))
          if (isNew) migrated++;
      const done = steps < pageSize;
      if (done && part !== deletedPart) await recount(table, migration!.of, part);
      return { place, migrated, done };
    }
  },
});
