import { analyticsOf } from "../../shared/data/analytics.ts";
import { aliveIn, recordKey } from "../../shared/data/record-item.ts";
import { queryTable } from "../../shared/data/table.ts";
import { Analytics, AnalyticsQuery } from "../../shared/domain/analytics/analytics.ts";
import { numbersFor } from "../../shared/domain/analytics/scope.ts";
import { viewNames } from "../../shared/domain/analytics/views.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { teamRecord } from "../../shared/domain/team.ts";
import { operation } from "../../shared/entry/definition.ts";

export const getAnalytics = operation({
  id: "getAnalytics",
  method: "GET",
  path: "/v1/analytics/{view}",
  permission: "analytics:read",
  summary: "Show numbers by day, week or month",
  description:
    `Views: ${viewNames.join(", ")}; each answers what its numbers count. Who holds analytics:read for the whole ` +
    "brokerage sees the office's numbers, everybody's, and those of each value of a dimension (`by`); all others their " +
    "own, a team's where they lead it (or hold it at team scope), a property's where they may change it, and the market. " +
    "What is out of your scope is 404. Rows are the days, weeks (from Monday) or months asked for, the first and the " +
    "last cut to it, with zeros where nothing happened; with `by`, those of values that have any. An open day is two " +
    "minutes old at most.",
  query: AnalyticsQuery,
  assistant: "calls",
  answer: { status: 200, body: Analytics },
  problems: ["not_found", "narrow_the_list"],
  access: { table: queryTable },
  async run({ table, params, query, caller, now, problem }) {
    const view = viewNames.find((name) => name === params.view);
    if (!view) throw problem("not_found", `There are the views ${viewNames.join(", ")}`);
    const { brokerage_id } = caller;
    const { property_id, team_id } = query;
    const [ofBrokerage, named] = await table.getMany([
      recordKey(brokerage_id, brokerageRecord, brokerage_id),
      ...(property_id ? [recordKey(brokerage_id, propertyRecord, property_id)] : []),
      ...(team_id ? [recordKey(brokerage_id, teamRecord, team_id)] : []),
    ]);
    const brokerage = aliveIn(brokerageRecord, ofBrokerage)!;
    const property = property_id ? aliveIn(propertyRecord, named) : undefined;
    const team = team_id ? aliveIn(teamRecord, named) : undefined;
    const reads = numbersFor(caller, { view, ...query }, { property, team }, now);
    return analyticsOf(table, brokerage, { view, query, reads, property, now });
  },
});
