import type { UploadRejection } from "../domain/upload-types.ts";

/** Boxes that a video may have at its top; any other is blanked. */
const known = /^(ftyp|styp|moov|moof|mdat|mfra|sidx|ssix|pdin|prft|emsg|free|skip|wide|meta|udta|uuid)$/;
/** Boxes that say what no viewer needs: the place, the camera, the owner; or nothing at all. */
const telling = /^(meta|udta|uuid|free|skip)$/;
/** Boxes in which telling ones stand, and what else stands in them that a player needs. */
const nesting: Readonly<Record<string, RegExp>> = {
  moov: /^(mvhd|trak|mvex|iods|pssh|cmov|rmra)$/,
  trak: /^(tkhd|mdia|edts|tref|tapt|load|clip|matt|st3d|sv3d|senc)$/,
  mdia: /^(mdhd|hdlr|minf|elng)$/,
  moof: /^(mfhd|traf|pssh)$/,
  traf: /^(tfhd|tfdt|trun|sbgp|sgpd|subs|saiz|saio|senc|sdtp|tfrf|tfxd)$/,
};

/** What makes a video one of 360 degrees: the XML behind this id, in a track (Spherical Video V1). */
const spherical = Buffer.from("ffcc8263f8554a93881458" + "7a02521fdd", "hex");
const mostXml = 20_000;
const projection =
  /<GSpherical:(Spherical|Stitched|StitchingSoftware|ProjectionType|StereoMode|SourceCount|InitialView\w{1,20}|Cropped\w{1,30}|FullPano\w{1,20})>([\w .-]{1,60})<\/GSpherical:\1>/g;

/** A film of hours in fragments has some ten thousand boxes; `nesting` bounds how deep they are looked into. */
const mostBoxes = 200_000;

interface Box {
  readonly type: string;
  readonly at: number;
  readonly content: number;
  readonly end: number;
}

class Fault extends Error {
  readonly rejection: UploadRejection;
  constructor(rejection: UploadRejection) {
    super(rejection);
    this.rejection = rejection;
  }
}

/** The boxes of a file, counted: whoever reads one gives it to `each` before the next is looked at. */
class Boxes {
  readonly #bytes: Buffer;
  #left = mostBoxes;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  /** The box at `at`, which must end by `to`; undefined where there is none. */
  at(at: number, to: number): Box | undefined {
    if (this.#left-- <= 0) throw new Fault("too_complex");
    const bytes = this.#bytes;
    if (at + 8 > to) return undefined;
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1;
    if (isLong && at + 16 > to) return undefined;
    const content = at + (isLong ? 16 : 8);
    const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? to - at : short;
    const end = at + size;
    const type = bytes.toString("latin1", at + 4, at + 8);
    return end < content || end > to ? undefined : { type, at, content, end };
  }
}

/**
 * Blanks in place what an MP4 or QuickTime film tells beside picture and sound (GPS position, device, names, unused
 * space, boxes that no player knows) and answers it without what follows its last box: offsets stay, so it plays as
 * before. Or says why it is rejected.
 */
export function stripVideoMetadata(bytes: Buffer): Buffer | UploadRejection {
  try {
    return blanked(bytes);
  } catch (error) {
    if (error instanceof Fault) return error.rejection;
    throw error;
  }
}

function blanked(bytes: Buffer): Buffer | UploadRejection {
  const boxes = new Boxes(bytes);
  const seen = new Set<string>();
  let at = 0;
  while (at < bytes.length) {
    const box = boxes.at(at, bytes.length);
    const type = box?.type ?? bytes.toString("latin1", at + 4, at + 8);
    if (at === 0 && type !== "ftyp") return "unreadable";
    const isWhole = box && (known.test(type) || bytes.readUInt32BE(at) !== 0);
    if (!isWhole) {
      // A box that ends outside of the file was cut off; anything else was appended.
      if (known.test(type)) return "unreadable";
      break;
    }
    seen.add(type);
    blank(boxes, bytes, box, known, true);
    at = box.end;
  }
  const plays = seen.has("moov") && (seen.has("mdat") || seen.has("moof"));
  return plays ? bytes.subarray(0, at) : "unreadable";
}

function blank(boxes: Boxes, bytes: Buffer, box: Box, allowed: RegExp, isTop = false): void {
  const { type, at, content, end } = box;
  const inside = Object.hasOwn(nesting, type) ? nesting[type] : undefined;
  if (inside && allowed.test(type)) {
    for (let next = content; next < end; ) {
      const child = boxes.at(next, end);
      if (!child) throw new Fault("unreadable");
      blank(boxes, bytes, child, inside);
      next = child.end;
    }
  } else if (telling.test(type) || !allowed.test(type)) {
    const kept = type === "uuid" && !isTop ? projectionOf(bytes.subarray(content, end)) : undefined;
    if (!kept) bytes.write("free", at + 4, "latin1");
    bytes.fill(0, content, end);
    kept?.copy(bytes, content);
  }
}

/** The content of a box that says how a video of 360 degrees is projected, and nothing else; undefined of any other. */
function projectionOf(content: Buffer): Buffer | undefined {
  if (!content.subarray(0, spherical.length).equals(spherical) || content.length > mostXml) return undefined;
  const xml = content.toString("latin1", spherical.length);
  const said = [...xml.matchAll(projection)].map(([whole]) => whole).join("");
  const start =
    '<rdf:SphericalVideo xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:GSpherical="http://ns.google.com/videos/1.0/spherical/">';
  const begins = ['<?xml version="1.0"?>', ""].flatMap((head) => [
    head + start,
    `${head}<rdf:SphericalVideo>`,
  ]);
  // As it was, or as much as there is room for; the rest of the box is blanks.
  const plain = begins.map((begin) => `${begin}${said}</rdf:SphericalVideo>`);
  const fitting =
    plain.find((text) => text === xml.trim()) ?? plain.find((text) => text.length <= xml.length);
  if (said === "" || fitting === undefined) return undefined;
  return Buffer.concat([spherical, Buffer.from(fitting.padEnd(xml.length), "latin1")]);
}
