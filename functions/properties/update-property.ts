import { changedOwner } from "../../shared/data/owners.ts";
import { changeRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Property, PropertyPatch, readBy } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { changedProperty } from "../../shared/domain/property-status.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const updateProperty = operation({
  id: "updateProperty",
  method: "PATCH",
  path: "/v1/properties/{property_id}",
  permission: "property:write",
  summary: "Change a property, its price or its status",
  description:
    "A merge patch. From active a property goes to under_offer, sold or rented; from under_offer also back to active " +
    "(which clears the contract); from sold only back to under_offer (it did not close after all); from rented to " +
    "active. Going under offer sets contract_date, closing sets close_date, to today where the patch does not say. " +
    "Market analyses ignore a sale without a close_price. original_price and listed_at do not change.",
  problems: ["invalid_transition"],
  body: PropertyPatch,
  assistant: "proposes",
  answer: { status: 200, body: Property },
  access: { table: writeTable("PutItem") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ table, record, body, caller, commit, ...invoked }) {
    const owned = await changedOwner(table, caller, "property", record, body, invoked.now);
    const property = changedProperty(record, body, invoked);
    const changed = changeRecord(propertyRecord, record, { ...property, ...owned }, invoked);
    return commit(changed.writes, readBy(caller, changed.record));
  },
});
