/** A UUIDv7 of a moment (RFC 9562): 48 bits of milliseconds, then 74 of the 80 bits in `random`. */
export function uuidv7(at: Date, random: Uint8Array): string {
  const time = at.getTime().toString(16).padStart(12, "0");
  const bytes = Uint8Array.from(random.subarray(0, 10));
  bytes[0] = ((bytes[0] ?? 0) & 0x0f) | 0x70;
  bytes[2] = ((bytes[2] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return `${time.slice(0, 8)}-${time.slice(8)}-${hex.slice(0, 4)}-${hex.slice(4, 8)}-${hex.slice(8)}`;
}

/** When a UUIDv7 was made, as ISO 8601. */
export const momentOf = (id: string): string =>
  new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16)).toISOString();
