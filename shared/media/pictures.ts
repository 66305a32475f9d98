import sharp from "sharp";
import { type ImageType, type Rejection, type Size, sizes, uploadTypes } from "../domain/media.ts";

/** What is made of an image: JPEGs by size, sRGB, upright, without any metadata. */
export interface Pictures {
  readonly width: number;
  readonly height: number;
  readonly made: Readonly<
    Record<Size, { readonly bytes: Buffer; readonly width: number; readonly height: number }>
  >;
}

let hardened = false;

/**
 * Leaves sharp only the four decoders that uploads may ask for: libvips would also read SVG, TIFF or PDF. It holds for
 * the whole process, so it waits for the first picture: whoever only imports this keeps all of sharp.
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

const formats: Record<ImageType, string> = {
  "image/jpeg": "jpeg",
  "image/png": "png",
  "image/webp": "webp",
  "image/avif": "heif",
};

/** Makes the sizes of an image, or says why not. The header alone decides about its pixels, before any decoding. */
export async function makePictures(bytes: Buffer, contentType: ImageType): Promise<Pictures | Rejection> {
  harden();
  try {
    const header = await sharp(bytes, { limitInputPixels: false }).metadata();
    if (header.format !== formats[contentType]) return "type_mismatch";
    const { maxPixels } = uploadTypes[contentType];
    if (header.width * header.height > maxPixels) return "too_many_pixels";

    const { data, info } = await sharp(bytes, { limitInputPixels: maxPixels, failOn: "error" })
      .autoOrient()
      .resize(within(sizes.large))
      .flatten({ background: "white" })
      .toColourspace("srgb")
      .raw()
      .toBuffer({ resolveWithObject: true });
    const { width, height, channels } = info;
    const sized = async (size: Size) => {
      const picture = await sharp(data, { raw: { width, height, channels } })
        .resize(within(sizes[size]))
        .jpeg({ quality: 82, progressive: true })
        .toBuffer({ resolveWithObject: true });
      return { bytes: picture.data, width: picture.info.width, height: picture.info.height };
    };
    const [large, medium, small] = await Promise.all([sized("large"), sized("medium"), sized("small")]);
    return { ...header.autoOrient, made: { large, medium, small } };
  } catch {
    // Everything sharp throws is about the file: nothing else is called here.
    return "unreadable";
  }
}

const within = (longest: number) =>
  ({ width: longest, height: longest, fit: "inside", withoutEnlargement: true }) as const;
