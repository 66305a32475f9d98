import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import { runHandOver } from "../../functions/identity/run-hand-over.ts";
import { changeRecord, createRecord } from "../../shared/data/records.ts";
import type { PutWrite, Table, Write } from "../../shared/data/table.ts";
import { handOverRecord, newHandOver, undoingHandOver } from "../../shared/domain/hand-over.ts";
import { propertyRecord, type StoredProperty } from "../../shared/domain/property-record.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { addUser, type SignedIn, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { stored, storedAll } from "../records.ts";

/** Two batches: the second is short. */
const count = 210;

let office: Awaited<ReturnType<typeof signUp>>;
let leaver: SignedIn;
let heir: SignedIn;
let own: StoredProperty[];
beforeAll(async () => {
  office = await signUp();
  [leaver, heir] = [await addUser(office, "agent"), await addUser(office, "agent")];
  own = await fill({ ...office, ...leaver, brokerage: office.brokerage } as never, Array(count).fill({}));
});

/** What becomes of a delivery: at which of its writes and sends it dies, before or after, and whether it comes twice. */
interface Fate {
  readonly pick: number;
  readonly diesAt: number;
  readonly after: boolean;
  readonly again: boolean;
}
const fates = fc.array(
  fc.record({ pick: fc.nat(100), diesAt: fc.nat(120), after: fc.boolean(), again: fc.boolean() }),
  { minLength: 5, maxLength: 10 },
);
const lives: Fate = { pick: 0, diesAt: Number.POSITIVE_INFINITY, after: false, again: false };

type Message = { readonly brokerage_id: string; readonly id: string; readonly step?: number };
type Through = (write: Write) => Write;

/** Delivers messages as the fates have it until none is left: a dead delivery's comes again. */
async function deliverAll(first: Message, fates: readonly Fate[], through: Through): Promise<void> {
  const waiting: Message[] = [first];
  for (let turn = 0; waiting.length > 0; turn++) {
    const { pick, diesAt, after, again } = fates[turn] ?? lives;
    const message = waiting.splice(pick % waiting.length, 1)[0]!;
    let calls = 0;
    const perhapsDie = async (act: () => Promise<void>) => {
      const call = calls++;
      if (call > diesAt || (call === diesAt && !after)) throw new Error("died");
      await act();
      if (call === diesAt) throw new Error("died");
    };
    const opened = {
      table: {
        ...table,
        commit: (writes) => perhapsDie(() => table.commit(writes.map(through))),
      } satisfies Table,
      queue: { send: (next: object) => perhapsDie(async () => void waiting.push(next as Message)) },
    };
    try {
      // A delivery comes when the lease of one that died has run out.
      const at = new Date(Date.now() + turn * 120_000);
      await runHandOver.run({
        ...invocation("runHandOver", null, at),
        ...opened,
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

/** Written under another name, the hand-over brings no running worker. */
const apart = (writes: readonly Write[]): Write[] =>
  writes.map((write) =>
    "Put" in write && write.Put.Item.entity === handOverRecord.name
      ? { Put: { ...write.Put, Item: { ...write.Put.Item, entity: "a hand-over apart" } } }
      : write,
  );

/** Hands over and undoes under the fates; answers both records, and the properties before and after each. */
async function thereAndBack(fates: readonly Fate[], through: Through = (write) => write) {
  const brokerage_id: string = office.brokerage.id;
  const asked = invocation(office.user.id, null);
  const users = { from_user_id: leaver.user.id, to_user_id: heir.user.id };
  const made = newHandOver(asked.newId(), users, asked.written);
  const { record, writes } = createRecord(handOverRecord, brokerage_id, made, asked);
  await table.commit(apart(writes));
  const named = { brokerage_id, id: record.id };
  const ids = own.map(({ id }) => id);
  const properties = () => storedAll(propertyRecord, brokerage_id, ids);
  const job = async () => (await stored(handOverRecord, brokerage_id, record.id))!;
  const before = await properties();

  await deliverAll(named, fates, through);
  const [handed, there] = [await job(), await properties()];
  const undo = invocation(office.user.id, null);
  await table.commit(apart(changeRecord(handOverRecord, handed, undoingHandOver(undo.written), undo).writes));
  await deliverAll(named, fates, through);
  return { handed, before, there, undone: await job(), back: await properties() };
}

test("however often deliveries die, come again or come late, each record is handed over and given back once", async () => {
  await fc.assert(
    fc.asyncProperty(fates, async (fates) => {
      const { handed, before, there, undone, back } = await thereAndBack(fates);
      expect(handed).toMatchObject({ status: "completed", progress: 100 });
      expect(handed).toMatchObject({ records_total: count, records_handed: count, records_skipped: 0 });
      const [{ version = 0 } = {}] = before;
      expect(ownersIn(before)).toEqual(new Set([`${leaver.user.id} ${version}`]));
      expect(ownersIn(there)).toEqual(new Set([`${heir.user.id} ${version + 1}`]));
      expect(undone).toMatchObject({
        status: "undone",
        undo_returned: count,
        undo_left: 0,
        undo_skipped: [],
      });
      expect(ownersIn(back)).toEqual(new Set([`${leaver.user.id} ${version + 2}`]));
    }),
    { numRuns: 2, endOnFailure: true },
  );
});

test("sabotage: without the mark on a record, a delivery that died is not counted", async () => {
  const unmarked: Through = (write) => {
    if (!("Put" in write)) return write;
    const { handed: _, ...Item } = write.Put.Item;
    return { ...write, Put: { ...write.Put, Item } } as PutWrite;
  };
  // The first delivery looks for records; the one that hands them over dies among them.
  const { handed } = await thereAndBack([lives, lives, { ...lives, diesAt: 60 }], unmarked);
  expect(handed.records_handed).toBeLessThan(count);
});

/** The owners of properties, each with the version. */
const ownersIn = (properties: readonly (StoredProperty | undefined)[]) =>
  new Set(properties.map((one) => `${one?.owner_user_id} ${one?.version}`));
