import { describe, expect, test } from "vitest";
import { fairHousing } from "../../shared/ai/gates/fair-housing.ts";
import { isUsable } from "../../shared/ai/gates/finding.ts";
import { findAll, phrasebook } from "../../shared/ai/gates/phrases.ts";
import { allowed } from "../../shared/ai/gates/rules/allowed.ts";
import { federal } from "../../shared/ai/gates/rules/federal.ts";
import { states } from "../../shared/ai/gates/rules/states.ts";
import { steering } from "../../shared/ai/gates/rules/steering.ts";
import { tokensOf } from "../../shared/ai/gates/tokens.ts";

const on = new Date("2026-06-01T00:00:00Z");
const said = (text: string, state?: string) =>
  fairHousing(text, { on, state }).map(({ severity, span }) => [severity, text.slice(...span)]);

describe("a phrase is found where it is", () => {
  test.each([
    ["Two bedrooms. No children, please.", "No children"],
    ["🏡 Perfect for families!", "Perfect for families"],
    ["PERFECT\r\nFOR\u00a0FAMILIES", "PERFECT\r\nFOR\u00a0FAMILIES"],
    ["Absolutely no chil\u00addren.", "no chil\u00addren"],
    ["Absolutely no ch\u200bild\u2060ren.", "no ch\u200bild\u2060ren"],
    ["Absolutely no chil-\ndren.", "no chil-\ndren"],
    ["Ｎｏ ｋｉｄｓ", "Ｎｏ ｋｉｄｓ"],
    ["𝐍𝐨 𝐤𝐢𝐝𝐬", "𝐍𝐨 𝐤𝐢𝐝𝐬"],
    ["Nо kіds, in Cyrillic letters", "Nо kіds"],
    ["No k\u0301i\u0308ds", "No k\u0301i\u0308ds"],
    ["N0 k1d$ here", "N0 k1d$"],
    ["No k*ids", "No k*ids"],
    ["n o  k i d s", "n o  k i d s"],
    ["n.o. k.i.d.s.", "n.o. k.i.d.s"],
    ["n o k i d s", "n o k i d s"],
    ["#NoKids", "NoKids"],
    ["able\u2010bodied tenants", "able\u2010bodied"],
  ])("%j", (text, part) => {
    const found = said(text).filter(([severity]) => severity === "block");
    expect(found).toContainEqual(["block", part]);
  });

  test("and not across the end of a sentence or an empty line", () => {
    for (const text of [
      "Pets: no. Children's pool nearby.",
      "Pets? No\n\nChildren play in the park next door.",
    ])
      expect(said(text)).toEqual([]);
  });
});

describe("what is in force", () => {
  const animals = "No emotional support animals.";
  const severity = (day: string) => fairHousing(animals, { on: new Date(day) }).map((one) => one.severity);

  test("is what is in force on the day: guidance of 2020, withdrawn in September 2025", () => {
    expect(severity("2019-06-01")).toEqual([]);
    expect(severity("2024-06-01")).toEqual(["block"]);
    expect(severity("2025-09-16")).toEqual(["block"]);
    expect(severity("2025-09-17")).toEqual(["review"]);
  });

  test("is the law of the property's state; where that is unknown, a person looks", () => {
    const text = "No Section 8.";
    expect(said(text, "CA")).toEqual([["block", "No Section 8"]]);
    expect(said(text, "wa")).toEqual([["block", "No Section 8"]]);
    expect(said(text, "ID")).toEqual([]);
    expect(said(text)).toEqual([["review", "No Section 8"]]);
    expect(said("No one over 60.", "WA"), "Washington does not name age").toEqual([]);
  });
});

test("what is asked is reviewed, what is said is blocked", () => {
  expect(said("Is it mostly a white neighborhood?").map(([severity]) => severity)).not.toContain("block");
  expect(said("It is mostly a white neighborhood.").map(([severity]) => severity)).toContain("block");
  expect(said("Are you a young couple? Perfect for a young couple!").map(([severity]) => severity)).toContain(
    "block",
  );
});

