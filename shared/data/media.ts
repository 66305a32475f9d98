import type * as z from "zod/mini";
import type { Owned } from "../domain/access.ts";
import type { Written } from "../domain/invocation.ts";
import { downloadName, type Media as MediaSchema, sizeNames } from "../domain/media.ts";
import type { ObjectDeleter } from "./bucket.ts";
import { bury, change, isAlive, recordKey, type Stored } from "./records.ts";
import type { ReadSigner } from "./signed-urls.ts";
import type { Item, Table, TableQuerier, TableReader } from "./table.ts";

/** Media as stored. */
export type StoredMedia = Stored & Omit<z.output<typeof MediaSchema>, "urls"> & { readonly entity: "media" };

/** What lists read. */
export type MediaSummary = Pick<
  StoredMedia,
  (keyof z.output<typeof MediaSchema> & keyof StoredMedia) | "brokerage_id"
>;

/** Media with what decides who sees it (its property's owner, team and status) and its own version. */
export interface MediaOfProperty extends Owned {
  readonly version: number;
  readonly media: StoredMedia;
}

export const mediaKey = (brokerageId: string, id: string) => recordKey(brokerageId, "media", id);

/** The item for media; `summary` is what lists show. */
export function mediaItem(media: StoredMedia): Item & StoredMedia {
  const { pk, sk, entity, written, summary: _, ...summary } = media as StoredMedia & { summary?: unknown };
  return { ...media, summary } as Item & StoredMedia;
}

/** Reads media and its property; undefined when either is gone. */
export async function readMedia(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<MediaOfProperty | undefined> {
  const media = await table.get<Item & StoredMedia>(mediaKey(brokerageId, id));
  if (!isAlive(media)) return undefined;
  const property = await table.get<Item & Owned>(recordKey(brokerageId, "property", media.property_id));
  if (!isAlive(property)) return undefined;
  const { owner_user_id, team_id, status } = property;
  return { owner_user_id, team_id, status, version: media.version, media };
}

/** How many media a property may have: one Query reads them all. */
export const maxMedia = 250;

/** All media of a property, in no order; eventually consistent. */
export async function mediaOf(
  table: TableQuerier,
  brokerageId: string,
  propertyId: string,
): Promise<MediaSummary[]> {
  const { items } = await table.query({
    IndexName: "parent",
    KeyConditionExpression: "brokerage_id = :brokerage AND entity = :entity AND property_id = :property",
    ExpressionAttributeValues: { ":brokerage": brokerageId, ":entity": "media", ":property": propertyId },
  });
  return items.map(({ summary }) => summary as MediaSummary);
}

/** Buries all media of a deleted property; again is no harm. */
export async function buryMediaOf(
  table: Table,
  brokerageId: string,
  propertyId: string,
  now: Date,
  written: Written,
): Promise<void> {
  const all = await mediaOf(table, brokerageId, propertyId);
  await Promise.all(
    all.map(({ id }) =>
      change<StoredMedia>(table, mediaKey(brokerageId, id), (media) => [bury(media, now, written)]),
    ),
  );
}

type Named = { readonly brokerage_id: string; readonly id: string };

/** Where an upload stands below `uploads/media`, until it is worked off. */
export const uploadKey = ({ brokerage_id, id }: Named) => `${brokerage_id}/${id}`;

/** What stands below `media`: a JPEG for each size of an image, or the file of the rest. */
export const fileNames = [...sizeNames, "file"] as const;
export const fileKey = ({ brokerage_id, id }: Named, name: (typeof fileNames)[number]) =>
  `${brokerage_id}/${id}/${name}`;

/** Deletes the files made of media; again is no harm. */
export async function deleteFiles(files: ObjectDeleter, media: Named): Promise<void> {
  await Promise.all(fileNames.map((name) => files.delete(fileKey(media, name))));
}

/**
 * Adds the URLs under which media is read. A picture that we made is shown; what a stranger made is a download,
 * whatever it says it is.
 */
export async function withUrls<M extends MediaSummary>(media: M, files: ReadSigner, now: Date) {
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
