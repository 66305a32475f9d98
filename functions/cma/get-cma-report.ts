import { getWholeCma } from "../../shared/data/cmas.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { queryTable } from "../../shared/data/table.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";
import { reportOperation, serveReport } from "../../shared/report/serve-report.ts";

export const getCmaReport = operation({
  ...reportOperation,
  id: "getCmaReport",
  method: "GET",
  path: "/v1/cmas/{cma_id}/report",
  permission: "cma:read",
  summary: "Read a market analysis as a report",
  description:
    "A page for screen and print (A4 and Letter) that runs no script, its photos signed for minutes; or the same as a " +
    "tagged PDF where `Accept` prefers `application/pdf`. Whatever else `Accept` says, the answer is the page.",
  access: { table: queryTable, files: signReads("media") },
  record: recordAt(cmaRecord, "cma_id", getWholeCma),
  run: ({ record, accept, table, files, now }) => serveReport(record, { table, files, now, accept }),
});
