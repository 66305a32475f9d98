import { type DashboardData, type Measured, metrics } from "../shared/dashboard/data.ts";
import { periodsIn } from "../shared/domain/analytics/periods.ts";

const id = (at: number) => `019c3b5e-8a40-7d1c-9f2e-${String(at).padStart(12, "0")}`;
const now = new Date("2026-11-25T17:15:00.000Z");
const ago = (hours: number) => new Date(now.getTime() - hours * 3_600_000).toISOString();

/** Numbers that differ from week to week; a first response of none in the oldest. */
const measured = (week: number): Measured => ({
  leads: [9, 14, 11, 16, 12, 18, 15, 7][week]!,
  first_response_median_minutes: [null, 95, 80, 61, 72, 44, 38, 26][week]!,
  contacts: 30 + 3 * week,
  appointments: 4 + (week % 3),
  listings: week % 4,
  closings: week % 2,
  volume: (week % 2) * 845_000,
  views: 400 + 37 * week,
});

const weeks = periodsIn({ from: "2026-10-05", to: "2026-11-26" }, "week").map((week, at) => ({
  ...week,
  final: at < 6,
  numbers: measured(at),
}));

/** The dashboard of a busy office, on a Wednesday morning in Los Angeles. */
export const officeDashboard = (over: Partial<DashboardData> = {}): DashboardData => ({
  brokerage: {
    ...{ name: "Emerald City Homes", accent: "#0b5d57", currency: "USD" },
    time_zone: "America/Los_Angeles",
  },
  now,
  whose: { kind: "office" },
  others: [{ title: "Team Ballard", query: `team_id=${id(9)}` }],
  weeks,
  sameDays: { from: "2026-11-16", to: "2026-11-19", final: false, numbers: measured(5) },
  leads: {
    items: [
      { name: "Nora Lindqvist", source: "zillow", agent: "Ana Agent", since: ago(52) },
      { name: "Omar Haddad", source: "website", agent: "Ben Broker", since: ago(3.4) },
      { name: "Priya Raman", source: "open house", agent: "Ana Agent", since: ago(0.4) },
    ],
    more: false,
  },
  tasks: {
    items: Array.from({ length: 10 }, (_, at) => ({
      ...{ title: `Send the disclosures of ${700 + at} Dayton Avenue N`, agent: "Ana Agent" },
      ...{ priority: at === 0 ? "urgent" : "normal", due: ago(30 * (10 - at)) },
    })),
    more: true,
  },
  listings: {
    items: [{ title: "1214 Greenwood Ave N", agent: "Ben Broker", since: ago(24 * 47) }],
    more: false,
  },
  pipeline: [
    { status: "new", clients: 12, age: 2 },
    { status: "warm", clients: 31, age: 9 },
    { status: "hot", clients: 6, age: 3 },
    { status: "cold", clients: 140, age: 71 },
  ],
  conversion: {
    days: { from: "2026-11-02", to: "2026-11-26" },
    all: { of: "All", leads: 52, responded: 88.5, met: 21.2, hot: 9.6 },
    bySource: [
      { of: "zillow", leads: 30, responded: 90, met: 20, hot: 6.7 },
      { of: "website", leads: 22, responded: 86.4, met: 22.7, hot: 13.6 },
    ],
    byBand: [
      { of: "cold", leads: 40, responded: 85, met: 7.5, hot: 2.5 },
      { of: "warm", leads: 12, responded: 100, met: 66.7, hot: 33.3 },
    ],
  },
  responses: {
    days: { from: "2026-11-16", to: "2026-11-26" },
    agents: [
      { user_id: id(1), agent: "Cleo Colleague", leads: 2, responded: 0, median: null, p90: null },
      { user_id: id(2), agent: "Ana Agent", leads: 12, responded: 11, median: 38, p90: 190 },
      { user_id: id(3), agent: "Ben Broker", leads: 11, responded: 11, median: 12.5, p90: 44 },
    ],
  },
  definitions: [
    {
      title: "Leads, answers, contacts, listings, closings",
      version: 1,
      text: "leads: enquiries that came.",
    },
    { title: "Views of listings", version: 2, text: "views: a listing was opened by a client." },
  ],
  ...over,
});

/** The dashboard of an office where nothing has happened yet. */
export const emptyDashboard = (): DashboardData => {
  const nothing = Object.fromEntries(
    metrics.map((name) => [name, name === "first_response_median_minutes" ? null : 0]),
  ) as unknown as Measured;
  const none = { items: [], more: false };
  const { pipeline, conversion, responses, ...office } = officeDashboard();
  return {
    ...office,
    others: [],
    weeks: weeks.map((week) => ({ ...week, numbers: nothing })),
    sameDays: { ...office.sameDays, numbers: nothing },
    ...{ leads: none, tasks: none, listings: none },
  };
};

/** An agent's own, with the longest and the most hostile names everywhere. */
export function strangeDashboard(name: string): DashboardData {
  const office = officeDashboard();
  const { responses, ...own } = office;
  const { conversion } = own;
  return {
    ...own,
    brokerage: { ...own.brokerage, name, accent: "#fff200", currency: "JPY", time_zone: "Asia/Kathmandu" },
    whose: { kind: "user", name, isReader: false },
    others: [{ title: name, query: "" }],
    leads: { more: true, items: [{ name, source: name, agent: name, since: ago(1) }] },
    tasks: { more: true, items: [{ title: name, agent: name, priority: "low", due: ago(1) }] },
    listings: { more: true, items: [{ title: name, agent: name, since: ago(999) }] },
    conversion: { ...conversion!, bySource: [{ ...conversion!.all, of: name }] },
    responses: {
      ...responses!,
      agents: responses!.agents.map((one) => ({ ...one, agent: name })),
    },
    definitions: [{ title: name, version: 3, text: name }],
  };
}
