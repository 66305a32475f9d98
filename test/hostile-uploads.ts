import { crc32, deflateSync } from "node:zlib";
import sharp, { type Sharp } from "sharp";
import type { ContentType, UploadRejection } from "../shared/domain/upload-types.ts";

/** Planted in every payload: no reader may get it but in a download. */
export const mark = "h0stile-payload";

/** An upload that attacks, and what must become of it: rejected so, made anew without the payload, or a download. */
export interface HostileUpload {
  readonly name: string;
  readonly content_type: ContentType;
  readonly bytes: Buffer;
  readonly becomes: UploadRejection | "clean pictures" | "download";
}

const text = (value: string) => Buffer.from(value, "latin1");
const u16 = (value: number) => Buffer.from([value >> 8, value & 255]);
const u32 = (value: number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
};

const script = `<script>alert("${mark}")</script>`;
const html = text(`<!DOCTYPE html><html><body>${script}</body></html>`);
const svg = text(`<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9">${script}</svg>`);

/** A ZIP of one stored file; `comment` follows its last record. */
function zip(comment = ""): Buffer {
  const name = text("a.class");
  const data = text(mark);
  const sizes = Buffer.alloc(12);
  sizes.writeUInt32LE(crc32(data));
  sizes.writeUInt32LE(data.length, 4);
  sizes.writeUInt32LE(data.length, 8);
  const le16 = (...values: number[]) => Buffer.concat(values.map((value) => u16(value).reverse()));
  const local = Buffer.concat([
    text("PK\x03\x04"),
    le16(20, 0, 0, 0, 0),
    sizes,
    le16(name.length, 0),
    name,
    data,
  ]);
  const central = Buffer.concat([
    text("PK\x01\x02"),
    le16(20, 20, 0, 0, 0, 0),
    sizes,
    le16(name.length, 0, 0, 0, 0, 0, 0, 0, 0),
    name,
  ]);
  const where = Buffer.concat([u32(central.length).reverse(), u32(local.length).reverse()]);
  const end = Buffer.concat([
    text("PK\x05\x06"),
    le16(0, 0, 1, 1),
    where,
    le16(comment.length),
    text(comment),
  ]);
  return Buffer.concat([local, central, end]);
}

const chunk = (type: string, data: Buffer) =>
  Buffer.concat([u32(data.length), text(type), data, u32(crc32(Buffer.concat([text(type), data])))]);

/** A black PNG of one bit a pixel: 900 megapixels in some 110 KB. */
function pngBomb(width: number, height: number): Buffer {
  const header = Buffer.concat([u32(width), u32(height), Buffer.from([1, 0, 0, 0, 0])]);
  const data = deflateSync(Buffer.alloc((width / 8 + 1) * height));
  const chunks = [chunk("IHDR", header), chunk("tEXt", text(`Comment\0${mark}`)), chunk("IDAT", data)];
  return Buffer.concat([text("\x89PNG\r\n\x1a\n"), ...chunks, chunk("IEND", Buffer.alloc(0))]);
}

/** A WebP whose lossless header says the most that it can: 16,383 by 16,383 pixels. */
function webpBomb(): Buffer {
  const data = Buffer.concat([Buffer.from([0x2f, 0xfe, 0xbf, 0xff, 0x0f]), Buffer.alloc(1000, mark)]);
  const content = Buffer.concat([
    text("WEBPVP8L"),
    u32(data.length).reverse(),
    data,
    Buffer.alloc(data.length % 2),
  ]);
  return Buffer.concat([text("RIFF"), u32(content.length).reverse(), content]);
}

/** Puts chunks before the one of `before`, which must exist. */
function withChunk(png: Buffer, before: "IDAT" | "IEND", added: Buffer): Buffer {
  const at = png.indexOf(before, 0, "latin1") - 4;
  return Buffer.concat([png.subarray(0, at), added, png.subarray(at)]);
}

const segment = (marker: number, data: Buffer) =>
  Buffer.concat([Buffer.from([0xff, marker]), u16(data.length + 2), data]);

