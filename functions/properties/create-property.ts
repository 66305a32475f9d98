import { newOwner } from "../../shared/data/owners.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
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
    "It may have any status, so past sales can be added. contract_date and contract_status go with under_offer; " +
    "contract_date, close_price and close_date with sold and rented; with another status they are refused. Default " +
    "for contract_date (under_offer) and close_date is today. owner_user_id may be another user if you may write " +
    "all properties.",
  body: NewProperty,
  answer: { status: 201, body: Property },
  access: { table: writeTable("PutItem") },
  async run({ table, body, caller, save, ...invoked }) {
    const owned = await newOwner(table, caller, "property", body);
    const property = newProperty(body, { ...owned, now: invoked.now });
    return save(createRecord(propertyRecord, caller.brokerage_id, property, invoked));
  },
});
