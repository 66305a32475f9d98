import { Readable } from "node:stream";
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { runImport } from "../../functions/imports/run-import.ts";
import { changeRecord } from "../../shared/data/records.ts";
import type { Table, Write } from "../../shared/data/table.ts";
import { importRecord, undoing } from "../../shared/domain/import.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { expectStatus, signUp, unique } from "../cloud.ts";
import { table } from "../in-process.ts";
import { readAll } from "../properties.ts";
import { stored } from "../records.ts";

/** A row of this width fills a chunk with five: an import of three chunks and a dozen writes. */
const wide = "x".repeat(900_000);
const prices = [1, 2, 3, 4, 5, 6, 7, 7, 9, 10, 11, 12];
/** Rows 7 and 8, of one chunk, are one property; so are rows 1 and 6, and 2 and 12, of different chunks. */
const keys = ["a", "b", "c", "d", "e", "a", "g", "g", "i", "j", "k", "b"];
const expected = { rows_total: 12, rows_created: 9, rows_updated: 2, rows_unchanged: 1, rows_failed: 0 };

/** The rows of an import, by its resource: what a row says and by what it finds its record. */
const rowsOf = {
  property: (run: string) =>
    keys.map((key, at) => ({ id: `${run}-${key}`, date: "2015-01-01", price: prices[at], wide })),
  // One finds its client by the email, one by the phone and the name, one by the id that the email's row had.
  client: (run: string) =>
    keys.map((key, at) => {
      const [id, email, phone] = [
        `${run}-${key}`,
        `${run}-${key}@x.example`,
        `+1425555${1000 + key.charCodeAt(0)}`,
      ];
      const by = { a: { phone }, b: at === 1 ? { id, email } : { id } }[key] ?? { email };
      return { name: `${run} ${key}`, source_system: "crm", ...by, tags: `t${prices[at]}`, wide };
    }),
} as const;
type Resource = keyof typeof rowsOf;
const listOf = { property: "/v1/properties", client: "/v1/clients" } as const;

let office: Awaited<ReturnType<typeof signUp>>;
beforeAll(async () => {
  office = await signUp();
});

/** What becomes of a delivery: at which of its writes and sends it dies, before or after, and whether it comes twice. */
interface Fate {
  readonly pick: number;
  readonly diesAt: number;
  readonly after: boolean;
  readonly again: boolean;
}
const fates = fc.array(
  fc.record({ pick: fc.nat(100), diesAt: fc.nat(7), after: fc.boolean(), again: fc.boolean() }),
  { minLength: 6, maxLength: 12 },
);

type Through = (write: Write) => Write;

type Message = { readonly brokerage_id: string; readonly id: string; readonly offset?: number };

/** Delivers messages as the fates have it until none is left: a dead delivery's comes again. */
async function deliverAll(first: Message, file: Buffer, fates: readonly Fate[], through: Through) {
  const waiting: Message[] = [first];
  const files = {
    stream: async (_: string, from = 0, length = file.length) => ({
      body: Readable.from([file.subarray(from, from + length)]),
      size_bytes: file.length,
    }),
    bytes: async () => file,
  };
  for (let step = 0; waiting.length > 0; step++) {
    const { pick, diesAt, after, again } = fates[step] ?? { pick: 0, diesAt: 99, after: false, again: false };
    const message = waiting.splice(pick % waiting.length, 1)[0]!;
    let calls = 0;
    const perhapsDie = async (act: () => Promise<void>) => {
      const dies = calls++ === diesAt;
      if (dies && !after) throw new Error("died");
      await act();
      if (dies) throw new Error("died");
    };
    const doors = {
      table: {
        ...table,
        commit: (writes) => perhapsDie(() => table.commit(writes.map(through))),
      } satisfies Table,
      queue: { send: (next: object) => perhapsDie(async () => void waiting.push(next as Message)) },
      files,
    };
    try {
      // A delivery comes when the lease of one that died has run out.
      const at = new Date(Date.now() + step * 120_000);
      await runImport.run({
        ...invocation("runImport", null, at),
        ...doors,
        message: [message],
        lastTry: false,
        secondsLeft: 60,
      });
      if (again) waiting.push(message);
    } catch (error) {
      if ((error as Error).message !== "died") throw error;
      waiting.push(message);
    }
  }
}

/** Imports and undoes under the fates; answers both records. */
async function importAndUndo(
  resource: Resource,
  fates: readonly Fate[],
  through: Through = (write) => write,
) {
  const file = Buffer.from(JSON.stringify(rowsOf[resource](unique())));
  const { token, brokerage } = office;
  const body = { resource, format: "json", size_bytes: file.length };
  const { import: announced } = await expectStatus(201, "POST", "/v1/imports", { token, body });
  const named = { brokerage_id: brokerage.id, id: announced.id };

  await deliverAll(named, file, fates, through);
  const imported = (await stored(importRecord, named.brokerage_id, named.id))!;
  // As the API does, without the effect that would bring the running worker.
  const asked = invocation("test", null);
  const [write] = changeRecord(importRecord, imported, undoing(asked.written), asked).writes;
  await table.commit([{ Put: { ...write!.Put, Item: { ...write!.Put.Item, entity: "an import apart" } } }]);
  await deliverAll({ ...named, offset: 0 }, file, fates, through);
  return { imported, undone: (await stored(importRecord, named.brokerage_id, named.id))! };
}

test.each(["property", "client"] as const)(
  "however often deliveries of a %s import die, come again or come late, each row counts once and is undone once",
  async (resource) => {
    await fc.assert(
      fc.asyncProperty(fates, async (fates) => {
        const { imported, undone } = await importAndUndo(resource, fates);
        expect(imported).toMatchObject({ status: "completed", progress: 100, ...expected });
        expect(undone).toMatchObject({
          status: "undone",
          undo_removed: expected.rows_created,
          undo_restored: 0,
          undo_left: 0,
          ...expected,
        });
        expect(await readAll(listOf[resource], office.token)).toEqual([]);
      }),
      { numRuns: 2, endOnFailure: true },
    );
  },
);

test.each(["property", "client"] as const)(
  "sabotage: without what a %s row's write is known again by, a delivery that died is counted twice",
  async (resource) => {
    const unknown: Through = (write) => {
      if (!("Put" in write) || write.Put.Item.entity !== resource) return write;
      const { detail, written, ...item } = write.Put.Item;
      const other = { ...written, operation_id: unique() };
      return {
        Put: { ...write.Put, Item: { ...item, detail: { ...detail, import: undefined }, written: other } },
      };
    };
    // Two deliveries only look, the third imports the first chunk; the fourth dies before its counters are written.
    const lives = { pick: 0, diesAt: 99, after: false, again: false };
    const dies = [lives, lives, lives, { ...lives, diesAt: 4 }];
    const { imported, undone } = await importAndUndo(resource, dies, unknown);
    expect(imported.rows_created).toBeLessThan(expected.rows_created);
    expect(undone.undo_removed).toBe(0);
  },
);
