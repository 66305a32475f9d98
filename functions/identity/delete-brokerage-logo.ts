import { removePicture } from "../../shared/data/pictures.ts";
import { changeRecord, orConflict } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { operation } from "../../shared/entry/definition.ts";
import { ownBrokerage } from "../../shared/entry/path-record.ts";

export const deleteBrokerageLogo = operation({
  id: "deleteBrokerageLogo",
  method: "DELETE",
  path: "/v1/brokerage/logo",
  permission: "brokerage:write",
  summary: "Delete the logo of your brokerage; its file is gone within hours",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: ownBrokerage,
  async run({ table, record, commit, ...invoked }) {
    const removed = await removePicture(table, record.brokerage_id, record.logo, invoked);
    const changed = changeRecord(brokerageRecord, record, { logo: null }, invoked);
    return commit([...orConflict(changed.writes), ...removed], undefined);
  },
});
