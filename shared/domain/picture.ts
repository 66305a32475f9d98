import * as z from "zod/mini";
import { id } from "./schemas.ts";
import { checksum, imageTypes, rejectionCodes, uploadRejections } from "./upload-types.ts";

/** The longest side of a user's photo and a brokerage's logo, in pixels; never enlarged. */
export const longestSide = 512;

const maxBytes = 20_000_000;

/** awaiting_upload → ready | rejected; an upload that never arrives is rejected too. */
const statuses = ["awaiting_upload", "ready", "rejected"] as const;
const reason = z
  .nullable(z.enum(rejectionCodes))
  .check(z.describe(`Why the last upload was rejected: ${Object.keys(uploadRejections).join(", ")}`));

/** What a user or a brokerage stores of its picture: the last one announced, and the one that is shown. */
export const StoredPicture = z.object({
  id,
  status: z.enum(statuses),
  reason,
  shown: z.nullable(z.object({ id, width: z.int(), height: z.int() })),
});
export type StoredPicture = z.output<typeof StoredPicture>;

/** A user's photo or a brokerage's logo, as answered. A new one takes the place of the old when it is ready. */
export const Picture = z.object({
  status: z.enum(statuses).check(z.describe("How far the last upload is")),
  reason,
  url: z
    .nullable(z.string())
    .check(
      z.describe(
        "Signed, good for fifteen minutes: a JPEG without metadata. Null while there is none yet, and in the answers of signing in",
      ),
    ),
  width: z.nullable(z.int()),
  height: z.nullable(z.int()),
});
export type Picture = z.output<typeof Picture>;

/** What announcing a picture takes. */
export const NewPicture = z.strictObject({
  content_type: z.enum(imageTypes),
  size_bytes: z.int().check(z.gte(1), z.lte(maxBytes)),
  checksum_sha256: z.optional(checksum),
});
export type NewPicture = z.output<typeof NewPicture>;

/** A picture as answered, with a URL that was signed for it, or none. */
export function pictureAt(picture: StoredPicture | null, url: string | null): Picture | null {
  if (!picture) return null;
  const { status, reason, shown } = picture;
  return { status, reason, url, width: shown?.width ?? null, height: shown?.height ?? null };
}
