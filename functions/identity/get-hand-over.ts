import { readTable } from "../../shared/data/table.ts";
import { HandOver, handOverRecord } from "../../shared/domain/hand-over.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getHandOver = operation({
  id: "getHandOver",
  method: "GET",
  path: "/v1/hand-overs/{hand_over_id}",
  permission: "user:write",
  summary: "Show how far a hand-over is, and what its undo left",
  answer: { status: 200, body: HandOver },
  access: { table: readTable },
  record: recordAt(handOverRecord, "hand_over_id"),
  async run({ record }) {
    return record;
  },
});