test("refusing to answer is no steering, and hides no exclusion", () => {
  const text = "I can't say who lives there or how safe it is.";
  expect(said(text)).toEqual([]);
  expect(said(`${text} No wheelchairs.`)).toEqual([["block", "No wheelchairs"]]);
  expect(said("I can't say it is for everyone, no wheelchairs.")).toEqual([["block", "no wheelchairs"]]);
});

test("a check says what to say instead, and a block makes a text unusable", () => {
  const blocked = fairHousing("Perfect for families.", { on });
  expect(blocked[0]).toMatchObject({ rule: "us-familial-status-preference", suggestion: /./ });
  expect(isUsable([], blocked)).toBe(false);
  const reviewed = fairHousing("An active adult community.", { on });
  expect(reviewed.map(({ severity }) => severity)).toEqual(["review"]);
  expect(isUsable([], reviewed)).toBe(true);
  expect(isUsable([{ span: [0, 1], field: null, value: 1, record_value: null, ok: false }], [])).toBe(false);
});

describe("the rules are data", () => {
  const rules = [...federal, ...steering, ...states];

  test("each with its own id, a law and days in order", () => {
    expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length);
    for (const { id, from, until, source, jurisdiction } of rules) {
      expect(source, id).toMatch(/USC|CFR|Cal\.|RCW|HUD/);
      expect(jurisdiction, id).toMatch(/^[A-Z]{2}$/);
      expect(from < (until ?? "9999"), id).toBe(true);
    }
    for (const { from, source } of allowed)
      expect([from, source]).toEqual([expect.stringMatching(/^\d{4}-\d\d-\d\d$/), expect.any(String)]);
  });

  test("all seven federal classes and steering have rules that block", () => {
    const blocking = new Set(
      [...federal, ...steering]
        .filter(({ severity }) => severity === "block")
        .map(({ protects }) => protects),
    );
    expect([...blocking].sort()).toEqual([
      "color",
      "disability",
      "familial_status",
      "national_origin",
      "race",
      "religion",
      "sex",
      "steering",
    ]);
  });
});

describe("phrases", () => {
  const find = (phrase: string, text: string) => {
    const tokens = tokensOf(text);
    return findAll(phrasebook([{ of: phrase, phrases: [phrase] }], { pet: ["cat", "big dog"] }), tokens).map(
      ({ from, to }) =>
        tokens
          .slice(from, to)
          .map(({ word }) => word)
          .join(" "),
    );
  };

  test.each([
    ["no <pet>", "no big dog, no cat, no dog", ["no big dog", "no cat"]],
    ["a b? c", "a c a b c a b", ["a c", "a b c"]],
    ["a ~2 c", "a c. a b c. a b b c. a b b b c. a . c", ["a c", "a b c", "a b b c"]],
    ["over # only", "over 40 only, over forty only", ["over 40 only"]],
    ["not >>", "not this, nor that. Not", ["not this , nor that", "not"]],
    ["a (b|c d) .", "a b. a c d! a c. a b", ["a b .", "a c d .", "a b"]],
  ])("%s in %j", (phrase, text, expected) => expect(find(phrase, text)).toEqual(expected));

  test("that cannot be read are refused", () => {
    for (const bad of ["", "a (b", "a )", "<nothing>", "~2 a", "? a", ">> a"])
      expect(() => find(bad, "a"), bad).toThrow();
  });
});

test("20 KB of any text take milliseconds", () => {
  const texts = [
    "Quiet street near the lake, no pets or smoking. You would love the family room. ",
    ...[
      "no ",
      "n o ",
      "not not very very ",
      "a",
      "\u200b",
      "-\n",
      "# ",
      "k*",
      "perfect for a ",
      "\n",
      " ",
      "the people there are ",
    ],
  ].map((part) => part.repeat(Math.ceil(20_000 / part.length)));
  for (const text of texts) fairHousing(text, { on });
  const start = process.cpuUsage();
  for (const text of texts) fairHousing(text, { on });
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000 / texts.length, "milliseconds a text").toBeLessThan(60);
});
