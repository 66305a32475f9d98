import { eventPage } from "../../shared/data/event-list.ts";
import { examined } from "../../shared/data/list.ts";
import { queryTable } from "../../shared/data/table.ts";
import { AnalyticsEvent } from "../../shared/domain/analytics/event.ts";
import { EventQuery } from "../../shared/domain/analytics/event-list.ts";
import { page } from "../../shared/domain/schemas.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listAnalyticsEvents = operation({
  id: "listAnalyticsEvents",
  method: "GET",
  path: "/v1/analytics-events",
  permission: "analytics:read",
  summary: "List what happened, the latest arrival first",
  description:
    "Views, enquiries, contacts and the like, as they were sent and as Gable noted them itself, kept for 400 days. Who " +
    "does not hold analytics:read for the whole brokerage sees what they did, and what counts for them. A page examines " +
    `at most ${examined} events, so it may be short, even empty, while next_cursor is set.`,
  query: EventQuery,
  answer: { status: 200, body: page(AnalyticsEvent) },
  access: { table: queryTable },
  run: ({ table, ...asked }) => eventPage(table, asked),
});
