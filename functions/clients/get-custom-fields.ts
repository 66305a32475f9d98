import { loadCustomFields } from "../../shared/data/custom-fields.ts";
import { readTable } from "../../shared/data/table.ts";
import { CustomFields } from "../../shared/domain/custom-field.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getCustomFields = operation({
  id: "getCustomFields",
  method: "GET",
  path: "/v1/custom-fields",
  permission: "client:read",
  summary: "Show the brokerage's own fields of its clients",
  answer: { status: 200, body: CustomFields },
  access: { table: readTable },
  run: ({ table, caller }) => loadCustomFields(table, caller.brokerage_id),
});
