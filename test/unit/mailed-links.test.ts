import { describe, expect, test } from "vitest";
import { policyItem } from "../../shared/data/brokerages.ts";
import { type LinkPurpose, signMailedToken, userOfToken } from "../../shared/data/mailed-links.ts";
import { toItem } from "../../shared/data/record-item.ts";
import { createRecord } from "../../shared/data/records.ts";
import { linkToken, verifyLinkToken } from "../../shared/data/share-links.ts";
import { readSignedIds, signIds, type TokenKind } from "../../shared/data/signed-ids.ts";
import type { Item, Key, TableReader } from "../../shared/data/table.ts";
import { linkEnds } from "../../shared/domain/mail.ts";
import { newUser, type StoredUser, userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";

const asked = new Date("2026-03-02T09:00:00.000Z");
const invoked = invocation("test", null, asked);
const brokerageId = invoked.newId();
const cursor_key = "the brokerage's key";
const person = {
  email: "ida@users.example",
  first_name: "Ida",
  last_name: "Invited",
  role: "agent",
} as const;
const user = createRecord(userRecord, brokerageId, newUser(person, undefined), invoked).record;

/** A table with the brokerage's policy and a user. */
function tableWith(stands: StoredUser): TableReader {
  const items: Item[] = [
    policyItem(brokerageId, { roles: {}, cursor_key, written: invoked.written }),
    toItem(userRecord, stands),
  ];
  const get = (key: Key) => items.find(({ pk, sk }) => pk === key.pk && sk === key.sk);
  return {
    get: async <T extends Key>(key: Key) => get(key) as T | undefined,
    getMany: async (keys) => keys.map(get),
  };
}

const until = linkEnds("reset", asked.toISOString())!;
const minutesLater = (minutes: number) => new Date(asked.getTime() + minutes * 60_000);
const token = (purpose: LinkPurpose) => signMailedToken(purpose, user, until, cursor_key);
const opens = async (purpose: LinkPurpose, sent: string, stands: Partial<StoredUser> = {}, now = asked) =>
  (await userOfToken(tableWith({ ...user, ...stands }), purpose, sent, now))?.id === user.id;

describe("a mailed link", () => {
  test("opens until it expires: a reset for 30 minutes, an invitation for 7 days", async () => {
    expect(await opens("password", token("password"), {}, minutesLater(29.99))).toBe(true);
    expect(await opens("password", token("password"), {}, minutesLater(30))).toBe(false);
    const week = linkEnds("invitation", asked.toISOString())!;
    expect(week).toEqual(minutesLater(7 * 24 * 60));
    const invitation = signMailedToken("password", user, week, cursor_key);
    expect(await opens("password", invitation, {}, minutesLater(7 * 24 * 60 - 1))).toBe(true);
    expect(await opens("password", invitation, {}, minutesLater(7 * 24 * 60))).toBe(false);
  });

  test("that sets a password ends when one is set, and one that verifies an email does not", async () => {
    const changed = { password_version: user.password_version + 1 };
    expect(await opens("password", token("password"), changed)).toBe(false);
    expect(await opens("email", token("email"), changed)).toBe(true);
  });

  test("ends when the user is deactivated or has another email", async () => {
    for (const purpose of ["password", "email"] as const) {
      expect(await opens(purpose, token(purpose))).toBe(true);
      expect(await opens(purpose, token(purpose), { is_active: false })).toBe(false);
      expect(await opens(purpose, token(purpose), { email: "else@users.example" })).toBe(false);
    }
  });

  test("is good for its own purpose, with every character of it", async () => {
    const sent = token("password");
    expect(await opens("email", sent)).toBe(false);
    for (let at = 0; at < sent.length; at++) {
      const other = sent[at] === "A" ? "B" : "A";
      expect(await opens("password", sent.slice(0, at) + other + sent.slice(at + 1)), String(at)).toBe(false);
    }
  });
});

describe("signed ids", () => {
  const kinds: TokenKind[] = [
    { purpose: "one", ids: 2 },
    { purpose: "two", ids: 2 },
    { purpose: "one", ids: 3 },
    { purpose: "one", ids: 2, expires: true },
  ];
  const ids = [1, 2, 3].map(() => invoked.newId());
  const sign = (kind: TokenKind) =>
    signIds(kind, { ids: ids.slice(0, kind.ids), until }, cursor_key, "bound");

  test("say what was signed, to their own kind, key and bound text alone", () => {
    for (const kind of kinds) {
      const made = sign(kind);
      const read = readSignedIds(kind, made)!;
      expect(read.ids).toEqual(ids.slice(0, kind.ids));
      expect(read.until).toEqual(kind.expires ? until : undefined);
      expect(read.isSigned(cursor_key, "bound")).toBe(true);
      expect(read.isSigned("another key", "bound")).toBe(false);
      expect(read.isSigned(cursor_key)).toBe(false);
      for (const other of kinds.filter((one) => one !== kind))
        expect(readSignedIds(other, made)?.isSigned(cursor_key, "bound") ?? false).toBe(false);
    }
  });

  test("a share link is none, and a mailed link is no share link", async () => {
    const shared = linkToken({ brokerage_id: brokerageId, cma_id: ids[0]!, id: ids[1]! }, cursor_key);
    expect(await opens("password", shared)).toBe(false);
    expect(await verifyLinkToken(tableWith(user), token("password"))).toBeUndefined();
    expect(await verifyLinkToken(tableWith(user), shared)).toMatchObject({ id: ids[1] });
  });
});
