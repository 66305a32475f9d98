import { marshall } from "@aws-sdk/util-dynamodb";
import type { DynamoDBStreamEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { applyEffects } from "../../functions/changes/apply-effects.ts";
import { queues, variable } from "../../shared/data/grant.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { changeRecord, createRecord, deleteRecord } from "../../shared/data/records.ts";
import type { Item, PutWrite, Write } from "../../shared/data/table.ts";
import { propertyStatuses } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { changedProperty, newProperty } from "../../shared/domain/property-status.ts";
import { writePropertyHistory } from "../../shared/effects/property-history.ts";
import type { Change, StreamConsumer } from "../../shared/entry/definition.ts";
import { effectsConsumer } from "../../shared/entry/effect.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { streamHandler } from "../../shared/entry/stream.ts";
import { table } from "../in-process.ts";
import { house } from "../properties.ts";

const dice = (sides: number) => Math.floor(Math.random() * sides);

interface Life {
  readonly id: string;
  readonly changes: Change[];
  /** What its history must say, from an account kept apart: version, then status and price before and after. */
  readonly steps: unknown[][];
}

/** What befell a property from its creation, perhaps to its deletion, as the stream would tell it. */
function live(brokerageId: string): Life {
  const invoked = invocation("agent", null, new Date());
  const imageOf = ([write]: readonly PutWrite[]) => write!.Put.Item;
  const begun = newProperty(house, { owner_user_id: invoked.newId(), now: invoked.now });
  let { record: property, writes } = createRecord(propertyRecord, brokerageId, begun, invoked);
  let image: Item = imageOf(writes);
  const changes: Change[] = [{ before: undefined, after: image }];
  const steps: unknown[][] = [];
  for (let version = 2; version < 4 + dice(12); version++) {
    const patches = [
      { title: `Renamed ${version}` },
      { price: 100_000 * (1 + dice(3)) },
      { status: propertyStatuses[dice(4)]! },
    ];
    const { status, price } = property;
    const changed = (patch: object) => changedProperty(property, patch, invoked);
    let next: ReturnType<typeof changed>;
    try {
      next = changed(patches[dice(3)]!);
    } catch {
      // A status that may not follow: another version then.
      next = changed(patches[0]!);
    }
    ({ record: property, writes } = changeRecord(propertyRecord, property, next, invoked));
    changes.push({ before: image, after: imageOf(writes) });
    image = imageOf(writes);
    if (property.status !== status || property.price !== price)
      steps.push([property.version, status, property.status, price, property.price]);
  }
  if (dice(3) === 0)
    changes.push({ before: image, after: imageOf(deleteRecord(propertyRecord, property, invoked)) });
  return { id: property.id, changes, steps };
}

/** Delivers every change one to four times, in any order, in batches; what a batch fails comes again. */
async function deliver(consumer: StreamConsumer, changes: readonly Change[]): Promise<number> {
  for (const name of Object.keys(queues) as (keyof typeof queues)[])
    process.env[variable({ kind: "queue", name })] ??= "http://127.0.0.1:1/unused";
  const handle = await streamHandler(consumer);
  let due = changes
    .flatMap((change) => Array.from({ length: 1 + dice(4) }, () => change))
    .map((change) => ({ change, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ change }, at) => ({
      eventID: String(at),
      dynamodb: { SequenceNumber: String(at), ...imagesOf(change) },
    }));
  const delivered = due.length;
  while (due.length > 0) {
    const batch = due.slice(0, 1 + dice(25));
    const { batchItemFailures } = await handle({ Records: batch } as unknown as DynamoDBStreamEvent).catch(
      () => ({ batchItemFailures: [{ itemIdentifier: batch[0]?.eventID }] }),
    );
    const failed = batchItemFailures[0]?.itemIdentifier;
    due = due.slice(
      failed === undefined ? batch.length : batch.findIndex(({ eventID }) => eventID === failed),
    );
  }
  return delivered;
}

function imagesOf({ before, after }: Change) {
  const image = (item: Change["after"]) => item && marshall(item, { removeUndefinedValues: true });
  const { pk, sk } = (after ?? before) as Item;
  return { Keys: marshall({ pk, sk }), OldImage: image(before), NewImage: image(after) };
}

async function historyOf(brokerageId: string, id: string): Promise<unknown[][]> {
  const { items } = await table.query({
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :history)",
    ExpressionAttributeValues: {
      ":pk": recordKey(brokerageId, propertyRecord, id).pk,
      ":history": "history#",
    },
    ConsistentRead: true,
  });
  return items.map((step) => [
    step.version,
    step.previous_status,
    step.status,
    step.previous_price,
    step.price,
  ]);
}

