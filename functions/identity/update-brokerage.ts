import { patchRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Brokerage, BrokeragePatch, brokerageRecord } from "../../shared/domain/brokerage.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownBrokerage } from "../../shared/entry/path-record.ts";

export const updateBrokerage = operation({
  id: "updateBrokerage",
  method: "PATCH",
  path: "/v1/brokerage",
  permission: "brokerage:write",
  summary: "Change your brokerage",
  body: BrokeragePatch,
  answer: { status: 200, body: Brokerage },
  access: { table: writeTable("PutItem") },
  record: ownBrokerage,
  async run({ record, body, commit, ...invoked }) {
    const changed = patchRecord(brokerageRecord, record, body, invoked);
    return commit(changed.writes, changed.record);
  },
});
