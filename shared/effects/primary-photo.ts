import { isShown, readPrimaryPhoto } from "../data/photos.ts";
import { aliveIn, audienceEntries, entrySortKey, recordKey } from "../data/record-item.ts";
import { tryCommit } from "../data/records.ts";
import { type Item, type Key, tableFor, type UpdateWrite } from "../data/table.ts";
import { mediaRecord } from "../domain/media.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { Change } from "../entry/definition.ts";
import { onChange } from "../entry/effect.ts";

/**
 * Keeps a property's primary photo in its item, for lists, and in its entries in the lists of teams and shares. What is
 * written follows from the media as they are, not from the change, so repeats and disorder do no harm; and whoever
 * overwrites it, with what they read before, makes a change that mends it. It is no version of the property: nobody's
 * If-Match fails because a photo is ready. A property in an older shape, or one that comes back, gets it, too.
 */
export const showPrimaryPhoto = onChange({
  name: "showPrimaryPhoto",
  items: "record",
  access: { table: tableFor("GetItem", "BatchGetItem", "Query", "UpdateItem") },
  async run({ change, table }) {
    const touched = touchedBy(change);
    if (!touched) return;
    const { brokerage_id, property_id, media } = touched;
    const key = recordKey(brokerage_id, propertyRecord, property_id);
    const photo = await readPrimaryPhoto(table, brokerage_id, property_id, media ? [media] : []);
    const property = aliveIn(propertyRecord, await table.get(key));
    if (!property) return;
    if (property.photo_id !== photo) await tryCommit(table, [show(key, photo)]);
    else if (!media)
      await Promise.all(
        [...audienceEntries(propertyRecord, property).keys()].map((name) =>
          tryCommit(table, [show({ pk: key.pk, sk: entrySortKey(name) }, photo)]),
        ),
      );
  },
});

interface Touched {
  readonly brokerage_id: string;
  readonly property_id: string;
  /** The media that changed; undefined where the property itself did. */
  readonly media?: string;
}

/** The property whose primary photo may be another one after a change. */
function touchedBy(change: Change): Touched | undefined {
  const [before, after] = [change.before, change.after] as (Item | undefined)[];
  const entity = (after ?? before)?.entity;
  if (entity === mediaRecord.name) {
    const [was, is] = [aliveIn(mediaRecord, before), aliveIn(mediaRecord, after)];
    const place = (one: typeof is) => one && isShown(one) && { order: one.order };
    if (JSON.stringify(place(was)) === JSON.stringify(place(is))) return undefined;
    const { brokerage_id, property_id, id } = (is ?? was)!;
    return { brokerage_id, property_id, media: id };
  }
  if (entity !== propertyRecord.name || !before) return undefined;
  const [was, is] = [aliveIn(propertyRecord, before), aliveIn(propertyRecord, after)];
  if (!is || (was && was.photo_id === is.photo_id && before.schema === after!.schema)) return undefined;
  return { brokerage_id: is.brokerage_id, property_id: is.id };
}

/** Writes the photo into an item that lists show; none into one that was deleted or has ended. */
const show = (Key: Key, photo: string | undefined): UpdateWrite => ({
  Update: {
    Key,
    UpdateExpression: photo ? "SET listed.photo_id = :photo" : "REMOVE listed.photo_id",
    ConditionExpression: "attribute_exists(listed)",
    ...(photo ? { ExpressionAttributeValues: { ":photo": photo } } : {}),
  },
});
