import { describe, expect, test } from "vitest";
import { readChunk } from "../../shared/domain/import/chunk.ts";
import { csvRecords } from "../../shared/domain/import/csv.ts";
import { jsonRecords } from "../../shared/domain/import/json.ts";
import { propertyFields as names } from "../../shared/domain/import/property/columns.ts";
import type { Token } from "../../shared/domain/import/token.ts";
import { fileStart } from "../../shared/domain/import/written.ts";
import { streamed } from "../import-reader.ts";

type Reader = (body: AsyncIterable<Uint8Array>, from: number) => AsyncGenerator<Token<unknown>>;

async function* pieces(...all: Uint8Array[]) {
  yield* all;
}

async function read(reader: Reader, parts: Uint8Array[], from = 0) {
  const tokens: Token<unknown>[] = [];
  const fault = await (async () => {
    for await (const token of reader(pieces(...parts), from)) tokens.push(token);
  })().catch((error: Error) => error.message);
  return { tokens, fault };
}

const csv = '\ufeffid,né\r\n1,"a ""b"",\r\nc é😀"\r\n\r\n2,\n"3",x"y\r4,"😀"';
const json = '\ufeff[ {"a":"}\\"é\\\\"},\r\n{"b":{"c":["😀{"]}} ,{}\n]\n';
const lines = '{"a":1}\n{"a":"é\\n"}\n\n{"a":3}';
const answer =
  '\ufeff{"@odata.context":"x[{","n":[1,{"value":[]}],"value" : [ {"a":[{"b":1}]} ,{"a":2}],"more":{"a":[{}]}} \n';
const collection = '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"a":1}}]}';

const files: [string, Reader, string, unknown[]][] = [
  [
    "CSV",
    csvRecords,
    csv,
    [
      ["id", "né"],
      ["1", 'a "b",\r\nc é😀'],
      ["2", ""],
      ["3", 'x"y'],
      ["4", "😀"],
    ],
  ],
  ["a JSON array", jsonRecords, json, ['{"a":"}\\"é\\\\"}', '{"b":{"c":["😀{"]}}', "{}"]],
  ["JSON line by line", jsonRecords, lines, ['{"a":1}', '{"a":"é\\n"}', '{"a":3}']],
  ["an answer of an API", jsonRecords, answer, ['{"a":[{"b":1}]}', '{"a":2}']],
  ["a GeoJSON collection", jsonRecords, collection, ['{"type":"Feature","properties":{"a":1}}']],
];

describe.each(files)("%s", (_, reader, text, expected) => {
  const bytes = Buffer.from(text);

  test("is read the same wherever the bytes are cut", async () => {
    const whole = await read(reader, [bytes]);
    expect(whole.tokens.map(({ value }) => value)).toEqual(expected);
    for (let at = 1; at < bytes.length; at++)
      expect([at, await read(reader, [bytes.subarray(0, at), bytes.subarray(at)])]).toEqual([at, whole]);
    expect(
      await read(
        reader,
        Array.from(bytes, (byte) => Uint8Array.of(byte)),
      ),
    ).toEqual(whole);
  });

  test("is read on from the end of each record", async () => {
    const { tokens } = await read(reader, [bytes]);
    for (const [at, { end }] of tokens.entries())
      expect(await read(reader, [bytes.subarray(end)], end)).toEqual({ tokens: tokens.slice(at + 1) });
  });

  test("cut short anywhere, it gives the records before and no others", async () => {
    const { tokens } = await read(reader, [bytes]);
    for (let at = 0; at < bytes.length; at++) {
      const short = await read(reader, [bytes.subarray(0, at)]);
      const whole = tokens.filter(({ end }) => end <= at).length;
      // The last one may be cut within its text and still be a record.
      expect(short.tokens.slice(0, whole)).toEqual(tokens.slice(0, whole));
      expect(short.tokens.length - whole).toBeLessThanOrEqual(reader === csvRecords ? 1 : 0);
    }
  });
});

