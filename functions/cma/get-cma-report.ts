import { drawReport, isCompleted, reportPolicy, reportSources } from "../../shared/data/cma-report.ts";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getCmaReport = operation({
  id: "getCmaReport",
  method: "GET",
  path: "/v1/cmas/{cma_id}/report",
  permission: "cma:read",
  summary: "Read a market analysis as a report",
  description:
    "A page for screen and print (A4 and Letter) that runs no script. Photos are signed for minutes.",
  answer: { status: 200, type: "text/html; charset=utf-8", policy: reportPolicy },
  problems: ["not_completed"],
  memory: 1024,
  access: { table: queryTable, files: signReads("media") },
  record: (table, brokerageId, { cma_id }) => getWholeCma(table, brokerageId, cma_id),
  async run({ record: cma, table, files, now }) {
    if (!isCompleted(cma)) throw new Problem("not_completed");
    return drawReport(cma, await reportSources(table, cma), files, now);
  },
});
