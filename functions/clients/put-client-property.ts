import { noteInterest } from "../../shared/data/interests.ts";
import { loadRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { decide } from "../../shared/domain/access.ts";
import { checkNotMerged, clientRecord } from "../../shared/domain/client.ts";
import { Interest, NewInterest } from "../../shared/domain/interest.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const putClientProperty = operation({
  id: "putClientProperty",
  method: "PUT",
  path: "/v1/clients/{client_id}/properties/{property_id}",
  permission: "client:write",
  summary: "Note what a client thinks of a property",
  description: "Of a property that you may read: any other is 404. It replaces what was noted before.",
  body: NewInterest,
  assistant: "proposes",
  answer: { status: 200, body: Interest },
  problems: ["merged"],
  unversioned: true,
  access: { table: writeTable("PutItem", "ConditionCheckItem") },
  record: recordAt(clientRecord, "client_id"),
  async run({ table, record: client, params, body, caller, commit, problem, ...invoked }) {
    checkNotMerged(client);
    const property = await loadRecord(table, propertyRecord, caller.brokerage_id, params.property_id);
    if (!property || !decide(caller, "property:read", property, invoked.now).allowed)
      throw problem("not_found", "You may read no property with this id");
    const { interest, writes } = await noteInterest(table, client, property.id, body, invoked);
    return commit(writes, interest);
  },
});