const faults: [string, Reader, string, RegExp][] = [
  ["a quote left open", csvRecords, 'a\n"b', /opens a quote/],
  [
    "a quote left open in a long file",
    csvRecords,
    `a\n"${"b,c\n".repeat(400_000)}`,
    /is longer than 1000000 bytes/,
  ],
  ["a long line", csvRecords, `a\n${"b".repeat(1_100_000)}\nc`, /is longer than 1000000 bytes/],
  ["a long object", jsonRecords, `{"a":1}{"b":"${"b".repeat(1_100_000)}"}`, /is longer than 1000000 bytes/],
  ["an open object", jsonRecords, '{"a":1}{"b":', /is not closed/],
  ["a number among objects", jsonRecords, '{"a":1}, 7', /is not an object/],
  ["two commas", jsonRecords, '[{"a":1},,{}]', /is not an object/],
  ["a row behind the list", jsonRecords, '[{"a":1}] {"a":2}', /comes after the list's end/],
  ["a row behind an answer", jsonRecords, '{"value":[{"a":1}]} {"a":2}', /comes after the list's end/],
];
test.each(faults)("%s is a fault after what was read before it", async (_, reader, text, message) => {
  const { tokens, fault } = await read(reader, [Buffer.from(text)]);
  expect(tokens).toHaveLength(1);
  expect(fault).toMatch(message);
});

test("a header of 32,000 bytes is taken, and a longer one is not", async () => {
  const faultOf = async (bytes: number) => {
    const columns = Array.from({ length: 200 }, (_, at) => String(at).padStart(159, "x"));
    const header = [...columns, "y".repeat(bytes - 200 * 160)].join(",");
    const chunk = await readChunk(pieces(Buffer.from(`${header}\n`)), fileStart, { format: "csv", names });
    return chunk.fault;
  };
  expect(await faultOf(32_000)).toBeUndefined();
  expect(await faultOf(32_001)).toBe("The header is longer than 32000 bytes");
});

describe("a chunk", () => {
  const start = fileStart;
  const options = { format: "csv", names } as const;
  const chunksOf = async (bytes: Buffer) => {
    const chunks = [];
    for (let at = start; at.offset < bytes.length; at = chunks.at(-1)!.next)
      chunks.push(await readChunk(streamed(bytes, at.offset), at, options));
    return chunks;
  };

  test("ends after a thousand rows; the next goes on with the row after", async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => `${at},"a\n${at}"`);
    const chunks = await chunksOf(Buffer.from(["id,text", ...rows, "", " ", ""].join("\n")));
    expect(chunks.map(({ rows }) => rows.length)).toEqual([1000, 1000, 500]);
    const all = chunks.flatMap(({ rows }) => rows);
    expect(all.map(({ row }) => row)).toEqual(rows.map((_, at) => at + 1));
    expect(all[1999]).toMatchObject({ cells: { id: "1999", text: "a\n1999" } });
  });

  test("ends after four megabytes: memory is bounded by bytes too", async () => {
    const wide = Array.from({ length: 12 }, (_, at) => `${at},${"x".repeat(900_000)}`);
    const chunks = await chunksOf(Buffer.from(["id,text", ...wide, ""].join("\n")));
    expect(chunks.map(({ rows }) => rows.length)).toEqual([5, 5, 2]);
  });

  test("that is nothing but blanks is a fault, unless the file ends with them", async () => {
    const blanks = Buffer.from(`id\n1\n${"\n".repeat(1_500_000)}`);
    const cut = { ...options, cutAt: blanks.length };
    const first = await readChunk(pieces(blanks), start, cut);
    expect([first.rows.length, first.ended, first.fault]).toEqual([1, false, undefined]);
    const { offset } = first.next;
    const rest = await readChunk(pieces(blanks.subarray(offset)), first.next, cut);
    expect([rest.rows.length, rest.fault]).toEqual([0, "Row 2 comes after megabytes of blanks"]);
    expect(await readChunk(pieces(blanks), start, options)).toMatchObject({
      ended: true,
      fault: undefined,
    });
  });

  test("of JSON lists columns that no field was found for, as far as they can be kept", async () => {
    const row = { id: 1, price: 2, location: { lat: 1, lng: 2 }, ["x".repeat(5000)]: 1 };
    const body = pieces(Buffer.from(`${JSON.stringify(row)}{"id":2}`));
    const { ignored, rows } = await readChunk(body, start, { ...options, format: "json" });
    expect([...ignored]).toEqual(["x".repeat(200)]);
    expect(rows[0]).toMatchObject({ place: { lat: 1, lng: 2 }, columns: { of: { source_key: "id" } } });
  });

  test("the same position gives the same chunk", async () => {
    const bytes = Buffer.from(["id,text", ...Array.from({ length: 1500 }, (_, at) => `${at},x`)].join("\n"));
    const [first] = await chunksOf(bytes);
    expect((await chunksOf(bytes))[0]).toEqual(first);
  });
});

describe("hostile JSON", () => {
  const start = fileStart;
  const timed = async (text: string) => {
    const begun = performance.now();
    const chunk = await readChunk(streamed(Buffer.from(text), 0), start, { format: "json", names });
    return { ...chunk, milliseconds: performance.now() - begun };
  };
  const blanks = " ".repeat(400_000);

  test("hundreds of thousands of blanks cost no more than other bytes, wherever they stand", async () => {
    for (const text of [
      `[${blanks}{"id":1}${blanks},${blanks}{"id":2}${blanks}]${blanks}`,
      `${blanks}x`,
      `{"id":1}${blanks}x`,
      `{"value"${blanks}:${blanks}[${blanks}{"id":1}${blanks}]${blanks}}${blanks}x`,
      `{"id":1${blanks}}{"id":2${blanks}}`,
    ]) {
      const { rows, fault, milliseconds } = await timed(text);
      expect([rows.length > 0 || fault !== undefined, milliseconds < 1000]).toEqual([true, true]);
    }
  });

  test("sabotage: an expression that looks for blanks twice takes time by their square", () => {
    const begun = performance.now();
    expect(/^\s*,?\s*$/.test(`${" ".repeat(40_000)}x`)).toBe(false);
    expect(performance.now() - begun).toBeGreaterThan(100);
  });

  test("lists within lists by the hundred thousand are one cell that is not read", async () => {
    const deep = `{"id":"a","price":5,"x":${"[".repeat(400_000)}${"]".repeat(400_000)}}{"id":"b","price":6}`;
    const { rows, milliseconds } = await timed(deep);
    expect([rows.length, milliseconds < 2000]).toEqual([2, true]);
    expect(rows[1]).toMatchObject({ cells: { id: "b" } });
  });

  test("two members of one name are refused, as two columns are", async () => {
    const { rows } = await timed('{"id":1,"price":2,"price":3}{"id":2,"a":{"price":1},"price":2}{"a\\":":1}');
    expect(rows).toMatchObject([
      { errors: [{ message: "has two members with the same name" }] },
      { cells: { price: 2 } },
      { cells: { 'a":': 1 } },
    ]);
  });
});
