import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byPlace, contentTypes, NewMedia, type Placed, uploadTypes } from "../../shared/domain/media.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { mismatch } from "../../shared/media/magic-bytes.ts";
import { blankVideo } from "../../shared/media/video.ts";
import { mp4, pdf } from "../hostile-uploads.ts";

const one = "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f";
const other = "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e50";
const notice = (...keys: string[]) => ({
  Records: keys.map((key) => ({ s3: { object: { key, size: 1 } } })),
});

describe("S3's notice of uploads", () => {
  const read = arrivals("uploads/media");

  test("names the records whose uploads arrived, from encoded keys too", () => {
    const ids = { brokerage_id: one, id: other };
    expect(read.parse(notice(`uploads/media/${one}/${other}`))).toEqual([ids]);
    expect(read.parse(notice(`uploads%2Fmedia/${one}/${other}`))).toEqual([ids]);
  });

  test("that only tests the set-up names none", () => {
    expect(read.parse({ Service: "Amazon S3", Event: "s3:TestEvent", Bucket: "b" })).toEqual([]);
  });

  test.each([
    ["another prefix", notice(`uploads/imports/${one}/${other}`)],
    ["no ids", notice("uploads/media/../x")],
    ["more than two ids", notice(`uploads/media/${one}/${other}/${one}`)],
    ["another message", { hello: 1 }],
  ])("of %s is none of ours", (_, message) => expect(() => read.parse(message)).toThrow());
});

describe("what may be announced", () => {
  const valid = { type: "image", content_type: "image/jpeg", size_bytes: 1, file_name: "a.jpg" };

  test.each(contentTypes)("%s to its last byte and no further", (content_type) => {
    const { type, maxBytes } = uploadTypes[content_type];
    const announced = { ...valid, type, content_type };
    expect(NewMedia.safeParse({ ...announced, size_bytes: maxBytes }).success).toBe(true);
    for (const size_bytes of [0, maxBytes + 1, 1.5])
      expect(NewMedia.safeParse({ ...announced, size_bytes }).success).toBe(false);
  });

  test.each([
    { type: "video" },
    { content_type: "image/svg+xml" },
    { file_name: "a/b.jpg" },
    { order: -1 },
    { checksum_sha256: `${"A".repeat(42)}B=` },
    { status: "ready" },
  ])("nothing with %o", (wrong) => expect(NewMedia.safeParse({ ...valid, ...wrong }).success).toBe(false));
});

test("a gallery has one order, whatever order it is read in", () => {
  const placed = fc.record({ order: fc.option(fc.nat(3)), id: fc.uuid({ version: 7 }) });
  fc.assert(
    fc.property(fc.uniqueArray(placed, { selector: ({ id }) => id }), fc.func(fc.nat()), (all, shuffle) => {
      const shuffled = [...all].sort((a, b) => shuffle(a.id) - shuffle(b.id));
      const sorted = all.sort(byPlace);
      expect(shuffled.sort(byPlace)).toEqual(sorted);
      const firstWithout = sorted.findIndex(({ order }: Placed) => order === null);
      if (firstWithout >= 0)
        expect(sorted.slice(firstWithout).every(({ order }) => order === null)).toBe(true);
    }),
  );
});

describe("a video", () => {
  const box = (type: string, content: Buffer) => {
    const header = Buffer.alloc(8);
    header.writeUInt32BE(content.length + 8);
    header.write(type, 4, "latin1");
    return Buffer.concat([header, content]);
  };
  const start = mp4.subarray(0, mp4.indexOf("free", 0, "latin1") - 4);

  test("loses its place and keeps every byte of picture and sound where it was", () => {
    const blanked = Buffer.from(mp4);
    expect(blankVideo(blanked)).toBe(true);
    const media = mp4.indexOf("mdat", 0, "latin1");
    expect(blanked.subarray(media).equals(mp4.subarray(media))).toBe(true);
    expect(blanked.length).toBe(mp4.length);
    expect(blanked.includes("+47.6062")).toBe(false);
    expect(blanked.includes("mvhd")).toBe(true);
  });

  test("may give a length of 64 bits, or none for its last box", () => {
    const long = Buffer.alloc(24);
    long.writeUInt32BE(1);
    long.write("mdat", 4, "latin1");
    long.writeBigUInt64BE(24n, 8);
    expect(blankVideo(Buffer.concat([start, long]))).toBe(true);
    const open = box("mdat", Buffer.alloc(9));
    open.writeUInt32BE(0);
    expect(blankVideo(Buffer.concat([start, open]))).toBe(true);
  });

  test("must have boxes of known types from end to end", () => {
    const wrong = [
      Buffer.alloc(0),
      start.subarray(0, 20),
      Buffer.concat([start, Buffer.alloc(3)]),
      Buffer.concat([start, box("evil", Buffer.alloc(4))]),
      start.subarray(start.indexOf("moov", 0, "latin1") - 4),
    ];
    expect(wrong.map(blankVideo)).toEqual(wrong.map(() => false));
  });

  test("of random boxes never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        blankVideo(Buffer.concat([start, bytes]));
        blankVideo(Buffer.from(bytes));
      }),
    );
  });
});

test("random bytes are of no type, whatever their length", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 100 }), fc.constantFrom(...contentTypes), (bytes, type) => {
      expect(mismatch(bytes, type)).toBe("type_mismatch");
    }),
  );
});

test("a document may end in white space, and begins at its first byte", () => {
  expect(mismatch(Buffer.concat([pdf, Buffer.from("\r\n\0 ")]), "application/pdf")).toBeUndefined();
  expect(mismatch(Buffer.concat([Buffer.from(" "), pdf]), "application/pdf")).toBe("type_mismatch");
});
