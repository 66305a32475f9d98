import { queued } from "../../shared/data/cmas.ts";
import { newOwner } from "../../shared/data/owners.ts";
import { counted } from "../../shared/data/quotas.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { limitSaid } from "../../shared/domain/limits.ts";
import { Cma, cmaRecord, NewCma, withAnalysis } from "../../shared/domain/market-analysis.ts";
import { invalidInput } from "../../shared/domain/problem.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const createCma = operation({
  id: "createCma",
  method: "POST",
  path: "/v1/properties/{property_id}/cmas",
  permission: "cma:write",
  recordPermission: "property:read",
  summary: "Ask for a market analysis of a property",
  description:
    "Returns the queued analysis at once; read it again until its status is completed or failed. The asking price " +
    "affects the market position only, never the suggested price. The result shows the difference to the last completed " +
    "analysis of the property by the same owner. " +
    `Revisions count, too: ${limitSaid("market analyses")}`,
  body: NewCma,
  answer: { status: 202, body: Cma },
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: recordAt(propertyRecord, "property_id"),
  async run({ table, record: property, body, caller, commit, ...invoked }) {
    const { now } = invoked;
    // Tomorrow is allowed: in some time zones it has begun.
    const tomorrow = new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10);
    if (body.effective_date && body.effective_date > tomorrow)
      throw invalidInput("/effective_date", "must not be in the future");
    const asked = {
      ...queued,
      property_id: property.id,
      ...(await newOwner(table, caller, "cma", { team_id: body.team_id })),
      effective_date: body.effective_date ?? now.toISOString().slice(0, 10),
      asking_price: body.asking_price ?? null,
      currency: property.currency,
    };
    const { record, writes } = createRecord(cmaRecord, caller.brokerage_id, asked, invoked);
    return commit([...writes, counted("market analyses", caller, now)], withAnalysis(record, null));
  },
});
