import { byPlace, mediaRecord, type StoredMedia } from "../domain/media.ts";
import type { ListedProperty, PropertySummary } from "../domain/property.ts";
import { policyIn, policyKey } from "./brokerages.ts";
import { mediaOf } from "./media.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { readSignedIds, signIds, type TokenKind } from "./signed-ids.ts";
import type { TableQuerier, TableReader } from "./table.ts";

/** The photo that stands for its property: the first of the gallery that is ready; undefined without one. */
export const primaryPhoto = (media: readonly StoredMedia[]): string | undefined =>
  media.filter(isShown).sort(byPlace)[0]?.id;

/** Whether media is a photo that can be seen. */
export const isShown = ({ type, status }: Pick<StoredMedia, "type" | "status">): boolean =>
  type === "image" && status === "ready";

/** How many items one request reads by key. */
const atOnce = 100;

/**
 * The primary photo as the table has it now: its index, which may lag, says which photos there are, and each is read
 * strongly consistent. `also` may not be in the index yet.
 */
export async function readPrimaryPhoto(
  table: TableQuerier,
  brokerageId: string,
  propertyId: string,
  also: readonly string[],
): Promise<string | undefined> {
  const known = (await mediaOf(table, brokerageId, propertyId)).filter(({ type }) => type === "image");
  const ids = [...new Set([...known.map(({ id }) => id), ...also])];
  const media: StoredMedia[] = [];
  for (let at = 0; at < ids.length; at += atOnce) {
    const keys = ids.slice(at, at + atOnce).map((id) => recordKey(brokerageId, mediaRecord, id));
    media.push(...(await table.getMany(keys)).flatMap((item) => aliveIn(mediaRecord, item) ?? []));
  }
  return primaryPhoto(media);
}

const photoTokens: TokenKind = { purpose: "photos", ids: 2 };

/** A photo: media of a brokerage. */
export interface PhotoName {
  readonly brokerage_id: string;
  readonly id: string;
}

/** What addresses are made with: the brokerage's key, and the API's own address. */
export interface Addressing {
  readonly cursorKey: string;
  readonly origin: string;
}

/** A photo's token: it names brokerage and media. */
export const photoToken = ({ brokerage_id, id }: PhotoName, cursorKey: string): string =>
  signIds(photoTokens, { ids: [brokerage_id, id] }, cursorKey);

/** The address of a photo: the same as long as the photo is there, for whoever has it. */
export const photoUrl = (photo: PhotoName, { cursorKey, origin }: Addressing): string =>
  `${origin}/v1/photos/${photoToken(photo, cursorKey)}`;

/** A property as lists show it, with the address of its photo. */
export const withPhotoUrl = <P extends ListedProperty>(
  property: P,
  brokerage_id: string,
  addressing: Addressing,
): P & Pick<PropertySummary, "photo"> => ({
  ...property,
  photo: property.photo_id ? photoUrl({ brokerage_id, id: property.photo_id }, addressing) : null,
});

/** The photo that a token names; undefined for a token that we never issued. */
export async function verifyPhotoToken(table: TableReader, token: string): Promise<PhotoName | undefined> {
  const read = readSignedIds(photoTokens, token);
  if (!read) return undefined;
  const [brokerage_id, id] = read.ids as [string, string];
  const policy = policyIn(await table.get(policyKey(brokerage_id)));
  return policy && read.isSigned(policy.cursor_key) ? { brokerage_id, id } : undefined;
}
