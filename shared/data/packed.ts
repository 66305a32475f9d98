import { brotliCompressSync, brotliDecompressSync, constants } from "node:zlib";

/** A value as JSON under brotli, for an attribute. Quality 5 packs within 5 % of the best at a twentieth of the time. */
export const pack = (value: unknown): Uint8Array =>
  brotliCompressSync(JSON.stringify(value), { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } });

/** The value that `pack` packed. */
export const unpack = <T>(packed: unknown): T =>
  JSON.parse(brotliDecompressSync(packed as Uint8Array).toString("utf8"));
