import * as z from "zod/mini";

export const mediaTypes = ["image", "doc", "video"] as const;
export type MediaType = (typeof mediaTypes)[number];

const megabyte = 1_000_000;

/**
 * What may be uploaded: the kind of media, the most bytes, what its files are called, and for an image the most pixels.
 * AVIF (18 bytes a pixel) and HEIC are decoded whole, the others in strips.
 */
export const uploadTypes = {
  "image/jpeg": {
    type: "image",
    maxBytes: 50 * megabyte,
    maxPixels: 100 * megabyte,
    extensions: ["jpg", "jpeg"],
  },
  "image/png": { type: "image", maxBytes: 50 * megabyte, maxPixels: 100 * megabyte, extensions: ["png"] },
  "image/webp": { type: "image", maxBytes: 50 * megabyte, maxPixels: 100 * megabyte, extensions: ["webp"] },
  "image/avif": { type: "image", maxBytes: 50 * megabyte, maxPixels: 40 * megabyte, extensions: ["avif"] },
  "image/heic": {
    type: "image",
    maxBytes: 50 * megabyte,
    maxPixels: 50 * megabyte,
    extensions: ["heic", "heif"],
  },
  "application/pdf": { type: "doc", maxBytes: 50 * megabyte, extensions: ["pdf"] },
  "video/mp4": { type: "video", maxBytes: 200 * megabyte, extensions: ["mp4", "m4v"] },
  "video/quicktime": { type: "video", maxBytes: 200 * megabyte, extensions: ["mov", "qt"] },
} as const satisfies Record<
  string,
  { type: MediaType; maxBytes: number; extensions: readonly string[]; maxPixels?: number }
>;

export type ContentType = keyof typeof uploadTypes;
export type ImageType = {
  [T in ContentType]: (typeof uploadTypes)[T]["type"] extends "image" ? T : never;
}[ContentType];

export const contentTypes = Object.keys(uploadTypes) as ContentType[];
export const imageTypes = contentTypes.filter(
  (name): name is ImageType => uploadTypes[name].type === "image",
) as [ImageType, ...ImageType[]];

/** Why media was rejected: the code that is answered, and what it means. */
export const uploadRejections = {
  upload_expired: "nothing was uploaded within the hour",
  size_mismatch: "the size of the upload differs from size_bytes",
  checksum_mismatch: "the SHA-256 of the upload differs from checksum_sha256",
  type_mismatch: "the upload is not of the declared content type",
  second_format: "the upload is also a file of a second format: an archive, a web page or a program",
  too_many_pixels: "the image has more pixels than its type may have",
  runs_something: "the document contains a script, a program or an embedded program file",
  not_checkable:
    "parts of the document are encrypted or compressed so that they cannot be checked for scripts",
  too_complex: "the file has more parts than can be checked",
  unreadable: "the file is damaged",
  processing_failed: "the file could not be processed",
} as const;

export type UploadRejection = keyof typeof uploadRejections;
export const rejectionCodes = Object.keys(uploadRejections) as [UploadRejection, ...UploadRejection[]];

/** A checksum that goes with an upload. */
export const checksum = z
  .string()
  .check(
    z.regex(/^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/, "must be 32 bytes in base64"),
    z.describe("SHA-256 of the file in base64; the upload then needs it"),
  );
