import { deflateSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { byPlace, downloadName, NewMedia, type Placed } from "../../shared/domain/media.ts";
import { contentTypes, uploadTypes } from "../../shared/domain/upload-types.ts";
import { arrivals } from "../../shared/entry/arrival.ts";
import { mismatch } from "../../shared/media/magic-bytes.ts";
import { prepare } from "../../shared/media/prepare.ts";
import { stripVideoMetadata } from "../../shared/media/video.ts";
import { mp4, packedPdf, pdf } from "../hostile-uploads.ts";

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
    { file_name: "front\u202egpj.exe" },
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

  const blankedOf = (bytes: Buffer) => {
    const blanked = stripVideoMetadata(Buffer.from(bytes));
    if (typeof blanked === "string") throw new Error(blanked);
    return blanked;
  };

  test("loses its place and keeps every byte of picture and sound where it was", () => {
    const blanked = blankedOf(mp4);
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
    expect(blankedOf(Buffer.concat([start, long]))).toHaveLength(start.length + 24);
    const open = box("mdat", Buffer.alloc(9));
    open.writeUInt32BE(0);
    expect(blankedOf(Buffer.concat([start, open]))).toHaveLength(start.length + 17);
  });

  test.each([
    ["zeros", Buffer.alloc(40)],
    ["three bytes", Buffer.from("abc")],
    ["bytes of ones", Buffer.alloc(16, 255)],
    ["a line of text", Buffer.from("TAGSome camera, some owner\n")],
  ])("is cut before %s behind its last box", (_, trailer) => {
    expect(blankedOf(Buffer.concat([mp4, trailer]))).toHaveLength(mp4.length);
  });

  test("has boxes that no player knows blanked, at its top and within", () => {
    const secret = Buffer.from("owner: somebody");
    for (const unknown of [box("sefd", secret), box("XMP_", secret), box("moov", box("gps ", secret))]) {
      const blanked = blankedOf(Buffer.concat([mp4, unknown]));
      expect([blanked.length, blanked.includes(secret)]).toEqual([mp4.length + unknown.length, false]);
    }
  });

  test("of 360 degrees keeps what says so, and nothing else that stands there", () => {
    const id = Buffer.from("ffcc8263f8554a938814587a02521fdd", "hex");
    const said = "<GSpherical:ProjectionType>equirectangular</GSpherical:ProjectionType>";
    const film = (xml: string, uuid = id) => {
      const inside = box("uuid", Buffer.concat([uuid, Buffer.from(xml)]));
      return Buffer.concat([start, box("moov", box("trak", inside)), box("mdat", Buffer.alloc(99))]);
    };
    const plain = film(`<rdf:SphericalVideo>${said}</rdf:SphericalVideo>`);
    expect(blankedOf(plain).subarray(start.length).equals(plain.subarray(start.length))).toBe(true);
    const owned = film(`<rdf:SphericalVideo xmlns:x="y"><owner>somebody</owner>${said}</rdf:SphericalVideo>`);
    const blanked = blankedOf(owned);
    expect([blanked.length, blanked.includes(said), blanked.includes(id)]).toEqual([
      owned.length,
      true,
      true,
    ]);
    expect(blanked.includes("somebody")).toBe(false);
    const other = film(`<rdf:SphericalVideo>${said}</rdf:SphericalVideo>`, Buffer.alloc(16, 7));
    expect(blankedOf(other).includes(said)).toBe(false);
  });

  test("must have a film in it, and no known box that is cut short", () => {
    const wrong = [
      Buffer.alloc(0),
      start.subarray(0, 20),
      mp4.subarray(0, mp4.length - 10),
      start.subarray(start.indexOf("moov", 0, "latin1") - 4),
    ];
    // It writes over what it is given, and these are parts of a film that others take.
    expect(wrong.map((bytes) => stripVideoMetadata(Buffer.from(bytes)))).toEqual(
      wrong.map(() => "unreadable"),
    );
  });

  test("of thousands of boxes within each other, or of millions side by side, costs no more than a look", () => {
    let nested = Buffer.alloc(0);
    for (let depth = 0; depth < 6000; depth++) nested = box(depth % 2 ? "moov" : "trak", nested);
    const deep = Buffer.concat([mp4, nested]);
    const many = Buffer.concat([mp4, Buffer.alloc(40_000_000, box("free", Buffer.alloc(0)))]);
    const begun = performance.now();
    expect(stripVideoMetadata(deep)).toBeInstanceOf(Buffer);
    expect(stripVideoMetadata(many)).toBe("too_complex");
    expect(performance.now() - begun).toBeLessThan(2000);
  });

  test("straight from a phone, in QuickTime's form, is taken", async () => {
    const ftyp = box("ftyp", Buffer.from("qt  \0\0\0\0qt  "));
    const film = Buffer.concat([
      ftyp,
      box("wide", Buffer.alloc(0)),
      mp4.subarray(mp4.indexOf("moov", 0, "latin1") - 4),
    ]);
    expect(mismatch(film, "video/quicktime")).toBeUndefined();
    expect(mismatch(film, "video/mp4")).toBe("type_mismatch");
    expect(await prepare(Buffer.from(film), "video/quicktime")).toMatchObject({ files: [{ name: "file" }] });
  });

  test("of random boxes never throws", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
        stripVideoMetadata(Buffer.concat([start, bytes]));
        stripVideoMetadata(Buffer.from(bytes));
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

describe("a document", () => {
  const cleaned = async (...parts: (Buffer | string)[]) => {
    const prepared = await prepare(
      Buffer.concat(parts.map((part) => Buffer.from(part as string))),
      "application/pdf",
    );
    return typeof prepared === "string" ? prepared : prepared.files[0]!.bytes;
  };

  test.each([
    ["a blank line before it", ["\r\n", pdf]],
    ["a mark before it", ["\ufeff", pdf]],
    ["a scanner's line behind it", [pdf, "\n% sent by a scanner\n"]],
    ["two thousand NULs behind it", [pdf, Buffer.alloc(2000)]],
  ])("with %s is cut to the document", async (_, parts) => {
    expect((await cleaned(...parts)).toString().trim()).toBe(pdf.toString().trim());
  });

  test("that begins too late, or has no end, is none", async () => {
    expect(await cleaned(Buffer.alloc(1100, 32), pdf)).toBe("type_mismatch");
    expect(await cleaned(pdf.subarray(0, pdf.length - 8))).toBe("type_mismatch");
  });

  test("with packed objects, links and an attached table is taken", async () => {
    const honest = packedPdf("1 0 <</Type/Catalog/A<</S/URI/URI(https://a.example/x.html)>>/F(prices.csv)>>");
    expect(await cleaned(honest)).toBeInstanceOf(Buffer);
    // A page in another packing beside packed objects, and the table of places behind them, which is no object.
    const page = `2 0 obj <</Filter/ASCII85Decode>>stream\n87cURD]i,"Ebo80~>\nendstream endobj ${" ".repeat(1000)}`;
    const places = deflateSync(Buffer.from([2, 1, 0, 2, 1, 0])).toString("latin1");
    const table = `3 0 obj <</Type/XRef/DecodeParms<</Predictor 12>>/Filter/FlateDecode>>stream\n${places}\nendstream endobj\n`;
    const at = honest.indexOf("trailer");
    const whole = [
      honest.subarray(0, 9),
      Buffer.from(page),
      honest.subarray(9, at),
      Buffer.from(table, "latin1"),
      honest.subarray(at),
    ];
    expect(await cleaned(...whole)).toBeInstanceOf(Buffer);
  });

  test("that unpacks to gigabytes is rejected in seconds", async () => {
    const bomb = deflateSync(Buffer.alloc(50_000_000));
    const stream = `1 0 obj <</Filter/FlateDecode>>stream\n${bomb.toString("latin1")}\nendstream endobj\n`;
    const bytes = Buffer.concat([
      Buffer.from(pdf.subarray(0, 9)),
      Buffer.from(stream.repeat(25), "latin1"),
      pdf.subarray(9),
    ]);
    expect(await cleaned(bytes)).toBe("too_complex");
  });
});

test.each([
  ["Offer.pdf", "application/pdf", "Offer.pdf"],
  ["OFFER.PDF", "application/pdf", "OFFER.PDF"],
  ["invoice.exe", "application/pdf", "invoice.exe.pdf"],
  ["tour", "video/mp4", "tour.mp4"],
  ["tour.html. ", "video/quicktime", "tour.html.mov"],
] as const)("%s, checked as %s, is downloaded as %s", (file_name, content_type, name) =>
  expect(downloadName({ file_name, content_type })).toBe(name),
);
