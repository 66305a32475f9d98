import { readTable } from "../../shared/data/table.ts";
import { Interaction, interactionRecord } from "../../shared/domain/interaction.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getInteraction = operation({
  id: "getInteraction",
  method: "GET",
  path: "/v1/interactions/{interaction_id}",
  permission: "client:read",
  summary: "Show an interaction",
  answer: { status: 200, body: Interaction },
  access: { table: readTable },
  record: recordAt(interactionRecord, "interaction_id"),
  async run({ record }) {
    return record;
  },
});
