import { getWholeCma, notCompleted, queued } from "../../shared/data/cmas.ts";
import { counted } from "../../shared/data/quotas.ts";
import { createRecord } from "../../shared/data/records.ts";
import { writeTable } from "../../shared/data/table.ts";
import { NewRevision, revise } from "../../shared/domain/cma-revision.ts";
import { Cma, cmaRecord, withAnalysis } from "../../shared/domain/market-analysis.ts";
import { lasting } from "../../shared/domain/share.ts";
import { operation } from "../../shared/entry/definition.ts";
import { recordAt } from "../../shared/entry/path-record.ts";

export const reviseCma = operation({
  id: "reviseCma",
  method: "POST",
  path: "/v1/cmas/{cma_id}/revisions",
  permission: "cma:write",
  summary: "Revise a market analysis",
  description:
    "Returns a new queued analysis that names what it revises; the revised one stays as it is. It is computed from the " +
    "sales, the effective date and the asking price of the revised one, with its changes and these: `exclude` leaves a " +
    "sale out, `pin` holds one in the grid, `corrections` put a fact of the subject (`/subject/size_sqft`, lot_sqft, " +
    "year_built, condition, bedrooms, bathrooms, property_type) or an amount of the grid (`/comps/<sale " +
    "id>/adjustments/<line>`) in the place of what was there. Its `analysis` lists the changes and the difference.",
  body: NewRevision,
  answer: { status: 202, body: Cma },
  problems: ["not_completed"],
  access: { table: writeTable("PutItem", "UpdateItem") },
  record: recordAt(cmaRecord, "cma_id", getWholeCma),
  async run({ record: revised, body, caller, commit, ...invoked }) {
    const { analysis, inputs, property_id, owner_user_id, team_id, effective_date } = revised;
    const { asking_price, currency, shares } = revised;
    if (!analysis || !inputs) throw notCompleted(revised);
    const asked = {
      ...queued,
      property_id,
      // Whoever revises it: the agent whose analysis it is, their team, and those it is shared with go on seeing it.
      owner_user_id,
      team_id,
      shares: shares && lasting(shares, invoked.now),
      effective_date,
      asking_price,
      currency,
      revision_of: revised.id,
      revision: revise(body, inputs, analysis),
    };
    const { record, writes } = createRecord(cmaRecord, caller.brokerage_id, asked, invoked);
    const used = counted("market analyses", caller, invoked.now);
    return commit([...writes, used], withAnalysis(record, null));
  },
});
