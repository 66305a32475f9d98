import { describe, expect, test } from "vitest";
import { filtersOf, PropertyQuery } from "../../shared/domain/property-search.ts";
import { email, text } from "../../shared/domain/schemas.ts";

describe("text", () => {
  const name = text(100);

  test("is kept in NFC, whatever form it comes in", () => {
    expect(name.parse("Saint-E\u0301tienne")).toBe("Saint-\u00c9tienne");
    expect(name.parse("\u1112\u1161\u11ab")).toBe("\ud55c");
  });

  test("is as long as its NFC at most: what is kept passes when it is read", () => {
    const longerInNfc = "\u0958";
    expect(name.safeParse(longerInNfc.repeat(100)).success).toBe(false);
    const kept = name.parse(longerInNfc.repeat(50));
    expect(kept).toHaveLength(100);
    expect(name.parse(kept)).toBe(kept);
  });

  test("is found in either form: filters are in NFC too", () => {
    for (const city of ["Saint-E\u0301tienne", "Saint-\u00c9tienne"]) {
      const filters = filtersOf(PropertyQuery.parse({ city, q: city.toUpperCase() }));
      const stored = { city: name.parse("Saint-E\u0301tienne"), title: "" } as never;
      expect([...filters.values()].every((fits) => fits(stored))).toBe(true);
    }
  });

  test.each([
    ["U+FFFD", "Stra\ufffde 5"],
    ["a turn of direction", "invoice\u202efdp.exe"],
    ["an isolate", "\u2067abc\u2069"],
    ["a mark of direction", "\u200eabc"],
    ["half a character", "\ud800"],
    ["nothing visible", "\u200b\u2060 "],
  ])("with %s is no name", (_, said) => expect(name.safeParse(said).success).toBe(false));

  test("of several paragraphs may need marks of direction; a name may join emoji", () => {
    expect(text(10_000).safeParse("\u200fדירה (3 חדרים)\u200f").success).toBe(true);
    expect(name.safeParse("👩\u200d🔧 Repairs").success).toBe(true);
  });
});

describe("an email", () => {
  const one = "ada.agent@emerald.example";

  test.each([
    ["blanks around it", ` ${one}\t`],
    ["case", "Ada.Agent@Emerald.EXAMPLE"],
    ["wide letters", "ａｄａ.agent@emerald.example"],
    ["wide letters in its domain", "ada.agent@ｅmerald.example"],
    ["a blank of no width", "ada\u200b.agent@emerald.example"],
    ["a joiner in its domain", "ada.agent@eme\u2060rald.example"],
    ["a soft hyphen", "ada.ag\u00adent@emerald.example"],
    ["a turn of direction", "ada.agent\u202e@emerald.example"],
  ])("is one, whatever its %s", (_, said) => expect(email.parse(said)).toBe(one));

  test("in NFC and NFD, and with its domain in Punycode, is one", () => {
    expect(email.parse("jose\u0301@mu\u0308ller.example")).toBe("jos\u00e9@m\u00fcller.example");
    expect(email.parse("jos\u00e9@xn--mller-kva.example")).toBe("jos\u00e9@m\u00fcller.example");
  });

  test.each([
    "ada@emerald",
    "ada@emerald..example",
    "ada@.example",
    "ada@-emerald.example",
    "ada@emerald-.example",
    "ada@emerald.example.",
    "ada@emerald.1",
    "ada@127.0.0.1",
    "ada@emer_ald.example",
    `ada@${"a".repeat(64)}.example`,
    "ada..agent@emerald.example",
    ".ada@emerald.example",
    "ada.@emerald.example",
    "ada agent@emerald.example",
    "ada@agent@emerald.example",
    "ada\uff20agent@emerald.example",
    "ada\ufffd@emerald.example",
    "<ada@emerald.example>",
    "\ufdfa@emerald.example",
    "@emerald.example",
  ])("is not %j", (said) => expect(email.safeParse(said).success).toBe(false));

  test("of a hundred thousand characters is refused in a blink", () => {
    const begun = performance.now();
    for (const long of [
      "a".repeat(1e5),
      `a@${"a".repeat(1e5)}`,
      `a@${"a.".repeat(5e4)}`,
      " ".repeat(1e5),
      `a${" ".repeat(1e5)}b`,
    ])
      expect(email.safeParse(long).success).toBe(false);
    expect(performance.now() - begun).toBeLessThan(500);
  });
});
