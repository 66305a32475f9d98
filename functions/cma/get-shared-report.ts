import { getWholeCma } from "../../shared/data/cmas.ts";
import {
  countView,
  isOpen,
  isPresentable,
  linkKey,
  openToken,
  type StoredLink,
} from "../../shared/data/share-links.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";
import { reportOperation, serveReport } from "../../shared/report/serve-report.ts";

/** Beyond so many views a link answers the page alone: a browser is started for each PDF, and nobody signs in. */
const mostPrinted = 1000;

export const getSharedReport = operation({
  ...reportOperation,
  id: "getSharedReport",
  method: "GET",
  path: "/v1/reports/{token}",
  permission: "public",
  summary: "Read a shared market analysis",
  description:
    "What a link to a market analysis opens: the report and nothing else, no account asked for. A link that is forged, " +
    "has expired, was deleted, whose property is gone or whose agent is no longer active is one and the same 404.",
  problems: [...reportOperation.problems, "not_found"],
  access: { table: writeTable("Query", "UpdateItem"), files: signReads("media") },
  async run({ params, accept, table, files, now, written, commit }) {
    const name = await openToken(table, params.token);
    if (!name) throw new Problem("not_found");
    const { brokerage_id, cma_id } = name;
    const [link, cma] = await Promise.all([
      table.get<StoredLink>(linkKey(name)),
      getWholeCma(table, brokerage_id, cma_id),
    ]);
    if (!link || !isOpen(link, now) || !cma?.approved_at) throw new Problem("not_found");
    if (!(await isPresentable(table, cma))) throw new Problem("not_found");
    // Beside the drawing, and whatever becomes of it: a condition that fails says that it has been counted.
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
