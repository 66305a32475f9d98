import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Index, indexes } from "../../shared/data/schema.ts";

// CloudFormation makes or removes one index in an update of a table: a release that needs more is more releases. The
// file holds the indexes as they were last deployed; whoever deploys writes the new ones there.
const released = JSON.parse(readFileSync(join(import.meta.dirname, "released-indexes.json"), "utf8"));

/** Names of the indexes that an update of the table would make, remove, or make again. */
function changed(before: Record<string, Index>, after: Record<string, Index>): string[] {
  return [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
}

test("a release changes at most one index", () => {
  expect(changed(released, indexes).length, changed(released, indexes).join()).toBeLessThanOrEqual(1);
  const { kind_at, place, ...rest } = indexes;
  expect(changed(indexes, rest)).toEqual(["kind_at", "place"]);
  expect(changed(indexes, { ...indexes, place: kind_at })).toEqual(["place"]);
});

test("the table's indexes keep within what DynamoDB takes", () => {
  const all: Index[] = Object.values(indexes);
  expect(all.length).toBeLessThanOrEqual(20);
  for (const { partition, sort, include } of all) {
    expect(Object.keys(partition).length).toBeLessThanOrEqual(4);
    expect(Object.keys(sort).length).toBeLessThanOrEqual(4);
    expect(include.length).toBeLessThanOrEqual(20);
  }
  expect(all.flatMap(({ include }) => include).length).toBeLessThanOrEqual(100);
});
