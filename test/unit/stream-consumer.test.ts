import type { DynamoDBStreamEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { type Change, streamConsumer } from "../../shared/entry/definition.ts";
import { streamHandler } from "../../shared/entry/stream.ts";

const eventOf = (...names: string[]) =>
  ({
    Records: names.map((name) => ({
      dynamodb: {
        SequenceNumber: name,
        Keys: { pk: { S: name[0] }, sk: { S: "record" } },
        NewImage: { name: { S: name } },
      },
    })),
  }) as unknown as DynamoDBStreamEvent;

const nameOf = ({ after }: Change) => String(after?.name);
const consumer = {
  id: "follow",
  summary: "Follow",
  impact: "What follows is late.",
  only: ["record"],
  access: {},
};

/** A consumer that takes everything but one change, one by one; and what it took. */
async function oneByOne(poison: string) {
  const taken: string[] = [];
  const handle = await streamHandler(
    streamConsumer({
      ...consumer,
      async run({ change }) {
        if (nameOf(change) === poison) throw Object.assign(new Error("poison"), { item: "personal" });
        taken.push(nameOf(change));
      },
    }),
  );
  return { handle, taken };
}

test("a change that fails behind others is reported: the shard is read again from there", async () => {
  const { handle, taken } = await oneByOne("b1");
  expect(await handle(eventOf("a1", "b1", "b2", "c1"))).toEqual({
    batchItemFailures: [{ itemIdentifier: "b1" }],
  });
  expect(taken.sort()).toEqual(["a1", "c1"]);
});

test("one that fails in front makes the function fail, so that Lambda halves the batch", async () => {
  const { handle } = await oneByOne("a1");
  await expect(handle(eventOf("a1", "b1"))).rejects.toThrow("follow failed on the first of 2 changes");
  await expect(handle(eventOf("a1"))).rejects.toThrow("follow failed on the first of 1 changes");
});

test("what the error carries does not reach Lambda's log", async () => {
  const { handle } = await oneByOne("a1");
  const error = await handle(eventOf("a1")).catch((thrown) => thrown);
  expect(JSON.stringify({ ...error, message: error.message })).not.toContain("personal");
});

test("a consumer of batches gets every change in the order of the shard, and fails them together", async () => {
  const batches: string[][] = [];
  const handle = await streamHandler(
    streamConsumer({
      ...consumer,
      async runBatch({ changes }) {
        batches.push(changes.map(nameOf));
        if (changes.some((change) => nameOf(change) === "poison")) throw new Error("poison");
      },
    }),
  );
  expect(await handle(eventOf("a1", "b1", "a2"))).toEqual({ batchItemFailures: [] });
  await expect(handle(eventOf("a3", "poison"))).rejects.toThrow("failed on the first of 2");
  expect(batches).toEqual([
    ["a1", "b1", "a2"],
    ["a3", "poison"],
  ]);
});
