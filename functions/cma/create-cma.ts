import { cmaItem, cmaKey, type StoredCma } from "../../shared/data/cmas.ts";
import { getProperty } from "../../shared/data/properties.ts";
import { writeTable } from "../../shared/data/table.ts";
import { Cma, NewCma } from "../../shared/domain/market-analysis.ts";
import { invalidInput } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const createCma = operation({
  id: "createCma",
  method: "POST",
  path: "/v1/properties/{property_id}/cmas",
  permission: "cma:write",
  recordPermission: "property:read",
  summary: "Ask for a market analysis of a property",
  description:
    "Answers the queued analysis at once; read it again until its status is completed or failed. The asking price " +
    "decides the market position and never the suggestion.",
  body: NewCma,
  answer: { status: 202, body: Cma },
  access: { table: writeTable("PutItem") },
  record: (table, brokerageId, { property_id }) => getProperty(table, brokerageId, property_id),
  async run({ record: property, body, caller, now, newId, written, commit }) {
    // Somewhere on earth it is tomorrow already.
    const tomorrow = new Date(now.getTime() + 86_400_000).toISOString().slice(0, 10);
    if (body.effective_date && body.effective_date > tomorrow)
      throw invalidInput("/effective_date", "must not be in the future");
    const id = newId();
    const cma: StoredCma = {
      ...cmaKey(caller.brokerage_id, id),
      entity: "cma",
      brokerage_id: caller.brokerage_id,
      id,
      version: 1,
      created_at: now.toISOString(),
      updated_at: now.toISOString(),
      written,
      property_id: property.id,
      owner_user_id: caller.user_id,
      status: "queued",
      effective_date: body.effective_date ?? now.toISOString().slice(0, 10),
      asking_price: body.asking_price ?? null,
      currency: property.currency,
      suggested_price: null,
      price_range: null,
      market_position: null,
      confidence: null,
      reason: null,
      completed_at: null,
    };
    return commit([{ Put: { Item: cmaItem(cma), ConditionExpression: "attribute_not_exists(pk)" } }], {
      ...cma,
      analysis: null,
    });
  },
});
