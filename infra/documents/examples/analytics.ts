import { ids } from "./ids.ts";

/** The last part of a link to a dashboard, and its path parameter. */
export const exampleDashboardToken =
  "KXK7BE2W3yhxugNMld4ncLkCS5TdJm-4AUqT3CVutwBJktskbbb_SJHaI2y1_keQ2SJrtP1Gj9gharP8RY7XIGmy-0SN1g";

/** Bodies and answers about events and numbers. */
export const analytics = {
  DashboardLink: {
    url: `https://api.example.com/v1/dashboards/${exampleDashboardToken}`,
    expires_at: "2026-03-03T02:12:40.118Z",
  },
  NewAnalyticsEvents: {
    events: [
      {
        event_id: "pageview-4711",
        ...{ entity_type: "property", entity_id: ids.property, metric_type: "detailed_view" },
        value: "visitor-0815",
      },
      { entity_type: "search", metric_type: "x_saved_search", value: 1 },
    ],
  },
  AnalyticsEvent: {
    id: "s6xwT0m2Vj1zq8Yd4uKc9A",
    ...{ user_id: null, entity_type: "property", entity_id: ids.property, metric_type: "detailed_view" },
    ...{ value: 1, occurred_at: "2026-03-02T17:05:00.000Z" },
  },
};