/** Puts a segment right behind a JPEG's first two bytes. */
const withSegment = (jpeg: Buffer, marker: number, data: Buffer) =>
  Buffer.concat([jpeg.subarray(0, 2), segment(marker, data), jpeg.subarray(2)]);

const box = (type: string, ...content: Buffer[]) => {
  const data = Buffer.concat(content);
  return Buffer.concat([u32(data.length + 8), text(type), data]);
};

const place = `+47.6062-122.3321/ ${mark}`;
const ftyp = box("ftyp", text("isom"), u32(512), text("isomiso2avc1mp41"));
const moov = (...more: Buffer[]) =>
  box("moov", box("mvhd", Buffer.alloc(100)), box("trak", box("tkhd", Buffer.alloc(84))), ...more);

/** A video that tells where it was taken, twice: as Android and as iPhones write it. */
export const mp4 = Buffer.concat([
  ftyp,
  moov(box("udta", box("\xa9xyz", u16(place.length), u16(0x15c7), text(place))), box("meta", text(place))),
  box("free", text(mark)),
  box("mdat", Buffer.alloc(5000, 7)),
]);

const pdfOf = (object: string) =>
  text(`%PDF-1.7\n1 0 obj\n${object}\nendobj\ntrailer <</Root 1 0 R>>\nstartxref\n9\n%%EOF\n`);

/** A document whose objects stand in a packed stream, as most are written today. */
export function packedPdf(objects: string): Buffer {
  const data = deflateSync(text(objects));
  const head = `<</Type/ObjStm/N 1/First 4/Filter/FlateDecode/Length ${data.length}>>\nstream\n`;
  return pdfOf(`${head}${data.toString("latin1")}\nendstream`);
}

/** A small honest document. */
export const pdf = pdfOf("<</Type/Catalog>>");

const gps = {
  IFD3: {
    GPSLatitudeRef: "N",
    GPSLatitude: "47/1 36/1 22/1",
    GPSLongitudeRef: "W",
    GPSLongitude: "122/1 19/1 55/1",
  },
};
const exif = { IFD0: { Make: mark, Copyright: mark }, ...gps };
const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" exif:GPSLatitude="47,36.37N" exif:UserComment="${mark}"/></rdf:RDF></x:xmpmeta>`;

