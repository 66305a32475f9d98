/** Boxes that a video may have at its top; anything else is no MP4 of ours. */
const known = /^(ftyp|styp|moov|moof|mdat|mfra|sidx|ssix|pdin|prft|emsg|free|skip|wide|meta|udta|uuid)$/;
/** Boxes that say what no viewer needs: the place, the camera, the owner; or nothing at all. */
const telling = /^(meta|udta|uuid|free|skip)$/;
/** Boxes in which telling ones stand. */
const nesting = /^(moov|trak|mdia|moof|traf)$/;

interface Box {
  readonly type: string;
  readonly at: number;
  readonly content: number;
  readonly end: number;
}

/** The boxes from `from` to `to`; undefined when they do not cover it exactly. */
function boxes(bytes: Buffer, from: number, to: number): Box[] | undefined {
  const found: Box[] = [];
  for (let at = from; at < to; ) {
    if (at + 8 > to) return undefined;
    const short = bytes.readUInt32BE(at);
    const isLong = short === 1;
    if (isLong && at + 16 > to) return undefined;
    const content = at + (isLong ? 16 : 8);
    const size = isLong ? Number(bytes.readBigUInt64BE(at + 8)) : short === 0 ? to - at : short;
    const end = at + size;
    if (end < content || end > to) return undefined;
    found.push({ type: bytes.toString("latin1", at + 4, at + 8), at, content, end });
    at = end;
  }
  return found;
}

/**
 * Blanks in place what an MP4 tells beside picture and sound (GPS position, device, names, unused space): sizes and
 * offsets stay, so it plays as before. False when the bytes are not boxes from end to end.
 */
export function blankVideo(bytes: Buffer): boolean {
  const top = boxes(bytes, 0, bytes.length);
  const types = top?.map(({ type }) => type) ?? [];
  if (!top || types[0] !== "ftyp" || !types.includes("moov") || !types.every((type) => known.test(type)))
    return false;
  return top.every((box) => blank(bytes, box));
}

function blank(bytes: Buffer, { type, at, content, end }: Box): boolean {
  if (telling.test(type)) {
    bytes.write("free", at + 4, "latin1");
    bytes.fill(0, content, end);
  }
  if (!nesting.test(type)) return true;
  return boxes(bytes, content, end)?.every((box) => blank(bytes, box)) ?? false;
}
