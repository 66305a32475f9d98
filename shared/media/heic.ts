import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { crc32, deflateSync } from "node:zlib";
import type { UploadRejection } from "../domain/upload-types.ts";

/** A picture of twelve megapixels takes some three seconds. */
const patience = 60_000;

/** A decoded picture, upright: RGBA, 8 bits each, in the colours of the file's own profile. */
export interface Pixels {
  readonly data: Buffer;
  readonly width: number;
  readonly height: number;
}

/**
 * Runs in a thread of its own: libheif in WebAssembly (its HEVC decoder is libde265) can only fill its own memory,
 * which goes with the thread, and one file's faults reach no other's.
 */
const decoder = `
const { parentPort, workerData } = require("node:worker_threads");
const { HeifDecoder } = require(workerData.libheif)();
const images = new HeifDecoder().decode(workerData.bytes);
const image = images.find((one) => one.is_primary()) ?? images[0];
if (!image || image.get_width() * image.get_height() > workerData.maxPixels) parentPort.postMessage(null);
else {
  const width = image.get_width();
  const height = image.get_height();
  const data = new Uint8ClampedArray(width * height * 4);
  image.display({ data, width, height }, (shown) =>
    parentPort.postMessage(shown && { data, width, height }, shown ? [data.buffer] : []));
}`;

/** Decodes a HEIC picture, or says why not. */
export async function decodeHeic(bytes: Buffer, maxPixels: number): Promise<Pixels | UploadRejection> {
  const libheif = fileURLToPath(import.meta.resolve("libheif-js/libheif-wasm/libheif-bundle.js"));
  const worker = new Worker(decoder, {
    eval: true,
    workerData: { libheif, bytes, maxPixels },
    stdout: true,
    stderr: true,
  });
  try {
    return await new Promise((resolve) => {
      setTimeout(resolve, patience, "too_complex").unref();
      worker.once("error", () => resolve("unreadable"));
      worker.once("message", (pixels: { data: Uint8Array; width: number; height: number } | null) =>
        resolve(pixels ? { ...pixels, data: Buffer.from(pixels.data.buffer) } : "unreadable"),
      );
    });
  } finally {
    await worker.terminate();
  }
}

const chunk = (type: string, data: Buffer): Buffer => {
  const named = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const whole = Buffer.alloc(named.length + 8);
  whole.writeUInt32BE(data.length);
  named.copy(whole, 4);
  whole.writeUInt32BE(crc32(named), named.length + 4);
  return whole;
};

/** A PNG whose colours are those of a profile: behind its header of 33 bytes. */
export function withProfile(png: Buffer, profile: Buffer): Buffer {
  const data = Buffer.concat([Buffer.from("profile\0\0", "latin1"), deflateSync(profile)]);
  return Buffer.concat([png.subarray(0, 33), chunk("iCCP", data), png.subarray(33)]);
}
