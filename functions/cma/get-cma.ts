import { getCma as readCma } from "../../shared/data/cmas.ts";
import { readTable } from "../../shared/data/table.ts";
import { Cma, cmaRecord } from "../../shared/domain/market-analysis.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getCma = operation({
  id: "getCma",
  method: "GET",
  path: "/v1/cmas/{cma_id}",
  permission: "cma:read",
  summary: "Show a market analysis with its comparables, adjustments and statistics",
  assistant: "calls",
  answer: { status: 200, body: Cma },
  access: { table: readTable },
  record: recordAt(cmaRecord, "cma_id", readCma),
  async run({ record }) {
    return record;
  },
});
