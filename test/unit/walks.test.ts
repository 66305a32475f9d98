import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { everyItem, type Item, type TableQuerier } from "../../shared/data/table.ts";

const data = join(import.meta.dirname, "../../shared/data");

/** The texts of what is passed to `table.query`, by file; of a walk `everyItem` says how much is read at a time. */
const queries = readdirSync(data).flatMap((file) => {
  const parts = readFileSync(join(data, file), "utf8").split(".query({").slice(1);
  return parts.map((part) => [file, part.slice(0, part.search(/^ *\}\)/m))] as const);
});

test("every Query says how much it reads at most: a large brokerage is more than a process holds", () => {
  expect(queries.length).toBeGreaterThan(15);
  expect(queries.filter(([, text]) => !/\bLimit\b/.test(text))).toEqual([]);
});

test("a walk asks for pages, one after the other, until there is no more", async () => {
  const asked: object[] = [];
  const table = {
    query: async (input: object) => {
      asked.push(input);
      const last = asked.length < 3 ? { pk: String(asked.length) } : undefined;
      return { items: [{ pk: `item ${asked.length}` }], last };
    },
  } as unknown as TableQuerier;
  const found: Item[] = [];
  for await (const item of everyItem(table, { KeyConditionExpression: "pk = :pk" })) found.push(item);
  expect(found.map(({ pk }) => pk)).toEqual(["item 1", "item 2", "item 3"]);
  const page = { KeyConditionExpression: "pk = :pk", Limit: 1000 };
  expect(asked).toEqual([
    { ...page, ExclusiveStartKey: undefined },
    { ...page, ExclusiveStartKey: { pk: "1" } },
    { ...page, ExclusiveStartKey: { pk: "2" } },
  ]);
});
