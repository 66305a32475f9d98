import { describe, expect, test } from "vitest";
import type { StoredClient } from "../../shared/domain/client.ts";
import { type Consent, noConsent } from "../../shared/domain/consent.ts";
import { mentioning } from "../../shared/domain/mentions.ts";
import { merging } from "../../shared/domain/merge.ts";
import { type Standing, unmerging } from "../../shared/domain/unmerge.ts";

const said = (status: "granted" | "revoked", at: string): Consent["call"] => ({
  status,
  at,
  how: null,
  by: null,
});
const call = (status: "granted" | "revoked", at = "2026-01-01"): Consent => ({
  ...noConsent,
  call: said(status, at),
});

let count = 0;
const aClient = (fields: Partial<StoredClient> = {}): StoredClient =>
  ({
    ...{ id: `client ${++count}`, name: "Nora", email: null, more_emails: [], phone: null, more_phones: [] },
    ...{ tags: [], nurture_status: "new", lead_source: null, lead_score: 0, custom: {}, consent: noConsent },
    ...{ owner_user_id: "agent", team_id: null, merged_into: null, merges: null },
    ...{ last_contacted_at: null, first_responded_at: null },
    ...fields,
  }) as StoredClient;

/** A merge into a client, and the client after it. */
function merged(client: StoredClient, others: readonly StoredClient[], keep = {}) {
  const { changes, moved } = merging(client, others, keep, {});
  const created_at = new Date(Date.UTC(2026, 1, ++count)).toISOString();
  const standing: Standing = { merge_id: `merge ${count}`, created_at, moved, clients: others };
  return { standing, client: { ...client, ...changes } };
}
const none: ReadonlySet<string> = new Set();
const undone = (client: StoredClient, merge: Standing, others: readonly Standing[] = []) =>
  unmerging(client, merge, others, none);

describe("of several records of one person", () => {
  test.each([
    ["a revocation holds", [call("granted"), call("revoked")], "revoked"],
    ["an unknown takes back no grant", [noConsent, call("granted")], "granted"],
    ["of unknowns nothing is known", [noConsent, noConsent], "unknown"],
  ] as const)("%s", (_, [one, other], status) => {
    for (const [kept, from] of [
      [one, other],
      [other, one],
    ])
      expect(
        merged(aClient({ consent: kept }), [aClient({ consent: from })]).client.consent.call.status,
      ).toBe(status);
  });

  test("the latest contact, the earliest response and what is lacking are kept", () => {
    const kept = aClient({ last_contacted_at: "2026-02", first_responded_at: "2026-02", custom: { a: 1 } });
    const other = aClient({
      ...{ last_contacted_at: "2026-03", first_responded_at: "2026-01", lead_source: "zillow" },
      custom: { a: 2, b: 3 },
    });
    expect(merged(kept, [other]).client).toMatchObject({
      ...{ last_contacted_at: "2026-03", first_responded_at: "2026-01", lead_source: "zillow" },
      custom: { a: 1, b: 3 },
    });
  });

  test("more emails, phones or tags than a client may have are refused", () => {
    const many = (at: string) => Array.from({ length: 10 }, (_, one) => `${at}${one}@clients.example`);
    const [one, other] = [aClient({ more_emails: many("a") }), aClient({ more_emails: many("b") })];
    expect(() => merged(one, [other])).toThrow("remove some of these first");
  });
});

describe("undoing one of two merges", () => {
  const kept = aClient({ name: "Kept", phone: "+1" });
  const first = aClient({ name: "First", phone: "+2", tags: ["x"], consent: call("revoked", "2026-01-01") });
  const second = aClient({
    name: "Second",
    phone: "+2",
    tags: ["X"],
    consent: call("revoked", "2026-01-02"),
  });
  const one = merged(kept, [first], { name: first.id });
  const two = merged(one.client, [second], { name: second.id });

  test("leaves what the other says, too, and gives that one what it takes back", () => {
    const after = undone(two.client, one.standing, [two.standing]);
    expect(after.kept).toMatchObject({ name: "Second", phone: "+1", more_phones: ["+2"], tags: ["x"] });
    expect(after.kept.consent.call).toEqual(second.consent.call);
    expect(after.left).toEqual([]);
    const rest = { ...two.standing, moved: after.others[0]!.moved };
    const back = undone({ ...two.client, ...after.kept }, rest);
    expect(back.kept).toMatchObject({
      name: "Kept",
      phone: "+1",
      more_phones: [],
      tags: [],
      consent: noConsent,
    });
    expect(back.left).toEqual([]);
  });

  test("in the other order comes to the same", () => {
    const after = undone(two.client, two.standing, [one.standing]);
    expect(after.kept).toMatchObject({ name: "First", more_phones: ["+2"], tags: ["x"] });
    const rest = { ...one.standing, moved: after.others[0]!.moved };
    const back = undone({ ...two.client, ...after.kept }, rest);
    expect(back.kept).toMatchObject({
      name: "Kept",
      phone: "+1",
      more_phones: [],
      tags: [],
      consent: noConsent,
    });
  });
});

describe("a text mentions a person", () => {
  const mentions = mentioning([
    aClient({ name: "José Núñez-Ortiz", email: "jose@clients.example", phone: "+12065550142" }),
    aClient({ name: "Cher" }),
  ]);
  test.each([
    ["JOSE@clients.example", true],
    ["call (206) 555-0142 at noon", true],
    ["12065550142", true],
    ["Jose Nunez", false],
    ["ortiz, jose nunez", true],
    ["José  Núñez - Ortiz", true],
    ['{"name":"Cher"}', true],
    ["cherry", false],
    ["2065550143", false],
    ["", false],
  ])("%s: %s", (text, expected) => expect(mentions(text)).toBe(expected));

  test("not where nothing is known of anybody", () => expect(mentioning([])("anything")).toBe(false));
});
