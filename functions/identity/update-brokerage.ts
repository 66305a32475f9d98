import { readBrokerage } from "../../shared/data/brokerages.ts";
import { nextVersion, replace } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Brokerage, BrokeragePatch } from "../../shared/domain/brokerage.ts";
import { mergePatch } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const updateBrokerage = operation({
  id: "updateBrokerage",
  method: "PATCH",
  path: "/v1/brokerage",
  permission: "brokerage:write",
  summary: "Change your brokerage",
  body: BrokeragePatch,
  answer: { status: 200, body: Brokerage },
  access: { table: writeTable("PutItem") },
  record: (table, brokerageId) => readBrokerage(table, brokerageId),
  async run({ record, body, now, written, commit }) {
    const next = nextVersion(record, mergePatch(record, body), now, written);
    return commit([replace(next)], next);
  },
});
