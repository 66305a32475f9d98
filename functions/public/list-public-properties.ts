import * as z from "zod/mini";
import { withPhotoUrl } from "../../shared/data/photos.ts";
import { publicPage } from "../../shared/data/property-list.ts";
import { openOffice } from "../../shared/data/public-listings.ts";
import { queryTable } from "../../shared/data/table.ts";
import { PublicPropertyQuery } from "../../shared/domain/property-search.ts";
import {
  PublicOffice,
  PublicPropertySummary,
  publicOffice,
  publicSummary,
} from "../../shared/domain/public-property.ts";
import { page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listPublicProperties = operation({
  id: "listPublicProperties",
  method: "GET",
  path: "/v1/public/{slug}/properties",
  permission: "public",
  summary: "List a brokerage's listings for anyone",
  description:
    "What is active or under offer, where the brokerage has public_listings: else, as for an unknown slug, 404. A page " +
    "is short by the listings that may not be shown. An index answers status and what is sorted by; with another filter " +
    "a page may be shorter, even empty, while next_cursor is set.",
  query: PublicPropertyQuery,
  answer: { status: 200, body: z.extend(page(PublicPropertySummary), { office: PublicOffice }), cached: 60 },
  problems: ["not_found"],
  access: { table: queryTable },
  async run({ params, query, table, now, origin }) {
    const { office, cursorKey } = await openOffice(table, params.slug);
    const { items, next_cursor } = await publicPage(table, office.id, { query, now, cursorKey });
    const shown = items.map((item) => publicSummary(withPhotoUrl(item, office.id, { cursorKey, origin })));
    return { items: shown, next_cursor, office: publicOffice(office) };
  },
});
