import { describe, expect, test } from "vitest";
import { PropertyQuery } from "../../shared/domain/property-search.ts";
import {
  areAmong,
  nameWord,
  phoneWord,
  soughtIn,
  startOf,
  wordsIn,
  wordsOf,
} from "../../shared/domain/words.ts";

describe("a text's words", () => {
  test.each([
    ["7420 Woodlawn Ave NE", "7420 woodlawn ave ne"],
    ["Saint-E\u0301tienne", "saint etienne"],
    ["Saint-\u00c9tienne", "saint etienne"],
    ["O'Brien, O\u2019Brien, O\u00b4Brien", "obrien obrien obrien"],
    ["Łódź, Søren, Straße, İzmir, Ğ, ΟΔΟΣ", "lodz soren strasse izmir g οδοσ"],
    ["Ｗide Ⅳ ½", "wide iv 1 2"],
    ["Craft\u00adsman\u200b house", "craftsman house"],
    ["#4-B (rear)", "4 b rear"],
    ["王小明 東京", "王小明 東京"],
    ["!!! — …", ""],
    ["x".repeat(40), "x".repeat(30)],
    ["😀 home", "home"],
  ])("%s", (text, words) => expect(wordsIn(text)).toEqual(words.split(" ").filter(Boolean)));

  test("of both forms of Unicode are the same", () => {
    for (const text of ["Québec", "Ångström", "한국어", "がっこう", "Việt Nam"])
      expect(wordsIn(text.normalize("NFD"))).toEqual(wordsIn(text.normalize("NFC")));
  });
});

describe("the words of a record", () => {
  test("are bounded: what tells most first, and first of the first text", () => {
    const address = "12834 Northeast 132nd Street Apt 305 98103 Seattle";
    expect(wordsOf({ texts: [address], most: 5 }).found).toEqual([
      "12834",
      "132nd",
      "98103",
      "305",
      "seattle",
    ]);
    const long = Array.from({ length: 40 }, (_, at) => `word${at}`).join(" ");
    const { found, beside } = wordsOf({ texts: ["7 Elm St", long] });
    expect(found).toHaveLength(12);
    expect(found).toEqual(expect.arrayContaining(["elm", "st"]));
    expect(beside).toContain("7");
    expect(beside.join(" ").length).toBeLessThanOrEqual(200);
  });

  test("each once; of a domain what tells most", () => {
    const words = wordsOf({ texts: ["Ana Smith"], emails: ["ana.smith@mail.example.com"] });
    expect(words).toEqual({
      found: ["smith", "ana"],
      domains: ["example"],
      beside: ["mail", "com"],
      signs: [],
    });
  });

  test("phones and names are words that no text has", () => {
    const { signs } = wordsOf({
      texts: [],
      phones: ["+12065550142"],
      names: ["Smith, Ana", "ana SMITH", "!"],
    });
    expect(signs).toEqual(["+24105556021", "=ana smith"]);
    expect(nameWord("Smith, Ana")).toBe(nameWord("ana smith"));
  });
});

describe("a search", () => {
  const wordOf = (q: string, phones = false) => soughtIn(q, { phones })?.word;

  test.each([
    ["green craftsman", "craftsman"],
    ["1234 northeast", "1234"],
    ["12 greenwood avenue", "greenwood"],
    ["98115 greenwood", "98115"],
    ["main street", "main"],
    ["ana.s@windermere.example", "ana"],
    ["@windermere.example", "windermere"],
    ["north", "north"],
    ["a on", "on"],
    ["王", "王"],
    ["東 a", "東"],
  ])("%s looks up %s", (q, word) => expect(wordOf(q)).toBe(word));

  test.each(["merlin@b-a1390680d9.example", "ana2065550142@mail.example", "2065550142@mail.example"])(
    "%s has no phone in it",
    (q) => expect(soughtIn(q, { phones: true })).toEqual(soughtIn(q, { phones: false })),
  );

  test.each(["a", "5", "a b c", "!?", "é", "-"])("%s has no word that is long enough", (q) => {
    expect(wordOf(q)).toBeUndefined();
    const { error } = PropertyQuery.safeParse({ q });
    expect(error?.issues.map(({ path, message }) => [path.join(), message])).toEqual([
      ["q", "must have a word of two letters or digits"],
    ]);
  });

  test("with sort is refused by name", () => {
    const { error } = PropertyQuery.safeParse({ q: "elm", sort: "price" });
    expect(error?.issues.map(({ path }) => path.join())).toEqual(["sort"]);
  });

  test.each([
    "+12065550142",
    "+1 (206) 555-0142",
    "206.555.0142",
    "206 555 0142",
    "5550142",
    "555-0142",
    "001 206 5550142",
  ])("%s are last digits of a phone", (q) => {
    expect(phoneWord("+12065550142").startsWith(wordOf(q, true)!)).toBe(true);
    expect(wordOf(q)).not.toMatch(/^[+]/);
  });

  test.each([
    ["0151 23456789", "+4915123456789"],
    ["+44 (0)20 7946 0958", "+442079460958"],
    ["07 9460 958 smith", "+442079460958"],
  ])("%s is %s, written for calls within a country", (q, phone) =>
    expect(phoneWord(phone).startsWith(wordOf(q, true)!)).toBe(true),
  );

  test("fewer than seven digits are no phone", () => expect(wordOf("550142", true)).toBe("550142"));

  test("begins words, and all of its words must", () => {
    const words = wordsIn("7420 Woodlawn Ave NE");
    for (const [q, holds] of [
      ["wood 74", true],
      ["WOODLAWN n", true],
      ["lawn", false],
      ["wood 75", false],
    ] as const)
      expect(areAmong(soughtIn(q, { phones: false })!.all, words), q).toBe(holds);
  });

  test("looks up a word where its entries stand", () => {
    for (const word of ["woodlawn", "12", "王小明", "+24105556021"])
      for (let length = 1; length <= [...word].length; length++) {
        const said = [...word].slice(0, length).join("");
        const start = startOf(said);
        if (start !== undefined) expect(startOf(word)).toBe(start);
      }
  });
});
