/** The last part of a link to a dashboard, and its path parameter. */
export const exampleDashboardToken =
  "KXK7BE2W3yhxugNMld4ncLkCS5TdJm-4AUqT3CVutwBJktskbbb_SJHaI2y1_keQ2SJrtP1Gj9gharP8RY7XIGmy-0SN1g";

/** Bodies and answers about numbers. */
export const analytics = {
  DashboardLink: {
    url: `https://api.example.com/v1/dashboards/${exampleDashboardToken}`,
    expires_at: "2026-03-03T02:12:40.118Z",
  },
};
