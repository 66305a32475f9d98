import * as z from "zod/mini";
import { brokerageRecord } from "./brokerage.ts";
import { mediaStatuses } from "./media.ts";
import type { StoredPicture } from "./picture.ts";
import { abandonedAfter, internalFields, type Lease, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields } from "./schemas.ts";
import { imageTypes, rejectionCodes } from "./upload-types.ts";
import { userRecord } from "./user.ts";

/** Whose a picture can be, and the field that shows it. */
export const pictureOwners = {
  user: { type: userRecord, field: "photo" },
  brokerage: { type: brokerageRecord, field: "logo" },
} as const;

const fields = z.object({
  ...recordFields,
  of: z.enum(["user", "brokerage"]),
  of_id: id,
  content_type: z.enum(imageTypes),
  size_bytes: z.int(),
  checksum_sha256: z.nullable(z.string()),
  status: z.enum(mediaStatuses),
  reason: z.nullable(z.enum(rejectionCodes)),
  width: z.nullable(z.int()),
  height: z.nullable(z.int()),
  /** The picture that is shown until this one is ready. */
  replaces: z.nullable(id),
});

/**
 * Uploads of pictures in the table. Each is named by its user or brokerage as the last one announced, or as the one
 * shown; what is named by neither is deleted in the same transaction.
 */
export const pictureRecord = recordType({
  name: "picture",
  schema: 1,
  guard: "user",
  fields,
  listed: fields,
  internal: internalFields<{ readonly lease?: Lease | null }>(),
  lists: ["brokerage"],
  // Nobody restores a picture.
  hoursDeleted: 1,
  job: {
    // Its upload starts it.
    startsOn: [],
    deadlines: { awaiting_upload: 60, processing: abandonedAfter },
    claimed: () => ({ status: "processing" as const }),
    failed: ({ status }, cause) => ({
      status: "rejected" as const,
      reason:
        cause === "expired" && status === "awaiting_upload"
          ? ("upload_expired" as const)
          : ("processing_failed" as const),
    }),
    shownOn(picture) {
      const value = ended(picture);
      return value && { ...pictureOwners[picture.of], id: picture.of_id, value };
    },
  },
});
export type StoredPictureRecord = RecordOf<typeof pictureRecord>;

/** What its owner stores of a picture that is ready or rejected. */
function ended({
  id,
  status,
  reason,
  width,
  height,
}: z.output<typeof fields>): (Partial<StoredPicture> & { readonly id: string }) | undefined {
  if (status === "ready" && width && height)
    return { id, status, reason: null, shown: { id, width, height } };
  return status === "rejected" ? { id, status, reason } : undefined;
}
