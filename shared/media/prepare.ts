import { type StoredMedia, sizeNames, sizes } from "../domain/media.ts";
import { longestSide } from "../domain/picture.ts";
import {
  type ContentType,
  type ImageType,
  type UploadRejection,
  uploadTypes,
} from "../domain/upload-types.ts";
import { mismatch } from "./magic-bytes.ts";
import { cleanPdf } from "./pdf.ts";
import { makePictures } from "./pictures.ts";
import { stripVideoMetadata } from "./video.ts";

/** What is kept of an upload: the files by name, and what the record says of them. */
export interface Prepared {
  readonly metadata: StoredMedia["metadata"];
  readonly files: readonly {
    readonly name: (typeof sizeNames)[number] | "file";
    readonly content_type: string;
    readonly bytes: Buffer;
  }[];
}

/**
 * Makes the files that readers get from an upload, or returns why it is rejected. May change `bytes` in place
 * (videos). Every error here is caused by the file and would occur again, so it is a rejection, too.
 */
export async function prepare(bytes: Buffer, contentType: ContentType): Promise<Prepared | UploadRejection> {
  try {
    const wrong = mismatch(bytes, contentType);
    if (wrong) return wrong;
    if (isImage(contentType)) return await pictures(bytes, contentType);
    const clean = contentType === "application/pdf" ? await cleanPdf(bytes) : stripVideoMetadata(bytes);
    if (typeof clean === "string") return clean;
    return { metadata: null, files: [{ name: "file", content_type: contentType, bytes: clean }] };
  } catch {
    return "unreadable";
  }
}

async function pictures(bytes: Buffer, contentType: ImageType): Promise<Prepared | UploadRejection> {
  const pictures = await makePictures(bytes, contentType, sizes);
  if (typeof pictures === "string") return pictures;
  const { width, height, made } = pictures;
  const extent = ({ width, height }: (typeof made)["large"]) => ({ width, height });
  const extents = { large: extent(made.large), medium: extent(made.medium), small: extent(made.small) };
  const files = sizeNames.map((name) => ({ name, content_type: "image/jpeg", bytes: made[name].bytes }));
  return { metadata: { width, height, sizes: extents }, files };
}

/** Makes the one size of a user's photo or a brokerage's logo, or returns why the upload is rejected. */
export async function preparePicture(bytes: Buffer, contentType: ImageType) {
  const wrong = mismatch(bytes, contentType);
  if (wrong) return wrong;
  const pictures = await makePictures(bytes, contentType, { shown: longestSide });
  return typeof pictures === "string" ? pictures : pictures.made.shown;
}

const isImage = (contentType: ContentType): contentType is ImageType =>
  uploadTypes[contentType].type === "image";
