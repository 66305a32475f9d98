import fc from "fast-check";
import { expect, test } from "vitest";
import type * as z from "zod/mini";
import { jsonSchema } from "../../infra/documents/schema.ts";
import { NewMedia } from "../../shared/domain/media.ts";
import { email, plainName, text } from "../../shared/domain/schemas.ts";
import { codePoint } from "../any-text.ts";

const title = text(200);
const accepts = (value: string) => title.safeParse(value).success;

test("text is visible, well-formed and without control characters", () => {
  for (const good of ["a", "  Craftsman\nnear\tGreen Lake ", "Schöne Aussicht", "家", "🏡", "\u00a0a"])
    expect(accepts(good), JSON.stringify(good)).toBe(true);
  const controls = [0, 8, 0x0b, 0x0c, 0x1f, 0x7f, 0x85, 0x9f].map((code) => `a${String.fromCharCode(code)}b`);
  for (const bad of ["", " ", "\n\t", "\u3000", "a\ud800", "\udc00a", ...controls])
    expect(accepts(bad), JSON.stringify(bad)).toBe(false);
  expect(title.safeParse("a\ud800").error?.issues[0]?.message).toMatch("must be well-formed text");
});

test("an email has one @ and a domain with a dot; a file's name no slash and no line break", () => {
  expect(email.parse("Ana.Agent@Emerald.Example")).toBe("ana.agent@emerald.example");
  for (const bad of ["a@b", "a b@c.de", "a@b@c.de", "a[1]@c.de", "a\u0001@c.de", "a@c.\u0085de", "a@.de"])
    expect(email.safeParse(bad).success, JSON.stringify(bad)).toBe(false);
  for (const [name, isGood] of [
    ["front door.jpg", true],
    ["../front.jpg", false],
    ["a\\b.jpg", false],
    ["a\nb.jpg", false],
    [" ", false],
  ] as const)
    expect(plainName.test(name), name).toBe(isGood);
});

/** Characters in which the patterns of the document and those of the code could differ. */
const awkward = fc.constantFrom(
  ..." \t\n\u000b\u0085\u00a0\u00ad\u200b\u2028\u3000\ufeff\u202e\ufffd\u0301\ufdfa@.-xä家/\\",
  "🏡",
);

test.each<[string, z.ZodMiniType, (text: string) => string]>([
  ["text", title, (text) => text],
  ["email", email, (text) => text],
  ["email of a person", email, (text) => ` ${text}ada${text}@emer${text}ald.example`],
  ["file_name", NewMedia.def.options[0]!.shape.file_name, (text) => text],
])("the document calls no %s invalid that is taken", (_, schema, said) => {
  const pattern = new RegExp(jsonSchema(schema, "in").schema.pattern as string);
  const characters = fc.string({
    unit: fc.oneof(awkward, fc.string({ unit: codePoint, maxLength: 1 })),
    maxLength: 4,
  });
  fc.assert(
    fc.property(characters.map(said), (text) => !schema.safeParse(text).success || pattern.test(text)),
    { numRuns: 500 },
  );
});

test("no text makes the patterns slow", () => {
  const start = performance.now();
  for (const end of ["\u0001", "\u000b", " "])
    for (const part of ["a", " ", "a ", "@a.", "."]) {
      const long = part.repeat(10_000) + end;
      text(100_000).safeParse(long);
      plainName.test(long);
      email.safeParse(long.slice(0, 5_000));
    }
  expect(performance.now() - start).toBeLessThan(2_000);
});
