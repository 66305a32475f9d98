import { globSync } from "node:fs";
import { join, resolve } from "node:path";
import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { eventFilter } from "../../infra/local/event-filter.ts";
import { changeRecord, createRecord } from "../../shared/data/records.ts";
import type { PutWrite } from "../../shared/data/table.ts";
import type { Shares } from "../../shared/domain/access.ts";
import { guardOf } from "../../shared/domain/audit.ts";
import { type Happening, happeningIn } from "../../shared/domain/log.ts";
import { emptyLog, entryAfter, type LogEntry, verifyLog } from "../../shared/domain/log-chain.ts";
import type { Image } from "../../shared/domain/log-values.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { newUser, userRecord } from "../../shared/domain/user.ts";
import { momentOf } from "../../shared/domain/uuid.ts";
import { invocation } from "../../shared/entry/invocation.ts";

const invoked = (by = invocation("", null).newId()) =>
  invocation(by, "203.0.113.5", new Date(), { user_agent: "Browser/1" });
const brokerageId = invoked().newId();
const itemOf = (writes: readonly object[]): Image => (writes.at(-1) as PutWrite).Put.Item;

/** A user as the stream tells of them, and the same after some changes. */
function userChanged(changes: object, by = invoked().written.by): Happening | undefined {
  const begun = createRecord(
    userRecord,
    brokerageId,
    newUser({ email: "a@b.example", first_name: "A", last_name: "B", role: "agent" }, "$argon2id$canary"),
    invoked(),
  );
  const next = changeRecord<typeof userRecord, object>(userRecord, begun.record, changes, invoked(by));
  return happeningIn(itemOf(begun.writes), itemOf(next.writes));
}

