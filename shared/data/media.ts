import { downloadName, mediaRecord, type StoredMedia, sizeNames } from "../domain/media.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { ListedOf } from "../domain/record-type.ts";
import type { ObjectDeleter } from "./bucket.ts";
import { entriesIn } from "./list.ts";
import { listedIn, recordKey } from "./record-item.ts";
import { schemas } from "./schema.ts";
import type { ReadSigner } from "./signed-urls.ts";
import type { TableQuerier, UpdateWrite } from "./table.ts";

type ListedMedia = ListedOf<typeof mediaRecord>;
/** What lists read of media, and whose it is. */
export type MediaSummary = ListedMedia & { readonly brokerage_id: string };

/** How many media a property may have: one Query reads them all. */
export const maxMedia = 250;

/**
 * Counts media in or out, beside the property and in the transaction that adds or deletes them: the limit holds however
 * many come at once.
 */
export const countMedia = (brokerage_id: string, property_id: string, by: 1 | -1): UpdateWrite => ({
  Update: {
    Key: { pk: recordKey(brokerage_id, propertyRecord, property_id).pk, sk: "media-count" },
    UpdateExpression: "ADD #count :by SET #schema = :schema",
    ...(by > 0 && { ConditionExpression: "attribute_not_exists(#count) OR #count < :most" }),
    ExpressionAttributeNames: { "#count": "count", "#schema": "schema" },
    ExpressionAttributeValues: {
      ":by": by,
      ":schema": schemas.mediaCount,
      ...(by > 0 && { ":most": maxMedia }),
    },
  },
  ifConditionFails: "limit_reached",
});

/** All media of a property, oldest first; eventually consistent. */
export async function mediaOf(
  table: TableQuerier,
  brokerage_id: string,
  property_id: string,
): Promise<MediaSummary[]> {
  const all: MediaSummary[] = [];
  for await (const entry of entriesIn(table, "of_property", {
    brokerage_id,
    property_id,
    child: mediaRecord.name,
  }))
    all.push({ ...listedIn(mediaRecord, entry), brokerage_id });
  return all;
}

type Named = { readonly brokerage_id: string; readonly id: string };

/** The objects under `media`: a JPEG for each size of an image, or one file for other media. */
const fileNames = [...sizeNames, "file"] as const;
export const fileKey = ({ brokerage_id, id }: Named, name: (typeof fileNames)[number]) =>
  `${brokerage_id}/${id}/${name}`;

/** Deletes the files made from media; safe to repeat. */
export async function deleteFiles(files: ObjectDeleter, media: Named): Promise<void> {
  await Promise.all(fileNames.map((name) => files.delete(fileKey(media, name))));
}

/**
 * Adds the signed URLs of media. Pictures that Gable encoded are shown inline; uploaded files are always downloads,
 * whatever their type.
 */
export async function withUrls<M extends MediaSummary | StoredMedia>(media: M, files: ReadSigner, now: Date) {
  if (media.status !== "ready") return { ...media, urls: null };
  if (media.type !== "image") {
    const shown = { content_type: media.content_type, download_as: downloadName(media) };
    return { ...media, urls: { download: await files.sign(fileKey(media, "file"), shown, now) } };
  }
  const signed = sizeNames.map((size) =>
    files.sign(fileKey(media, size), { content_type: "image/jpeg" }, now),
  );
  const [large, medium, small] = await Promise.all(signed);
  return { ...media, urls: { large, medium, small } };
}
