import { describe, expect, test } from "vitest";
import { mostMore, mostTags } from "../../shared/domain/client.ts";
import { afterClientRow } from "../../shared/domain/import/client/after.ts";
import { clientIdOf, marksOf } from "../../shared/domain/import/client/identity.ts";
import { mayBeSame, saysMore } from "../../shared/domain/import/client/names.ts";
import { contactsOf } from "../contact-reader.ts";

const as = {
  now: new Date("2026-11-02T03:04:05.678Z"),
  by: "importer",
  owned: { owner_user_id: "owner", team_id: null },
  defaults: { tags: ["imported"], lead_source: "A list" },
};
/** What a CSV's only row says. */
async function rowOf(header: string, row: string) {
  const { clients, errors } = await contactsOf(`${header}\n${row}\n`);
  expect(errors).toEqual([]);
  return clients[0]!;
}
const newOf = async (header: string, row: string) => afterClientRow(undefined, await rowOf(header, row), as)!;

describe("a client after a row", () => {
  test("is new with the defaults, or changed by what the row says and by nothing else", async () => {
    const before = await newOf("name,email,phone", "Ann Lee,a@x.example,206-555-0100");
    expect(before).toMatchObject({ tags: ["imported"], lead_source: "A list", nurture_status: "new" });
    const row = await rowOf(
      "name,email,phone,tags,source",
      ",a@x.example b@x.example,206-555-0101,Imported;vip,",
    );
    expect(afterClientRow(before, row, as)).toEqual({
      ...before,
      ...{ more_emails: ["b@x.example"], more_phones: ["+12065550101"], tags: ["imported", "vip"] },
    });
  });

  test("the same row again changes nothing", async () => {
    const header = "name,email,phone,tags,stage,do not call,last contacted";
    const line = "Ann Lee,a@x.example,206-555-0100,vip,hot,yes,2026-01-02";
    const before = await newOf(header, line);
    expect(afterClientRow(before, await rowOf(header, line), as)).toBeUndefined();
  });

  test.each([
    ["granted", "Email Opt Out", "yes", "revoked"],
    ["unknown", "Email Opt Out", "yes", "revoked"],
    ["revoked", "email consent", "granted", "revoked"],
    ["unknown", "email consent", "granted", "granted"],
    ["granted", "Email Opt Out", "no", "granted"],
  ] as const)("%s and %s %s is %s", async (status, column, cell, expected) => {
    const client = await newOf("name", "Ann Lee");
    const recorded = { status, at: "2026-01-01T00:00:00.000Z", how: "By phone", by: "agent" };
    const before = { ...client, consent: { ...client.consent, email: recorded } };
    const after = afterClientRow(before, await rowOf(`name,${column}`, `Ann Lee,${cell}`), as) ?? before;
    expect(after.consent.email).toEqual(
      expected === status
        ? recorded
        : { status: expected, at: as.now.toISOString(), how: "Imported file", by: as.by },
    );
  });

  test("last_contacted_at never goes back", async () => {
    const before = await newOf("name,last contacted", "Ann,2026-05-06");
    expect(afterClientRow(before, await rowOf("name,last contacted", "Ann,2026-05-05"), as)).toBeUndefined();
    const later = afterClientRow(before, await rowOf("name,last contacted", "Ann,2026-05-07"), as);
    expect(later!.last_contacted_at).toBe("2026-05-07T00:00:00.000Z");
  });

  test("more than a client may have is an error at the column", async () => {
    const phones = (from: number, count: number) =>
      Array.from({ length: count }, (_, at) => `206-555-${1000 + from + at}`).join("; ");
    const before = await newOf("name,phone", `Ann,${phones(0, 1 + mostMore)}`);
    const row = await rowOf("name,Cell Phone", `Ann,${phones(50, 1)}`);
    expect(() => afterClientRow(before, row, as)).toThrow(/\/Cell Phone would give the client more than 10/);
    const tags = Array.from({ length: mostTags }, (_, at) => `t${at}`).join(";");
    const tagged = await rowOf("name,tags", `Ann,${tags}`);
    expect(() => afterClientRow(undefined, tagged, as)).toThrow(/\/tags would give the client more than 20/);
  });
});

describe("names", () => {
  test.each([
    ["Ann Lee", "Lee, Ann", true],
    ["Ann Lee", "ann  LEE", true],
    ["Ann M. Lee", "Ann Lee", true],
    ["A. Lee", "Ann Lee", true],
    ["José Núñez", "Jose Nunez", true],
    ["Ann Lee", "Bo Lee", false],
    ["Ann Lee", "Ann Park", false],
    ["Ann", "Anna", false],
  ])("%s and %s: %s", (one, other, same) => expect(mayBeSame(one, other)).toBe(same));

  test("a name that only says less changes nothing", () => {
    expect(saysMore("Ann", "Ann Lee")).toBe(false);
    expect(saysMore("A. Lee", "Ann Lee")).toBe(false);
    expect(saysMore("Ann M. Lee", "Ann Lee")).toBe(true);
    expect(saysMore("Ann Park", "Ann Lee")).toBe(true);
  });
});

describe("marks", () => {
  test("are the same for another spelling, and others for another id, phone or name", async () => {
    const of = async (header: string, row: string) => marksOf(await rowOf(header, row));
    const phone = await of("name,phone", "Ann Lee,(206) 555-0100");
    expect(await of("name,phone", '"LEE, Ann",+1 206 555 0100')).toEqual(phone);
    expect(await of("name,phone", "Bo Lee,(206) 555-0100")).not.toEqual(phone);
    expect(await of("id,name,phone", "7,Ann Lee,(206) 555-0100")).toEqual([expect.any(String), ...phone]);
    expect(await of("id,source_system", "7,crm")).not.toEqual(await of("id,source_system", "7,other"));
    // Emails are looked up by themselves; who has nothing is known by all that the row says.
    expect(await of("name,email", "Ann Lee,a@x.example")).toEqual([]);
    expect(await of("name,tags", "Ann Lee,a")).not.toEqual(await of("name,tags", "Ann Lee,b"));
    for (const mark of phone) expect(mark).toMatch(/^[\w-]{22}$/);
  });

  test("the id of a row's client is its own in each import", () => {
    const at = new Date("2026-11-02T03:04:05.678Z");
    expect(clientIdOf("i", 1, at)).toBe(clientIdOf("i", 1, at));
    expect(new Set([clientIdOf("i", 1, at), clientIdOf("i", 2, at), clientIdOf("j", 1, at)]).size).toBe(3);
  });
});
