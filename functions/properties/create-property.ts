import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { checkAssignableOwner } from "../../shared/data/users.ts";
import { NewProperty, Property } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createProperty = operation({
  id: "createProperty",
  method: "POST",
  path: "/v1/properties",
  permission: "property:write",
  summary: "List a property",
  description:
    "It may start in any status: offices bring their past sales with them. contract_date, contract_status, " +
    "close_price and close_date are facts of a status: a property under offer has the first two, one that was sold " +
    "or rented the dates and the price; with another status they are refused. Left out, contract_date (under offer) " +
    "and close_date are today. Who may write all properties may name another owner_user_id.",
  body: NewProperty,
  answer: { status: 201, body: Property },
  access: { table: writeTable("PutItem") },
  async run({ table, body, caller, commit, ...invoked }) {
    const { owner_user_id = caller.user_id } = body;
    await checkAssignableOwner(table, caller, "property", owner_user_id);
    const property = newProperty(body, { owner_user_id, now: invoked.now });
    const { record, writes } = createRecord(propertyRecord, caller.brokerage_id, property, invoked);
    return commit(writes, record);
  },
});
