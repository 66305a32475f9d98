import sharp from "sharp";
import { type ImageType, type UploadRejection, uploadTypes } from "../domain/upload-types.ts";
import { decodeHeic, withProfile } from "./heic.ts";

/** What is made of an image: JPEGs by size, sRGB, upright, without any metadata. */
export interface Pictures<Size extends string> {
  readonly width: number;
  readonly height: number;
  readonly made: Readonly<Record<Size, Made>>;
}

interface Made {
  readonly bytes: Buffer;
  readonly width: number;
  readonly height: number;
}

/** The sizes that are asked for: the longest side of each in pixels, never enlarged. */
type Sizes<Size extends string> = Readonly<Record<Size, number>>;

let hardened = false;

/**
 * Allows sharp only the four decoders that uploads need: libvips would also read SVG, TIFF or PDF. This holds for the
 * whole process, so it is done at the first picture: importing this module changes nothing.
 */
function harden(): void {
  if (hardened) return;
  hardened = true;
  sharp.block({ operation: ["VipsForeignLoad"] });
  sharp.unblock({
    operation: ["Jpeg", "Png", "Webp", "Heif"].map((format) => `VipsForeignLoad${format}Buffer`),
  });
  sharp.cache(false);
}

/** What sharp calls each type; HEIC and AVIF are one to it, and differ by their codec. */
const formats: Record<ImageType, string> = {
  "image/jpeg": "jpeg",
  "image/png": "png",
  "image/webp": "webp",
  "image/avif": "heif av1",
  "image/heic": "heif hevc",
};

const endOfImage = Buffer.from([0xff, 0xd9]);

/** Makes the sizes of an image, or says why not. The header alone decides about its pixels, before any decoding. */
export async function makePictures<Size extends string>(
  bytes: Buffer,
  contentType: ImageType,
  sizes: Sizes<Size>,
): Promise<Pictures<Size> | UploadRejection> {
  harden();
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    const format = header.format === "heif" ? `heif ${header.compression}` : header.format;
    if (format !== formats[contentType]) return "type_mismatch";
    const { maxPixels } = uploadTypes[contentType];
    if (header.width * header.height > maxPixels) return "too_many_pixels";
    if (contentType !== "image/heic")
      return {
        ...header.autoOrient,
        made: await sized(bytes, sizes, maxPixels, contentType === "image/jpeg"),
      };

    const pixels = await decodeHeic(bytes, maxPixels);
    if (typeof pixels === "string") return pixels;
    const { data, width, height } = pixels;
    const png = await sharp(data, { raw: { width, height, channels: 4 }, limitInputPixels: maxPixels })
      .resize(within(largest(sizes)))
      .png({ compressionLevel: 1 })
      .toBuffer();
    const coloured = header.icc ? withProfile(png, header.icc) : png;
    return { width, height, made: await sized(coloured, sizes, maxPixels) };
  } catch {
    // Everything sharp throws is about the file: nothing else is called here.
    return "unreadable";
  }
}

async function sized<Size extends string>(
  bytes: Buffer,
  sizes: Sizes<Size>,
  maxPixels: number,
  isJpeg = false,
): Promise<Pictures<Size>["made"]> {
  const decoded = (source: Buffer, failOn: "error" | "warning") =>
    sharp(source, { limitInputPixels: maxPixels, failOn })
      .autoOrient()
      .resize(within(largest(sizes)))
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
  const { data, info } = await decoded(bytes, "error").catch((error) => {
    // Some cameras leave the end marker away. With it, one that was cut short still is at fault.
    if (!isJpeg || bytes.subarray(-2).equals(endOfImage)) throw error;
    return decoded(Buffer.concat([bytes, endOfImage]), "warning");
  });
  const { width, height, channels } = info;
  const made = async ([name, longest]: [string, number]) => {
    const picture = await sharp(data, { raw: { width, height, channels } })
      .resize(within(longest))
      .jpeg({ quality: 82, progressive: true })
      .toBuffer({ resolveWithObject: true });
    const { width: across, height: down } = picture.info;
    return [name, { bytes: picture.data, width: across, height: down }];
  };
  return Object.fromEntries(await Promise.all(Object.entries<number>(sizes).map(made)));
}

const largest = (sizes: Sizes<string>) => Math.max(...Object.values(sizes));

const within = (longest: number) =>
  ({ width: longest, height: longest, fit: "inside", withoutEnlargement: true }) as const;
