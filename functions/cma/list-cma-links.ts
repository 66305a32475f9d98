import * as z from "zod/mini";
import { partitionPage } from "../../shared/data/list.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { linkPrefix, type StoredLink, withUrl } from "../../shared/data/share-links.ts";
import { checkNotOnlyShared } from "../../shared/data/shares.ts";
import { queryTable } from "../../shared/data/table.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { listQuery, page } from "../../shared/domain/schemas.ts";
import { ShareLink } from "../../shared/domain/share-link.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const listCmaLinks = operation({
  id: "listCmaLinks",
  method: "GET",
  path: "/v1/cmas/{cma_id}/links",
  permission: "cma:write",
  summary: "List the links of a market analysis and their views, newest first",
  description:
    "Expired links are listed for 30 more days; deleted ones are not, so a page may be short. Not for those with whom " +
    "the analysis is only shared: a link opens the report for anybody, also when their share has ended.",
  query: z.strictObject(listQuery),
  answer: { status: 200, body: page(ShareLink) },
  access: { table: queryTable },
  record: recordAt(cmaRecord, "cma_id"),
  async run({ table, record: cma, query, caller, cursorKey, origin, now }) {
    checkNotOnlyShared(caller, "cma", cma, now);
    const { items, next_cursor } = await partitionPage<StoredLink>(
      table,
      recordKey(cma.brokerage_id, cmaRecord, cma.id),
      linkPrefix,
      query,
      cursorKey,
      ({ revoked_at }) => revoked_at === undefined,
    );
    return { items: items.map((link) => withUrl(link, cursorKey, origin)), next_cursor };
  },
});
