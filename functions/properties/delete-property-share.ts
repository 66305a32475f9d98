import { unshareRecord } from "../../shared/data/shares.ts";
import { writeTable } from "../../shared/data/table.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const deletePropertyShare = operation({
  id: "deletePropertyShare",
  method: "DELETE",
  path: "/v1/properties/{property_id}/shares/{grantee_kind}/{grantee_id}",
  permission: "property:write",
  summary: "End a share of a property",
  answer: { status: 204 },
  unversioned: true,
  access: { table: writeTable("PutItem") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ record, commit, ...asked }) {
    return commit(unshareRecord(propertyRecord, record, asked), undefined);
  },
});