describe("what a change says", () => {
  test.each([
    ["roles_changed", { role: "employee" }],
    ["roles_changed", { role_ids: ["r"] }],
    ["user_deactivated", { is_active: false }],
    ["password_changed", { password_hash: "$argon2id$other", password_version: 2 }],
    ["record_changed", { first_name: "Ana" }],
  ])("%s", (type, changes) => {
    expect(userChanged(changes)?.type).toBe(type);
  });

  test("a password that an operation for nobody's session set was reset", () => {
    const reset = userChanged({ password_hash: "$argon2id$other" }, "confirmPasswordReset");
    expect([reset?.type, reset?.by, reset?.actor]).toEqual([
      "password_reset",
      "confirmPasswordReset",
      undefined,
    ]);
  });

  test("secrets are masked by their names, at any depth, and what is too long is left out", () => {
    const canary = "canary-of-a-secret";
    const said = userChanged({
      password_hash: canary,
      api: { list: [{ key_hash: canary, cursor_key: canary, plain: 1 }], refresh_token: canary },
      first_name: "x".repeat(20_000),
    });
    const text = JSON.stringify(said);
    expect(text).not.toContain("canary");
    expect(text).toContain('"plain":1');
    expect(said!.particulars.changes).toContainEqual({
      field: "first_name",
      before: "A",
      after: "(too long: 20017 characters)",
    });
  });

  test("a hash at another cost is no version, so it says nothing; neither does a purge", () => {
    const { writes } = createRecord(
      userRecord,
      brokerageId,
      newUser({ email: "a@b.example", first_name: "A", last_name: "B", role: "agent" }, "h"),
      invoked(),
    );
    const item = itemOf(writes)!;
    expect(happeningIn(item, { ...item, detail: { password_hash: "other" } })).toBeUndefined();
    expect(happeningIn(item, undefined)).toBeUndefined();
  });

  test("an import's rows say that they changed, without values", () => {
    const begun = createRecord(
      propertyRecord,
      brokerageId,
      { title: "A house", property_type: "house", price: 1 } as never,
      invoked(),
    );
    const counted = { created: 0, updated: 1, unchanged: 0, failed: 0 };
    const mark = { import_id: "i", row: 2, version: 2, counted, created_by: null };
    const byImport = changeRecord<typeof propertyRecord, object>(
      propertyRecord,
      begun.record,
      { price: 2, import: mark },
      invoked(),
    );
    const [before, after] = [itemOf(begun.writes), itemOf(byImport.writes)];
    expect(happeningIn(before, after)).toMatchObject({ type: "record_changed", fields: ["price"] });
    expect(happeningIn(before, after)!.particulars.changes).toBeUndefined();
    // Who edits it later is no import.
    const edited = changeRecord<typeof propertyRecord, object>(
      propertyRecord,
      byImport.record,
      { price: 3 },
      invoked(),
    );
    expect(happeningIn(after, itemOf(edited.writes))!.particulars.changes).toEqual([
      { field: "price", before: 2, after: 3 },
    ]);
  });

  test("a link is told of its analysis, a failed sign-in of its user; each by its own item, and as no version", () => {
    const { written, newId } = invoked();
    const common = { brokerage_id: brokerageId, written };
    const link = {
      ...common,
      sk: "link#l",
      id: "l",
      cma_id: "c",
      created_at: "2026-01-01",
      expires_at: "2026-02-01",
    };
    expect(happeningIn(undefined, { pk: "p", ...link })).toMatchObject({
      ...{ type: "share_added", entity: "cma", id: "c", version: undefined, item: "link#l" },
    });
    const user = newId();
    const failed = {
      ...common,
      pk: "email#x",
      sk: "failed#1",
      id: user,
      at: "2026-01-01",
      brokerage_id: newId(),
    };
    expect(happeningIn(undefined, failed)).toMatchObject({
      ...{ type: "sign_in_failed", entity: "user", id: user, actor: user, item: "failed#1" },
    });
  });

  test("a failed sign-in at an unknown email says nothing", () => {
    const item = { pk: "email#x", sk: "failed#1", brokerage_id: "-", id: "-", written: invoked().written };
    expect(happeningIn(undefined, item)).toBeUndefined();
  });

  test("keys are told by their entity's name", () => {
    const item = {
      sk: "record",
      entity: "api_key",
      id: "k",
      brokerage_id: brokerageId,
      updated_at: "2026-01-01",
    };
    const made = {
      ...item,
      version: 1,
      written: invoked().written,
      listed: { name: "Site" },
      detail: { key_hash: "h" },
    };
    const deleted = { ...item, version: 2, written: invoked().written, deleted: { listed: {} } };
    expect(happeningIn(undefined, made)?.type).toBe("key_created");
    expect(happeningIn(made, deleted)?.type).toBe("key_revoked");
  });

  const [sooner, later] = ["2036-01-01T00:00:00.000Z", "2036-02-01T00:00:00.000Z"];
  test.each([
    ["share_added", "a new one", undefined, { access: "read" }],
    ["share_added", "writing beside reading", { access: "read" }, { access: "write" }],
    ["share_added", "a later end", { access: "read", until: sooner }, { access: "read", until: later }],
    ["share_added", "no end any more", { access: "write", until: sooner }, { access: "read" }],
    ["share_removed", "reading only", { access: "write" }, { access: "read" }],
    ["share_removed", "an earlier end", { access: "read", until: later }, { access: "read", until: sooner }],
    ["share_removed", "an end", { access: "read" }, { access: "read", until: later }],
    ["share_removed", "none any more", { access: "read" }, undefined],
  ])("%s: %s", (type, _, was, is) => {
    const sharing = (share: object | undefined) =>
      ({ "team:t": { access: "write" }, ...(share && { "user:u": share }) }) as Shares;
    const begun = createRecord(
      propertyRecord,
      brokerageId,
      { title: "A house", property_type: "house", price: 1, shares: sharing(was) } as never,
      invoked(),
    );
    const next = changeRecord<typeof propertyRecord, object>(
      propertyRecord,
      begun.record,
      { shares: sharing(is) },
      invoked(),
    );
    expect(happeningIn(itemOf(begun.writes), itemOf(next.writes))?.type).toBe(type);
  });

  test("a UUIDv7 says when it was made", () => {
    const before = Date.now();
    expect(Date.parse(momentOf(invoked().newId()))).toBeGreaterThanOrEqual(before);
  });
});

test("the entity of every type of record is guarded by its resource", async () => {
  const root = resolve(import.meta.dirname, "../..");
  const types: AnyRecordType[] = [];
  for (const file of globSync("shared/domain/*.ts", { cwd: root }))
    for (const value of Object.values(await import(join(root, file))))
      if (typeof value === "object" && value && "guard" in value && "fields" in value)
        types.push(value as AnyRecordType);
  expect(types.length).toBeGreaterThan(9);
  for (const { name, guard } of types) expect([name, guardOf(name)]).toEqual([name, guard]);
  expect(guardOf("session")).toBeUndefined();
});

