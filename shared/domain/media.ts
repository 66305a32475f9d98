import * as z from "zod/mini";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, plainName, recordFields, text, timestamp } from "./schemas.ts";
import {
  type ContentType,
  checksum,
  contentTypes,
  mediaTypes,
  rejectionCodes,
  uploadRejections,
  uploadTypes,
} from "./upload-types.ts";

/** awaiting_upload → processing → ready | rejected; an upload that never arrives is rejected too. */
export const mediaStatuses = ["awaiting_upload", "processing", "ready", "rejected"] as const;

/** What is made of a property's image: the longest side of each in pixels, never enlarged. */
export const sizes = { large: 2048, medium: 1024, small: 320 } as const;
export type Size = keyof typeof sizes;
export const sizeNames = Object.keys(sizes) as Size[];

const extent = { width: z.int(), height: z.int() };
const url = z.optional(z.string());

const caption = text(500, "Shown beside it (RESO ShortDescription)");
const order = z
  .int()
  .check(z.gte(0), z.lte(9999), z.describe("Place in the gallery; 0 is the primary photo"));
const altered = z.boolean().check(z.describe("Digitally altered, to be disclosed (RESO MediaAlteration)"));

/** A property's photo, document or video. `urls` work for minutes and are null until it is ready. */
export const Media = z.object({
  ...recordFields,
  property_id: id,
  type: z.enum(mediaTypes),
  status: z.enum(mediaStatuses),
  reason: z.nullable(z.enum(rejectionCodes)).check(
    z.describe(
      Object.entries(uploadRejections)
        .map(([code, meaning]) => `${code}: ${meaning}`)
        .join("; "),
    ),
  ),
  content_type: z.enum(contentTypes).check(z.describe("As uploaded; pictures are served as image/jpeg")),
  size_bytes: z.int().check(z.describe("As uploaded")),
  file_name: z.string(),
  checksum_sha256: z.nullable(z.string()),
  caption: z.nullable(z.string()),
  order: z.nullable(order),
  altered: z.nullable(altered),
  metadata: z
    .nullable(
      z.object({
        ...extent,
        sizes: z.object({ large: z.object(extent), medium: z.object(extent), small: z.object(extent) }),
      }),
    )
    .check(z.describe("An image's pixels as it is looked at, and those of each size; null for the rest")),
  uploaded_at: z.nullable(timestamp),
  urls: z
    .nullable(z.object({ large: url, medium: url, small: url, download: url }))
    .check(z.describe("Signed, good for fifteen minutes: the sizes of an image, or a download of the rest")),
});

const fileName = text(255).check(
  z.regex(plainName, "must be a name without slashes or control characters"),
  z.meta({ pattern: plainName.source, examples: ["front.jpg"] }),
);

const newMedia = <C extends ContentType>(contentType: C) =>
  z.strictObject({
    type: z.literal(uploadTypes[contentType].type as (typeof uploadTypes)[C]["type"]),
    content_type: z.literal(contentType),
    size_bytes: z.int().check(z.gte(1), z.lte(uploadTypes[contentType].maxBytes)),
    file_name: fileName,
    checksum_sha256: z.optional(checksum),
    caption: z.optional(caption),
    order: z.optional(order),
    altered: z.optional(altered),
  });

/** What announcing an upload takes: one form per content type. */
export const NewMedia = z.discriminatedUnion(
  "content_type",
  [
    newMedia("image/jpeg"),
    newMedia("image/png"),
    newMedia("image/webp"),
    newMedia("image/avif"),
    newMedia("image/heic"),
    newMedia("application/pdf"),
    newMedia("video/mp4"),
    newMedia("video/quicktime"),
  ],
  { error: `must be one of ${contentTypes.join(", ")}` },
);

/** What may be changed of media; null removes. */
export const MediaPatch = z.strictObject({
  caption: z.optional(z.nullable(caption)),
  order: z.optional(z.nullable(order)),
  altered: z.optional(z.nullable(altered)),
});

/** The name under which a file is downloaded: its own, with an extension of the type that was checked. */
export function downloadName({
  file_name,
  content_type,
}: {
  readonly file_name: string;
  readonly content_type: ContentType;
}): string {
  const extensions: readonly string[] = uploadTypes[content_type].extensions;
  const name = file_name.trim().replace(/[. ]+$/, "");
  const fits = extensions.some((extension) => name.toLowerCase().endsWith(`.${extension}`));
  return fits ? name : `${name}.${extensions[0]}`;
}

/** Order of a gallery: by `order`, what has none after what has, then by age. */
export function byPlace(one: Placed, other: Placed): number {
  const [a, b] = [one.order ?? Number.POSITIVE_INFINITY, other.order ?? Number.POSITIVE_INFINITY];
  if (a !== b) return a - b;
  return one.id < other.id ? -1 : one.id > other.id ? 1 : 0;
}

/** What places media in a gallery; ids sort by age. */
export type Placed = { readonly order: number | null; readonly id: string };

const stored = z.omit(Media, { urls: true });
/** Media in the table, beside their property, which decides who may see them. */
export const mediaRecord = recordType({
  name: "media",
  schema: 1,
  guard: "property",
  fields: stored,
  listed: stored,
  internal: internalFields<{ readonly lease?: Lease | null }>(),
  lists: [],
  parent: { name: "property", idOf: ({ property_id }) => property_id },
  indexAttributes: ({ property_id }) => ({ property_id }),
  // A photo deleted by itself is gone within a day.
  hoursDeleted: 20,
  job: {
    // Its upload starts it.
    startsOn: [],
    deadlines: { awaiting_upload: 60, processing: abandonedAfter },
    claimed: ({ uploaded_at }, now) => ({
      status: "processing" as const,
      uploaded_at: uploaded_at ?? now.toISOString(),
    }),
    failed: ({ status }, cause) => ({
      status: "rejected" as const,
      reason:
        cause === "expired" && status === "awaiting_upload"
          ? ("upload_expired" as const)
          : ("processing_failed" as const),
    }),
  },
});
export type StoredMedia = RecordOf<typeof mediaRecord>;
