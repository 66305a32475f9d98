import { expect, test } from "vitest";
import { fromItem, listedIn, toItem } from "../../shared/data/record-item.ts";
import { listedUpToDate, migrations, upToDate } from "../../shared/domain/migration.ts";
import type { Migration } from "../../shared/domain/migrations/step.ts";
import { userRecord } from "../../shared/domain/user.ts";
import office from "../older-office.json" with { type: "json" };

const renamed: Migration = {
  name: "renamed",
  of: "thing",
  from: 1,
  to: 2,
  step: ({ price, ...thing }) => ({ ...thing, list_price: price }),
  listed: ({ price, ...thing }) => (price === undefined ? thing : { ...thing, list_price: price }),
};
const counted: Migration = {
  ...{ name: "counted", of: "thing", from: 2, to: 3 },
  step: (thing) => ({ ...thing, views: 0 }),
};
const gone: Migration = { name: "gone", of: "thing", from: 3, to: 4, step: "delete" };

test("an item is taken through all steps after its version, and no other", () => {
  const at = (schema: number, stored: object, steps = [renamed, counted]) =>
    upToDate<object>("thing", schema, stored, steps);
  expect(at(1, { price: 5 })).toEqual({ list_price: 5, views: 0 });
  expect(at(2, { list_price: 5 })).toEqual({ list_price: 5, views: 0 });
  expect(at(3, { list_price: 5, views: 7 })).toEqual({ list_price: 5, views: 7 });
  expect(at(4, { of: "a newer release" })).toEqual({ of: "a newer release" });
  expect(at(2, { list_price: 5 }, [renamed, counted, gone])).toBeUndefined();
});

test("what lists show is taken along, whatever its version", () => {
  const at = (listed: object) => listedUpToDate<object>("thing", listed, [renamed, counted]);
  expect(at({ price: 5 })).toEqual({ list_price: 5 });
  expect(at({ list_price: 5 })).toEqual({ list_price: 5 });
});

test("a user of the release before reads as one of this, and is written as one", () => {
  const item = office.find(({ entity }) => entity === "user")!;
  const user = fromItem(userRecord, item);
  expect(user).toMatchObject({ email: "admin@older-office.example", role_ids: [], team_ids: [] });
  expect(toItem(userRecord, user)).toMatchObject({ schema: userRecord.schema, detail: { role_ids: [] } });
  expect(listedIn(userRecord, item)).toMatchObject({ role: "admin" });
});

test("a step leaves what is new as it is", () => {
  // An older release that is deployed again writes its own version over fields that it does not know.
  for (const { name, step } of migrations) {
    if (step === "delete") continue;
    const once = step({ id: "1" });
    const kept = Object.fromEntries(Object.keys(once).map((field) => [field, `a new ${field}`]));
    expect(step(kept), name).toEqual(kept);
  }
});

test("what lists show stays as it is where it is new", () => {
  // An entry does not say its version: every `listed` sees new entries, too.
  for (const { listed } of migrations) {
    const once = listed?.({ id: "1" }) ?? {};
    expect(listed?.(once) ?? {}).toEqual(once);
  }
});
