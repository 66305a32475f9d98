import { viewByAnyone } from "../../shared/data/listing-views.ts";
import { mediaOf } from "../../shared/data/media.ts";
import { isShown, photoUrl } from "../../shared/data/photos.ts";
import { openOffice } from "../../shared/data/public-listings.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { tableFor } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { isPublic, PublicProperty, publicProperty } from "../../shared/domain/public-property.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { operation } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";

export const getPublicProperty = operation({
  id: "getPublicProperty",
  method: "GET",
  path: "/v1/public/{slug}/properties/{property_id}",
  permission: "public",
  summary: "Show a listing to anyone",
  description:
    "A listing that is active or under offer and has internet_display; without internet_address_display it has no " +
    "address, postal code or place. All else is the same 404 as an unknown slug. A look by a browser or an app is noted " +
    "as a detailed_view.",
  answer: { status: 200, body: PublicProperty, cached: 60 },
  problems: ["not_found"],
  access: { table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem") },
  async run({ params, table, origin, userAgent, claim, ...invoked }) {
    const { office, cursorKey } = await openOffice(table, params.slug);
    const [property, media] = await Promise.all([
      loadRecord(table, propertyRecord, office.id, params.property_id),
      mediaOf(table, office.id, params.property_id),
    ]);
    if (!property || !isPublic(property)) throw new Problem("not_found");
    const agent = await loadRecord(table, userRecord, office.id, property.owner_user_id);
    // Last, when nothing else can fail: whoever is told to ask again looks once. A view that cannot be noted is still shown.
    const view = viewByAnyone(property, userAgent, { ...invoked, cursorKey });
    await claim(view).catch((error) =>
      log("view_not_noted", { property_id: property.id, ...errorFields(error) }),
    );
    const photos = media.filter(isShown).map((photo) => {
      const url = photoUrl(photo, { cursorKey, origin });
      return { ...photo, large: `${url}?size=large`, medium: `${url}?size=medium`, small: url };
    });
    return publicProperty(property, { photos, agent, office });
  },
});