/** A picture with something to see: a house under a sky. */
export function drawing(width = 640, height = 480): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  for (let at = 0; at < pixels.length; at += 3) {
    const [x, y] = [((at / 3) % width) / width, Math.floor(at / 3 / width) / height];
    const isHouse = x > 0.3 && x < 0.7 && y > 0.4 && y < 0.8;
    pixels.set(isHouse ? [180, 60, 40] : y > 0.7 ? [60, 140, 60] : [120, 170, 230 - y * 60], at);
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** A picture of 64 by 48 as telephones write them: HEVC, with a note in its Exif. Nothing here can write such. */
export const heic = Buffer.from(
  [
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAb5tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAAAAAAAAAA",
    "ADRpbG9jAAAAAERAAAIAAQAAAAAB4gABAAAAAAAAALEAAgAAAAACkwABAAAAAAAAADQAAAA4aWluZgAAAAAAAgAAABVpbmZlAgAA",
    "AAABAABodmMxAAAAABVpbmZlAgAAAQACAABFeGlmAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAA",
    "kAAAAAAAHvAA/P34+AAADwNgAAEAGEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq",
    "5Ka5uAhoMCAAAAMDIAAAAwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xh",
    "cAAAAEAAAAABAAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAA",
    "ABppcmVmAAAAAAAAAA5jZHNjAAIAAQABAAAA7W1kYXQAAACtKAGvE4D3am7HTdR8z06HT8r5oFg9J6ktC0cKCH4gpDFoMwTEHMjD",
    "ISSxHxIn5Q7X9J9rfqzh3JQS1g8udldMFm1TlW38ALFVVlOeIBi7e2/6pyGHE1xFPbDML+ltRHkjQqBasvb9TZEJBV+jO9P1zc2A",
    "XL9UyzZ2ijJd1bD4WBfGe3iVlSSLqCytlXA2EFZofYfBRm5LFM6sx9T8zbptF1FXmPRUONcs9TVoD5gAAAAGRXhpZgAATU0AKgAA",
    "AAgAAQEPAAIAAAAQAAAAGgAAAABoMHN0aWxlLXBheWxvYWQA",
  ].join(""),
  "base64",
);

/** The corpus of bar 17: everything of it is made here. */
export async function hostileUploads(): Promise<HostileUpload[]> {
  const jpeg = await drawing().jpeg().toBuffer();
  const png = await drawing().png().toBuffer();
  const webp = await drawing().webp().toBuffer();
  const avif = await drawing(64, 48).avif({ effort: 0 }).toBuffer();
  const tiff = await drawing(64, 48).tiff().toBuffer();
  const gif = await drawing(64, 48).gif().toBuffer();

  const wide = (bytes: Buffer) => {
    const grown = Buffer.from(bytes);
    const at = grown.indexOf("ispe", 0, "latin1") + 8;
    grown.writeUInt32BE(30_000, at);
    grown.writeUInt32BE(30_000, at + 4);
    return grown;
  };
  const huge = (bytes: Buffer) => {
    const grown = Buffer.from(bytes);
    const frame = grown.indexOf(Buffer.from([0xff, 0xc0]));
    grown.writeUInt16BE(65_500, frame + 5);
    grown.writeUInt16BE(65_500, frame + 7);
    return grown;
  };
  const exifOf = async (format: "jpeg" | "png" | "webp" | "avif") =>
    drawing(320, 240)
      .withExif(exif)
      .toFormat(format, format === "avif" ? { effort: 0 } : {})
      .toBuffer();
  const xmpData = text(`http://ns.adobe.com/xap/1.0/\0${xmp}`);
  const iptc = text(
    `Photoshop 3.0\x008BIM\x04\x04\0\0\0\0\0${String.fromCharCode(mark.length + 5)}\x1c\x02\x78\0${String.fromCharCode(mark.length)}${mark}`,
  );
  const profile = Buffer.concat([text("ICC_PROFILE\0\x01\x01"), Buffer.alloc(200, mark)]);
  const textChunk = (value: string) => chunk("tEXt", text(`Comment\0${value}`));
  const inflating = chunk(
    "zTXt",
    Buffer.concat([text("Comment\0\0"), deflateSync(Buffer.alloc(60_000_000))]),
  );
  const after = (bytes: Buffer, more: Buffer) => Buffer.concat([bytes, more]);

  const all: [string, ContentType, Buffer, HostileUpload["becomes"]][] = [
    ["SVG as JPEG", "image/jpeg", svg, "type_mismatch"],
    ["SVG as PNG", "image/png", svg, "type_mismatch"],
    ["SVG behind white space as WebP", "image/webp", after(text("\n\n  "), svg), "type_mismatch"],
    ["HTML as JPEG", "image/jpeg", html, "type_mismatch"],
    ["HTML as AVIF", "image/avif", html, "type_mismatch"],
    [
      "HTML behind a JPEG's first bytes",
      "image/jpeg",
      after(text("\xff\xd8\xff\xe0"), html),
      "second_format",
    ],
    ["GIF as JPEG", "image/jpeg", gif, "type_mismatch"],
    ["TIFF as JPEG", "image/jpeg", tiff, "type_mismatch"],
    ["PNG as JPEG", "image/jpeg", png, "type_mismatch"],
    ["HEIC as AVIF", "image/avif", heic, "type_mismatch"],
    ["PDF as JPEG", "image/jpeg", pdf, "type_mismatch"],
    ["one byte as JPEG", "image/jpeg", text("\xff"), "type_mismatch"],
    ["JPEG of a start alone", "image/jpeg", text("\xff\xd8\xff\xe0"), "unreadable"],
    ["JPEG and ZIP", "image/jpeg", after(jpeg, zip()), "second_format"],
    ["JPEG and ZIP with a comment", "image/jpeg", after(jpeg, zip("%%EOF\n")), "second_format"],
    ["PNG and ZIP", "image/png", after(png, zip()), "second_format"],
    ["WebP and ZIP", "image/webp", after(webp, zip()), "second_format"],
    ["AVIF and ZIP", "image/avif", after(avif, zip()), "second_format"],
    ["JPEG with a page in its first comment", "image/jpeg", withSegment(jpeg, 0xfe, html), "second_format"],
    [
      "JPEG with a PDF in its first comment",
      "image/jpeg",
      withSegment(jpeg, 0xfe, pdfOf(mark)),
      "second_format",
    ],
    [
      "JPEG with PHP in its first comment",
      "image/jpeg",
      withSegment(jpeg, 0xfe, text(`<?php echo "${mark}";`)),
      "second_format",
    ],
    ["JPEG with a page at its end", "image/jpeg", after(jpeg, html), "clean pictures"],
    ["JPEG with a video at its end", "image/jpeg", after(jpeg, mp4), "clean pictures"],
    ["JPEG with a program at its end", "image/jpeg", after(jpeg, text(`\x7fELF${mark}`)), "clean pictures"],
    [
      "PNG with a page in its first text",
      "image/png",
      withChunk(png, "IDAT", textChunk(script)),
      "second_format",
    ],
    [
      "PNG with a page in its last text",
      "image/png",
      withChunk(png, "IEND", textChunk(script)),
      "clean pictures",
    ],
    ["PNG with 60 MB in a packed text", "image/png", withChunk(png, "IDAT", inflating), "clean pictures"],
    ["PNG of 900 megapixels", "image/png", pngBomb(30_000, 30_000), "too_many_pixels"],
    ["JPEG of 4,290 megapixels", "image/jpeg", huge(jpeg), "too_many_pixels"],
    ["WebP of 268 megapixels", "image/webp", webpBomb(), "too_many_pixels"],
    ["AVIF of 900 megapixels", "image/avif", wide(avif), "too_many_pixels"],
    ["JPEG cut in half", "image/jpeg", jpeg.subarray(0, jpeg.length / 2), "unreadable"],
    ["PNG cut in half", "image/png", png.subarray(0, png.length / 2), "unreadable"],
    ["WebP cut in half", "image/webp", webp.subarray(0, webp.length / 2), "unreadable"],
    ["HEIC with a note in its Exif", "image/heic", heic, "clean pictures"],
    ["HEIC and ZIP", "image/heic", after(heic, zip()), "second_format"],
    ["HEIC cut in half", "image/heic", heic.subarray(0, heic.length - 60), "unreadable"],
    ["HEIC that says 900 megapixels", "image/heic", wide(heic), "unreadable"],
    ["AVIF as HEIC", "image/heic", avif, "type_mismatch"],
    ["JPEG with GPS in its Exif", "image/jpeg", await exifOf("jpeg"), "clean pictures"],
    ["PNG with GPS in its Exif", "image/png", await exifOf("png"), "clean pictures"],
    ["WebP with GPS in its Exif", "image/webp", await exifOf("webp"), "clean pictures"],
    ["AVIF with GPS in its Exif", "image/avif", await exifOf("avif"), "clean pictures"],
    ["JPEG with GPS in its XMP", "image/jpeg", withSegment(jpeg, 0xe1, xmpData), "clean pictures"],
    ["JPEG with a note in its IPTC", "image/jpeg", withSegment(jpeg, 0xed, iptc), "clean pictures"],
    ["JPEG with a note as its profile", "image/jpeg", withSegment(jpeg, 0xe2, profile), "clean pictures"],
    ["HTML as PDF", "application/pdf", html, "type_mismatch"],
    ["PDF behind a page", "application/pdf", after(html, pdf), "second_format"],
    ["PDF with a page at its end", "application/pdf", after(pdf, html), "second_format"],
    [
      "PDF with a page in its middle",
      "application/pdf",
      pdfOf(`%${"x".repeat(9000)}\n%${script}`),
      "second_format",
    ],
    [
      "PDF with a ZIP in its middle",
      "application/pdf",
      after(after(text("%PDF-1.7\n"), zip()), pdf),
      "second_format",
    ],
    [
      "PDF with a program behind it",
      "application/pdf",
      after(pdf, text(`MZ${"\0".repeat(70)}This program cannot be run in DOS mode.${mark}`)),
      "second_format",
    ],
    ["PDF and ZIP", "application/pdf", after(pdf, zip("%%EOF")), "second_format"],
    ["PDF with a page in its first comment", "application/pdf", pdfOf(`%${script}`), "second_format"],
    [
      "PDF with a script",
      "application/pdf",
      pdfOf(`<</Type/Catalog/OpenAction<</S/JavaScript/JS(${mark})>>>>`),
      "runs_something",
    ],
    [
      "PDF with a script under an escaped name",
      "application/pdf",
      pdfOf(`<</Type/Catalog/OpenAction<</S/J#61vaScrip#74/JS(${mark})>>>>`),
      "runs_something",
    ],
    [
      "PDF with a script in a packed object",
      "application/pdf",
      packedPdf(`1 0 <</Type/Catalog/OpenAction<</S/JavaScript/JS(${mark})>>>>`),
      "runs_something",
    ],
    [
      "PDF with objects packed in an odd way",
      "application/pdf",
      pdfOf(`<</Type/ObjStm/Filter/ASCIIHexDecode/Length 4>>\nstream\n3c3c\nendstream`),
      "not_checkable",
    ],
    [
      "PDF with objects packed twice",
      "application/pdf",
      packedPdf(deflateSync(text(`1 0 <</S/JavaScript/JS(${mark})>>`)).toString("latin1")),
      "not_checkable",
    ],
    [
      "PDF with packed objects that begin as Flate does and are none",
      "application/pdf",
      pdfOf(`<</Type/ObjStm/N 1/First 4>>\nstream\nx^3c3c2f532f4a\nendstream`),
      "not_checkable",
    ],
    [
      "PDF that is encrypted, with packed objects",
      "application/pdf",
      after(packedPdf("1 0 <</Type/Catalog>>"), text("\ntrailer <</Encrypt 5 0 R>>\n%%EOF\n")),
      "not_checkable",
    ],
    [
      "PDF that starts a program",
      "application/pdf",
      pdfOf(`<</Type/Catalog/OpenAction<</S/Launch/F(cmd.exe)>>>>`),
      "runs_something",
    ],
    [
      "PDF with a program embedded",
      "application/pdf",
      pdfOf(`<</Type/Filespec/F(invoice.pdf)/UF<FEFF0061002E006500780065>/EF<</F 2 0 R>>>>`),
      "runs_something",
    ],
    ["program as PDF", "application/pdf", text(`MZ${mark}`), "type_mismatch"],
    ["HTML as MP4", "video/mp4", html, "type_mismatch"],
    ["MP4 with GPS", "video/mp4", mp4, "download"],
    ["MP4 with a page at its end", "video/mp4", after(mp4, html), "download"],
    ["MP4 with a box that nobody knows", "video/mp4", after(mp4, box("evil", html)), "download"],
    ["MP4 of 300,000 boxes", "video/mp4", after(mp4, Buffer.alloc(2_400_000, box("free"))), "too_complex"],
    ["MP4 and ZIP", "video/mp4", after(mp4, box("mdat", zip())), "second_format"],
    ["MP4 with a box that ends outside", "video/mp4", after(mp4, after(u32(99), text("free"))), "unreadable"],
  ];
  return all.map(([name, content_type, bytes, becomes]) => ({ name, content_type, bytes, becomes }));
}
