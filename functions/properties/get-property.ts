import { viewByClient } from "../../shared/data/listing-views.ts";
import { writeTable } from "../../shared/data/table.ts";
import { worksHere } from "../../shared/domain/access.ts";
import { Property, readBy } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { errorFields, log } from "../../shared/entry/log.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const getProperty = operation({
  id: "getProperty",
  method: "GET",
  path: "/v1/properties/{property_id}",
  permission: "property:read",
  summary: "Show a property",
  description: "A look by a user of role client is noted as a detailed_view; nobody else's is.",
  assistant: "calls",
  answer: { status: 200, body: Property },
  access: { table: writeTable("PutItem") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ record, caller, user, table, claim, ...showing }) {
    // Who works here reads with one request and writes nothing. A view that cannot be noted is still shown.
    if (!worksHere(caller) && caller.session_id)
      await viewByClient(table, record, user, showing)
        .then((view) => claim([view]))
        .catch((error) => log("view_not_noted", { property_id: record.id, ...errorFields(error) }));
    return readBy(caller, record);
  },
});
