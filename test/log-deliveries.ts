import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { writeLog } from "../functions/changes/write-log.ts";
import { changeRecord, createRecord, deleteRecord, restoreRecord } from "../shared/data/records.ts";
import { newSession, sessionItem } from "../shared/data/sessions.ts";
import { linkItem, newLink } from "../shared/data/share-links.ts";
import type { Item, PutWrite, Table, Write } from "../shared/data/table.ts";
import { happeningIn } from "../shared/domain/log.ts";
import { verifyLog } from "../shared/domain/log-chain.ts";
import { taskRecord } from "../shared/domain/task.ts";
import { newUser, userRecord } from "../shared/domain/user.ts";
import type { Change, StreamConsumer } from "../shared/entry/definition.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { streamHandler } from "../shared/entry/stream.ts";
import { failedSignIn } from "../shared/identity/guesses.ts";
import { table } from "./in-process.ts";
import { entriesIn } from "./logs.ts";

const dice = (sides: number) => Math.floor(Math.random() * sides);
const consumer = writeLog as unknown as StreamConsumer;

/** What befell a record, as the stream tells it; some of it says nothing to the log. */
function life(brokerageId: string): Change[] {
  const by = invocation("", null).newId();
  const invoked = () => invocation(by, "203.0.113.5", new Date(), { user_agent: "Browser/1" });
  const changes: Change[] = [];
  let image: Item | undefined;
  const to = (writes: readonly Write[]) => {
    const after = (writes.at(-1) as PutWrite).Put.Item;
    changes.push({ before: image, after });
    image = after;
  };
  if (dice(4) === 0) {
    const of = { brokerage_id: brokerageId, cma_id: by };
    const link = linkItem(newLink(of, 14, by, invoked()));
    const viewed = { ...link, views: 1 };
    const { now, written } = invoked();
    const revoked = { ...viewed, revoked_at: now.toISOString(), written };
    return [
      { before: undefined, after: link },
      { before: link, after: viewed },
      { before: viewed, after: revoked },
      { before: revoked, after: undefined },
    ];
  }
  if (dice(4) === 0) {
    const person = { email: `${by}@x.example`, first_name: "A", last_name: "B", role: "agent" } as const;
    const made = createRecord(userRecord, brokerageId, newUser(person, "hash"), invoked());
    const begun = sessionItem(newSession(made.record, "Browser/1", invoked()));
    const rotated = { ...begun, rotation: 1 };
    const ended = { ...rotated, is_active: false, written: invoked().written };
    return [
      { before: undefined, after: (made.writes.at(-1) as PutWrite).Put.Item },
      { before: undefined, after: failedSignIn(person.email, made.record, invoked()).Put.Item },
      { before: undefined, after: begun },
      { before: begun, after: rotated },
      { before: rotated, after: ended },
      { before: ended, after: undefined },
    ];
  }
  const fields = { title: "T", owner_user_id: by, status: "pending", priority: "normal", category: "other" };
  let { record, writes } = createRecord(
    taskRecord,
    brokerageId,
    { ...fields, progress: 0 } as never,
    invoked(),
  );
  to(writes);
  for (let version = 2; version < 3 + dice(6); version++) {
    ({ record, writes } = changeRecord(taskRecord, record, { title: `T${version}` }, invoked()));
    to(writes);
  }
  if (dice(2) === 0) {
    to(deleteRecord(taskRecord, record, invoked()));
    to(restoreRecord(taskRecord, { ...record, version: record.version + 1 }, invoked()).writes);
  }
  return changes;
}

/** Whether two deliveries, or two shards, in any order and number leave exactly the log that the changes tell. */
export async function exactLog(
  records: number,
  { sabotage = (write: Write): Write => write, flaky = true } = {},
) {
  const brokerages = Array.from({ length: 3 }, () => invocation("", null).newId());
  const changes: Change[] = [];
  // Each change is delivered two and a half times on average.
  while (changes.length * 2.5 < records) changes.push(...life(brokerages[dice(3)]!));
  const due = changes
    .flatMap((change) => Array.from({ length: 1 + dice(4) }, () => change))
    .map((change) => ({ change, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ change }) => change);
  const delivered = due.length;
  const unreliable = withCommit(async (writes) => {
    if (flaky && dice(20) === 0) throw new Error("throttled");
    await table.commit(writes.map(sabotage));
    if (flaky && dice(20) === 0) throw new Error("the answer was lost");
  });
  const handle = await streamHandler(unreliable);
  const shard = async () => {
    while (due.length > 0) await deliver(handle, due.splice(0, 1 + dice(45)));
  };
  await Promise.all([shard(), shard(), shard()]);

  const told = new Map<string, string>();
  for (const { before, after } of changes) {
    const said = happeningIn(before, after);
    if (said) told.set(`${said.operation_id} ${said.entity} ${said.id}`, said.brokerage_id);
  }
  const faults: string[] = [];
  let entries = 0;
  for (const brokerageId of brokerages) {
    const log = await entriesIn(brokerageId);
    entries += log.length;
    const { fault } = await verifyLog(brokerageId, log, []);
    if (fault) faults.push(fault.because);
    const seen = new Set(log.map(({ operation_id, entity, id }) => `${operation_id} ${entity} ${id}`));
    if (seen.size !== log.length) faults.push(`${log.length - seen.size} stand twice`);
    const missing = [...told].filter(([name, of]) => of === brokerageId && !seen.has(name));
    if (missing.length > 0) faults.push(`${missing.length} are missing`);
  }
  return { delivered, told: told.size, entries, faults };
}

/** Delivers a batch until it is taken, halved as Lambda does it. */
async function deliver(
  handle: Awaited<ReturnType<typeof streamHandler>>,
  changes: readonly Change[],
  tries = 30,
): Promise<void> {
  const Records = changes.map((change, at) => ({
    dynamodb: { SequenceNumber: String(at), ...imagesOf(change) },
  }));
  try {
    await handle({ Records } as unknown as DynamoDBStreamEvent);
  } catch (error) {
    if (tries === 0) throw error;
    const half = Math.ceil(changes.length / 2);
    await deliver(handle, changes.slice(0, half), tries - 1);
    if (changes.length > 1) await deliver(handle, changes.slice(half), tries - 1);
  }
}

function imagesOf({ before, after }: Change) {
  const image = (item: Change["after"]) => item && marshall(item, { removeUndefinedValues: true });
  const { pk, sk } = (after ?? before) as Item;
  return { Keys: marshall({ pk, sk }), OldImage: image(before), NewImage: image(after) };
}

function withCommit(commit: Table["commit"]): StreamConsumer {
  const grant = consumer.access.table!;
  return { ...consumer, access: { table: { ...grant, open: () => ({ ...table, commit }) } } };
}
