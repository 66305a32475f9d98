import { getWholeCma } from "../../shared/data/cmas.ts";
import {
  countView,
  isOpen,
  isPresentable,
  linkKey,
  type StoredLink,
  verifyLinkToken,
} from "../../shared/data/share-links.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";
import { reportOperation, serveReport } from "../../shared/report/serve-report.ts";

/** Views after which a link serves only the page: each PDF starts a browser, and callers are anonymous. */
const mostPrinted = 1000;

export const getSharedReport = operation({
  ...reportOperation,
  id: "getSharedReport",
  method: "GET",
  path: "/v1/reports/{token}",
  permission: "public",
  summary: "Read a shared market analysis",
  description:
    "The page behind a link to a market analysis: the report and nothing else, without an account. The answer is the " +
    "same 404 for a link that is forged, expired or deleted, or whose property was deleted or agent is not active.",
  problems: [...reportOperation.problems, "not_found"],
  access: { table: writeTable("Query", "UpdateItem"), files: signReads("media") },
  async run({ params, accept, table, files, now, written, commit }) {
    const name = await verifyLinkToken(table, params.token);
    if (!name) throw new Problem("not_found");
    const { brokerage_id, cma_id } = name;
    const [link, cma] = await Promise.all([
      table.get<StoredLink>(linkKey(name)),
      getWholeCma(table, brokerage_id, cma_id),
    ]);
    if (!link || !isOpen(link, now) || !cma?.approved_at) throw new Problem("not_found");
    if (!(await isPresentable(table, cma))) throw new Problem("not_found");
    // Runs while the report is rendered, and counts even if that fails. A failed condition means it was counted before.
    const counted = commit([countView(link, now, written)], undefined).catch((error) => {
      if (!(error instanceof Problem)) log("view_not_counted", { link_id: link.id, ...errorFields(error) });
    });
    const sources = { table, files, now };
    const [page] = await Promise.all([
      serveReport(cma, { ...sources, accept: link.views < mostPrinted ? accept : undefined }),
      counted,
    ]);
    return page;
  },
});