describe("the chain", () => {
  /** A log of so many entries, some with values. */
  function logOf(count: number): LogEntry[] {
    const entries: LogEntry[] = [];
    for (let at = 0; at < count; at++) {
      const said =
        userChanged(at % 2 ? { first_name: `N${at}` } : { role_ids: [] }) ?? userChanged({ role: "client" });
      entries.push(entryAfter(entries.at(-1) ?? emptyLog(brokerageId), said!, new Date(), `salt${at}`));
    }
    return entries;
  }
  const entries = logOf(12);
  const verify = (log: readonly LogEntry[], checkpoints: Parameters<typeof verifyLog>[2] = []) =>
    verifyLog(brokerageId, log, checkpoints);

  test("holds together; erased values are counted and break nothing", async () => {
    expect(await verify(entries)).toEqual({ entries: 12, erased: 0, checkpoints: 0 });
    const erased = entries.map((entry) =>
      entry.sequence === 4 ? { ...entry, particulars: undefined, salt: undefined } : entry,
    );
    expect(await verify(erased)).toEqual({ entries: 12, erased: 1, checkpoints: 0 });
  });

  test("names the first entry that was changed, whatever of it; nobody's log stands for another's", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(11),
        fc.constantFrom("at", "by", "type", "id", "operation_id", "particulars", "hash", "salt"),
        async (at, name) => {
          const changed = entries.map((entry, place) =>
            place === at ? { ...entry, [name]: "other" } : entry,
          );
          expect((await verify(changed)).fault?.sequence).toBe(at + 1);
        },
      ),
      { numRuns: 60 },
    );
    const without = entries.filter(({ sequence }) => sequence !== 7);
    expect((await verify(without)).fault).toEqual({ sequence: 7, because: "entry 7 is missing" });
    expect((await verifyLog(invoked().newId(), entries, [])).fault?.sequence).toBe(1);
  });

  test("a checkpoint finds a log that was rewritten whole, or cut; without one it is not found out", async () => {
    const at = "2026-03-01T00:00:00.000Z";
    const checkpoints = [3, 9].map((sequence) => ({ sequence, hash: entries[sequence - 1]!.hash, at }));
    expect(await verify(entries, checkpoints)).toEqual({ entries: 12, erased: 0, checkpoints: 2 });
    // Entry 6 never happened, and all that follows is hashed anew.
    const rewritten = entries.slice(0, 5);
    for (const { particulars = "{}", salt = "", ...entry } of entries.slice(6)) {
      const told = { ...entry, brokerage_id: brokerageId, particulars: JSON.parse(particulars) };
      rewritten.push(entryAfter(rewritten.at(-1)!, told as unknown as Happening, new Date(), salt));
    }
    expect((await verify(rewritten)).fault).toBeUndefined();
    const { fault } = await verify(rewritten, checkpoints);
    expect(fault).toEqual({
      sequence: 4,
      because: `an entry from 4 to 9 is not the one that was signed on ${at}`,
    });
    expect((await verify(entries.slice(0, 8), checkpoints)).fault?.because).toContain("it had 9 entries");
  });
});

test("the local cloud filters a stream's records as a mapping says, and refuses what it does not know", () => {
  const Pattern = JSON.stringify({ dynamodb: { Keys: { sk: { S: ["record", { prefix: "session#" }] } } } });
  const passes = eventFilter({ Filters: [{ Pattern }] });
  const of = (sk: string) => ({ dynamodb: { Keys: { pk: { S: "p" }, sk: { S: sk } } } });
  expect(["record", "session#1", "records", "log#1", "head"].map((sk) => passes(of(sk)))).toEqual([
    true,
    true,
    false,
    false,
    false,
  ]);
  expect(eventFilter()({})).toBe(true);
  const odd = JSON.stringify({ dynamodb: { sk: [{ "anything-but": ["x"] }] } });
  expect(() => eventFilter({ Filters: [{ Pattern: odd }] })).toThrow("knows no event filter");
});