/** How many of the properties have exactly the history they lived, after a delivery in disorder. */
async function exact(consumer: StreamConsumer, properties: number) {
  const brokerageId = invocation("test", null, new Date()).newId();
  const lives = Array.from({ length: properties }, () => live(brokerageId));
  const delivered = await deliver(
    consumer,
    lives.flatMap(({ changes }) => changes),
  );
  const found = await Promise.all(lives.map(({ id }) => historyOf(brokerageId, id)));
  const right = lives.filter(({ steps }, at) => JSON.stringify(steps) === JSON.stringify(found[at]));
  return { exact: right.length, delivered, steps: lives.flatMap(({ steps }) => steps).length };
}

test("histories are exact however often, in whatever order and batches the changes come", async () => {
  const outcome = await exact(flaky(applyEffects as unknown as StreamConsumer), 40);
  expect(outcome.exact).toBe(40);
  expect(outcome.steps).toBeGreaterThan(50);
  expect(outcome.delivered).toBeGreaterThan(500);
});

test("the changes of an item are taken in order, and none after one that failed", async () => {
  const taken = new Map<string, number[]>();
  let failing = true;
  const consumer = {
    ...(applyEffects as unknown as StreamConsumer),
    async run({ change }: { change: Change }) {
      const { pk, version } = change.after as Item & { version: number };
      await new Promise((resolve) => setTimeout(resolve, dice(5)));
      if (pk === "b" && version === 3 && failing) throw new Error("once");
      taken.set(pk, [...(taken.get(pk) ?? []), version]);
    },
  };
  const versions = [1, 2, 3, 4, 5, 6];
  const Records = versions.flatMap((version) =>
    ["a", "b", "c"].map((pk) => ({
      dynamodb: {
        SequenceNumber: `${version}${pk}`,
        ...imagesOf({ before: undefined, after: { pk, sk: "record", version } }),
      },
    })),
  );
  const handle = await streamHandler(consumer as StreamConsumer);
  const answer = await handle({ Records } as unknown as DynamoDBStreamEvent);
  expect(answer.batchItemFailures).toEqual([{ itemIdentifier: "3b" }]);
  expect([taken.get("a"), taken.get("b"), taken.get("c")]).toEqual([versions, [1, 2], versions]);
  failing = false;
  const again = { Records: Records.slice(Records.findIndex((one) => one.dynamodb.SequenceNumber === "3b")) };
  expect((await handle(again as unknown as DynamoDBStreamEvent)).batchItemFailures).toEqual([]);
  expect(taken.get("b")).toEqual(versions);
});

test("sabotage: steps kept in the order of their arrival are neither exact nor single", async () => {
  let arrived = 0;
  const keepArrivals = (write: Write): Write => {
    if (!("Put" in write)) return write;
    const sk = `history#${String(arrived++).padStart(12, "0")}`;
    return { Put: { ...write.Put, Item: { ...write.Put.Item, sk } } };
  };
  const effects = [writePropertyHistory];
  const histories = effectsConsumer({ id: "histories", summary: "Histories", impact: "None.", effects });
  const sabotaged = withCommit(histories, (commit) => (writes) => commit(writes.map(keepArrivals)));
  // Of a property with little history every order is right: of one in nine.
  expect((await exact(sabotaged, 20)).exact).toBeLessThan(10);
});

/** The consumer with a table that refuses one write in twenty before, and one in twenty after it was done. */
function flaky(consumer: StreamConsumer): StreamConsumer {
  return withCommit(consumer, (commit) => async (writes) => {
    if (dice(20) === 0) throw new Error("throttled");
    await commit(writes);
    if (dice(20) === 0) throw new Error("the answer was lost");
  });
}

type Commit = typeof table.commit;

function withCommit(consumer: StreamConsumer, change: (commit: Commit) => Commit): StreamConsumer {
  const changed = { ...table, commit: change(table.commit) };
  const access = Object.fromEntries(
    Object.entries(consumer.access).map(([name, grant]) => [
      name,
      grant.target.kind === "table" ? { ...grant, open: () => changed } : grant,
    ]),
  );
  return { ...consumer, access };
}
