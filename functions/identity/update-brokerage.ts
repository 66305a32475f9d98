import { withLogo } from "../../shared/data/pictures.ts";
import { patchRecord } from "../../shared/data/records.ts";
import { signReads } from "../../shared/data/signed-urls.ts";
import { writeTable } from "../../shared/data/table.ts";
import { answeredOf, Brokerage, BrokeragePatch, brokerageRecord } from "../../shared/domain/brokerage.ts";
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
  access: { table: writeTable("PutItem"), pictures: signReads("pictures") },
  record: ownBrokerage,
  async run({ record, body, save, ...invoked }) {
    const { record: changed, writes } = patchRecord(brokerageRecord, record, body, invoked);
    return save({ record: answeredOf(changed), writes });
  },
  present: withLogo,
});
