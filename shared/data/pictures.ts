import type { Invocation } from "../domain/invocation.ts";
import { type NewPicture, type Picture, pictureAt, type StoredPicture } from "../domain/picture.ts";
import { type pictureOwners, pictureRecord } from "../domain/picture-record.ts";
import { Problem } from "../domain/problem.ts";
import { uploadKey } from "../domain/upload.ts";
import { createRecord, deleteRecord, loadRecord, orConflict, type Stamp } from "./records.ts";
import type { ReadSigner } from "./signed-urls.ts";
import type { PutWrite, TableReader } from "./table.ts";

/** The object under `pictures`: a JPEG. */
export const pictureKey = ({ brokerage_id, id }: { readonly brokerage_id: string; readonly id: string }) =>
  `${brokerage_id}/${id}`;

/** Whose picture it is, and what they store of it now. */
interface Owner {
  readonly of: keyof typeof pictureOwners;
  readonly of_id: string;
  readonly brokerage_id: string;
  readonly before: StoredPicture | null;
}

/** What signing an upload takes. */
interface Announced extends NewPicture {
  readonly key: string;
}

/**
 * A picture whose upload is awaited, and what its owner is to store of it: the one that is shown stays until then. An
 * older one that was announced and is not shown is deleted.
 */
export async function announcePicture(
  table: TableReader,
  { of, of_id, brokerage_id, before }: Owner,
  body: NewPicture,
  invoked: Stamp & Pick<Invocation, "newId">,
): Promise<{
  readonly announced: Announced;
  readonly stored: StoredPicture;
  readonly writes: readonly PutWrite[];
}> {
  const shown = before?.shown ?? null;
  const fields = { of, of_id, ...body, status: "awaiting_upload", replaces: shown?.id } as const;
  const { record: picture, writes } = createRecord(pictureRecord, brokerage_id, fields, invoked);
  const unseen = before && before.id !== shown?.id ? [before.id] : [];
  const removed = await removePictures(table, brokerage_id, unseen, invoked);
  const stored = { id: picture.id, status: "awaiting_upload", reason: null, shown } as const;
  return { announced: { ...body, key: uploadKey(picture) }, stored, writes: [...writes, ...removed] };
}

/** Deletes all that an owner has of a picture; its files are gone within hours. Throws 404 where there is none. */
export async function removePicture(
  table: TableReader,
  brokerageId: string,
  before: StoredPicture | null,
  stamp: Stamp,
): Promise<readonly PutWrite[]> {
  if (!before) throw new Problem("not_found", "There is no picture");
  const { id, shown } = before;
  return removePictures(table, brokerageId, [...new Set([id, shown?.id ?? id])], stamp);
}

/** Deletes pictures, those that are still there. */
export async function removePictures(
  table: TableReader,
  brokerageId: string,
  ids: readonly string[],
  stamp: Stamp,
): Promise<PutWrite[]> {
  const found = await Promise.all(ids.map((id) => loadRecord(table, pictureRecord, brokerageId, id)));
  return found.flatMap((picture) => (picture ? orConflict(deleteRecord(pictureRecord, picture, stamp)) : []));
}

/** A picture as answered: with a signed URL of the one that is shown. */
export async function withUrl(
  brokerageId: string,
  picture: StoredPicture | null,
  pictures: ReadSigner,
  now: Date,
): Promise<Picture | null> {
  const shown = picture?.shown;
  if (!shown) return pictureAt(picture, null);
  const key = pictureKey({ brokerage_id: brokerageId, id: shown.id });
  return pictureAt(picture, await pictures.sign(key, { content_type: "image/jpeg" }, now));
}

/** What presenting an answer with pictures takes. */
interface Presenting {
  readonly caller: { readonly brokerage_id: string };
  readonly pictures: ReadSigner;
  readonly now: Date;
}

/** A user as answered, with a signed URL of the photo. */
export async function withPhoto<U extends { readonly photo: StoredPicture | null }>(
  user: U,
  { caller, pictures, now }: Presenting,
) {
  return { ...user, photo: await withUrl(caller.brokerage_id, user.photo, pictures, now) };
}

/** A brokerage as answered, with a signed URL of the logo. */
export async function withLogo<B extends { readonly logo: StoredPicture | null }>(
  brokerage: B,
  { caller, pictures, now }: Presenting,
) {
  return { ...brokerage, logo: await withUrl(caller.brokerage_id, brokerage.logo, pictures, now) };
}
