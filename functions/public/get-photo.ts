import * as z from "zod/mini";
import { fileKey } from "../../shared/data/media.ts";
import { isShown, verifyPhotoToken } from "../../shared/data/photos.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { tableFor } from "../../shared/data/table.ts";
import { mediaRecord, sizeNames } from "../../shared/domain/media.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation, Redirect } from "../../shared/entry/definition.ts";

/** Seconds for which caches may send to a picture that was deleted meanwhile. */
const kept = 300;

export const getPhoto = operation({
  id: "getPhoto",
  method: "GET",
  path: "/v1/photos/{token}",
  permission: "public",
  summary: "Go to a photo at its stable address",
  description:
    "Redirects to the picture: the small size unless `size` says another. The address stays while the photo is there, " +
    "and where it leads stays the same within each hour, so caches work. A deleted photo, or one of a deleted " +
    "property, is 404.",
  query: z.strictObject({
    size: z.optional(z.enum(sizeNames).check(z.describe("2048, 1024 or 320 pixels on the longest side"))),
  }),
  answer: { status: 302 },
  problems: ["not_found"],
  access: { table: tableFor("GetItem"), files: signReads("media") },
  async run({ params, query, table, files, now }) {
    const photo = await verifyPhotoToken(table, params.token);
    const media = photo && (await loadRecord(table, mediaRecord, photo.brokerage_id, photo.id));
    if (!media || !isShown(media)) throw new Problem("not_found");
    const shown = { content_type: "image/jpeg", hourly: true };
    return new Redirect(await files.sign(fileKey(media, query.size ?? "small"), shown, now), kept);
  },
});
