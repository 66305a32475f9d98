import { describe, expect, test } from "vitest";
import { changedClient, newClient, type StoredClient } from "../../shared/domain/client.ts";
import { noConsent, notedConsent } from "../../shared/domain/consent.ts";
import {
  type CustomField,
  changedFields,
  mostNames,
  noCustomFields,
  type StoredCustomFields,
  withCustom,
} from "../../shared/domain/custom-field.ts";
import { contactOf } from "../../shared/domain/interaction.ts";
import { toE164 } from "../../shared/domain/phone.ts";
import { Problem } from "../../shared/domain/problem.ts";

const now = new Date("2026-03-02T10:00:00.000Z");
const noting = { now, by: "ana" };
const owned = { owner_user_id: "ana", team_id: null };

test.each([
  ["(206) 555-0142", undefined, "+12065550142"],
  ["206.555.0142 x12", null, "+12065550142"],
  ["1-206-555-0142", "US", "+12065550142"],
  ["+1 206 555 0142", "DE", "+12065550142"],
  ["030 901820", "DE", "+4930901820"],
  ["0049 30 901820", "DE", "+4930901820"],
  ["020 7946 0000", "GB", "+442079460000"],
  // A country that nobody knows is none.
  ["(206) 555-0142", "XX", "+12065550142"],
  ["555-0142", "US", undefined],
  ["206-555-0142 / 206-555-0143", "US", undefined],
  ["call me", "US", undefined],
  ["+999 123456789", "US", undefined],
  ["", "US", undefined],
])("the phone %s of %s is %s", (said, country, expected) => {
  expect(toE164(said, country)).toBe(expected);
});

describe("a client", () => {
  const made = newClient(
    {
      name: "Nora",
      email: "a@b.example",
      more_emails: ["c@d.example", "a@b.example", "c@d.example"],
      phone: "+12065550142",
      more_phones: ["+12065550142", "+12065550143"],
      tags: ["Café", "CAFE", "x"],
    },
    owned,
    noting,
  );

  test("has each email, phone and tag once, as it was first spelled", () => {
    expect(made).toMatchObject({
      more_emails: ["c@d.example"],
      more_phones: ["+12065550143"],
      tags: ["Café", "x"],
    });
  });

  test("keeps what a patch does not name; an email that becomes the first is no further one", () => {
    const client = { ...made, merged_into: null } as unknown as StoredClient;
    const change = (patch: Parameters<typeof changedClient>[1]) => changedClient(client, patch, noting);
    expect(change({ email: "c@d.example" })).toMatchObject({ email: "c@d.example", more_emails: [] });
    expect(change({ phone: null })).toMatchObject({ phone: null, more_phones: made.more_phones });
    expect(change({ tags: [] })).toMatchObject({ tags: [] });
    expect(Object.keys(change({}))).not.toContain("consent");
  });

  test("notes consent for the channels that are named, as of now", () => {
    const said = notedConsent(noConsent, { text: { status: "revoked" } }, { at: now, by: "ana" });
    expect(said).toEqual({
      ...noConsent,
      text: { status: "revoked", at: now.toISOString(), how: null, by: "ana" },
    });
    const later = notedConsent(
      said,
      { call: { status: "granted", how: "By phone" } },
      { at: now, by: "dan" },
    );
    expect(later).toMatchObject({ text: said.text, call: { how: "By phone", by: "dan" } });
  });
});

describe("custom fields", () => {
  const fields: CustomField[] = [
    { name: "area", label: "Area", type: "text" },
    { name: "stage", label: "Stage", type: "choice", choices: ["buyer"] },
  ];
  const before = (types: StoredCustomFields["types"]) =>
    ({ ...noCustomFields, types }) as unknown as StoredCustomFields;

  test("keep the types of all that there ever were", () => {
    expect(changedFields(before({ budget: "number" }), fields).types).toEqual({
      ...{ budget: "number", area: "text", stage: "choice" },
    });
    expect(() => changedFields(before({ area: "date" }), fields)).toThrow("another name");
    const many = Object.fromEntries(
      Array.from({ length: mostNames - 1 }, (_, at) => [`f${at}`, "text" as const]),
    );
    expect(() => changedFields(before(many), fields)).toThrow(`${mostNames} names`);
    expect(changedFields(before(many), fields.slice(0, 1)).fields).toHaveLength(1);
  });

  test("named like what every object has are none of it", () => {
    expect(() => withCustom({}, { constructor: "x" }, fields)).toThrow("is no field");
    expect(withCustom({ area: "Ballard" }, { area: null, constructor: null }, fields)).toEqual({});
  });

  test.each([
    [{ area: 5 }, "/custom/area"],
    [{ stage: "renter" }, "/custom/stage"],
    [{ pets: "two" }, "/custom/pets"],
  ])("refuse %o at %s", (patch, path) => {
    const refusal = (() => {
      try {
        return withCustom({}, patch, fields);
      } catch (error) {
        return error;
      }
    })();
    expect(refusal).toBeInstanceOf(Problem);
    expect((refusal as Problem).errors).toMatchObject([{ path }]);
  });
});

describe("a contact", () => {
  const client = {
    created_at: "2026-03-01T00:00:00.000Z",
    last_contacted_at: null,
    first_responded_at: null,
  };
  const person = { session_id: "s" };
  const [early, late] = ["2026-03-01T09:00:00.000Z", "2026-03-02T09:00:00.000Z"];

  test("moves the last one forward only; the first response is set once, by a person", () => {
    const call = { type: "call", occurred_at: early } as const;
    expect(contactOf(client, call, person)).toEqual({
      ...{ last_contacted_at: early, first_responded_at: early },
    });
    expect(contactOf(client, call, {})).toEqual({ last_contacted_at: early });
    const known = { ...client, last_contacted_at: late, first_responded_at: late };
    expect(contactOf(known, call, person)).toEqual({});
    expect(contactOf({ ...known, first_responded_at: null }, call, person)).toEqual({
      first_responded_at: early,
    });
    expect(contactOf(client, { type: "note", occurred_at: late }, person)).toEqual({});
  });

  test("is no response before there is a client", () => {
    const before = { type: "meeting", occurred_at: "2026-02-01T00:00:00.000Z" } as const;
    expect(contactOf(client, before, person)).toEqual({
      ...{ last_contacted_at: before.occurred_at, first_responded_at: client.created_at },
    });
  });
});
