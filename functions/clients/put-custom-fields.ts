import { loadCustomFields, replaceCustomFields } from "../../shared/data/custom-fields.ts";
import { writeTable } from "../../shared/data/table.ts";
import {
  CustomFields,
  changedFields,
  customFieldsRecord,
  NewCustomFields,
} from "../../shared/domain/custom-field.ts";
import { operation } from "../../shared/entry/definition.ts";

export const putCustomFields = operation({
  id: "putCustomFields",
  method: "PUT",
  path: "/v1/custom-fields",
  permission: "brokerage:write",
  summary: "Say which fields of its own the brokerage has for clients",
  description:
    "It replaces all of them. A field's type never changes: 409 field_type_fixed, also where the field was removed " +
    "before. Clients keep the values of a field that is removed; they can only be removed, too.",
  body: NewCustomFields,
  answer: { status: 200, body: CustomFields },
  problems: ["field_type_fixed", "limit_reached"],
  access: { table: writeTable("PutItem") },
  record: {
    type: customFieldsRecord,
    guard: "brokerage",
    async load(table, brokerageId) {
      return { record: await loadCustomFields(table, brokerageId), guarded: {} };
    },
  },
  async run({ record, body, save, ...invoked }) {
    return save(replaceCustomFields(record, changedFields(record, body.fields), invoked));
  },
});
