import { expect, test } from "vitest";
import { contributionsOf } from "../../shared/domain/analytics/contributions.ts";
import type { About, MetricType, StoredEvent } from "../../shared/domain/analytics/event.ts";

const about: About = {
  ...{
    user_id: "u",
    team_id: "t",
    property_id: "p",
    property_type: "house",
    city: "Köln ",
    visitor: "visitor1",
  },
  ...{ source: "zillow", lead_score: 80, is_lead: true },
};

/** Where an event counts, and what under: "office/office: listed 1". */
function added(metric_type: MetricType, value: StoredEvent["value"] = 1, of: About = about): string[] {
  const event: StoredEvent = {
    ...{ id: "e", brokerage_id: "b", user_id: null, entity_type: "property", entity_id: "p" },
    ...{
      metric_type,
      value,
      occurred_at: "2026-03-01T12:00:00.000Z",
      arrived_at: "2026-03-01T12:00:00.000Z",
    },
    about: of,
  };
  return contributionsOf(event).map(({ view, subject, adds }) => {
    const counts = Object.entries(adds.counts).map(([name, count]) => `${name} ${count}`);
    const samples = Object.entries(adds.samples).flatMap(([name, of]) =>
      Object.keys(of).map((value) => `${name} of ${value}`),
    );
    const seen = Object.keys(adds.seen);
    return `${view}/${subject}: ${[...counts, ...samples, ...seen].join(", ")}`;
  });
}

test("a view of a listing counts for the office, the listing, its owner and similar ones", () => {
  expect(added("detailed_view")).toEqual([
    "listing-performance/office: views 1, visitors",
    "listing-performance/property:p: views 1, visitors",
    "listing-performance/user:u: views 1, visitors",
    "listing-performance/similar:house/koln: views 1, listings, visitors",
    "office/office: views 1",
  ]);
});

test("of a listing that its sender may not read nothing counts", () => {
  for (const type of ["detailed_view", "favorited", "share", "submission_of_lead_form"] as const)
    expect(added(type, 1, {})).toEqual([]);
});

test.each([
  ["favorited", "favorites"],
  ["share", "shares"],
  ["price_changed", "price_changes"],
] as const)("%s counts as %s of the listing", (type, name) => {
  expect(added(type, -5000)).toEqual([
    `listing-performance/office: ${name} 1`,
    `listing-performance/property:p: ${name} 1`,
    `listing-performance/user:u: ${name} 1`,
    `listing-performance/similar:house/koln: ${name} 1, listings`,
  ]);
});

test("a lead, its first response and its first meeting", () => {
  expect(added("lead_received")).toEqual([
    ...["office", "user:u", "team:t"].map((subject) => `agent-performance/${subject}: leads 1`),
    ...["office", "source:zillow", "user:u", "band:hot"].map(
      (subject) => `lead-conversion/${subject}: leads 1`,
    ),
    "office/office: leads 1",
  ]);
  expect(added("first_response", 63)).toEqual([
    ...["office", "user:u", "team:t"].map(
      (subject) => `agent-performance/${subject}: responded 1, response_minutes of 65`,
    ),
    ...["office", "source:zillow", "user:u", "band:hot"].map(
      (subject) => `lead-conversion/${subject}: responded 1`,
    ),
  ]);
  expect(added("appointment", 1, { is_lead: true })).toEqual([
    "agent-performance/office: appointments 1",
    "lead-conversion/office: met 1",
    "office/office: appointments 1",
  ]);
});

test("who came by no enquiry is no lead that is met or becomes hot", () => {
  expect(added("appointment", 1, {})).toEqual([
    "agent-performance/office: appointments 1",
    "office/office: appointments 1",
  ]);
  expect(added("client_status_changed", "warm>hot", { lead_score: 40 })).toEqual([
    "pipeline/office: from_warm 1, to_hot 1",
  ]);
});

test("a contact by its kind, a move from and to", () => {
  expect(added("contact", "call", {})).toEqual([
    "agent-performance/office: contacts 1, calls 1",
    "office/office: contacts 1",
  ]);
  expect(added("contact", "carrier pigeon", {})[0]).toBe("agent-performance/office: contacts 1");
  expect(added("client_status_changed", "warm>hot", { lead_score: 81, is_lead: true })).toEqual([
    "pipeline/office: from_warm 1, to_hot 1",
    "lead-conversion/office: became_hot 1",
    "lead-conversion/band:hot: leads 1",
    "lead-conversion/band:warm: became_hot 1",
  ]);
  // A lead that arrived is one of the cold band: new and cold are the same there.
  for (const move of [">new", "new>cold"])
    expect(added("client_status_changed", move, { lead_score: 5, is_lead: true })).toHaveLength(1);
  expect(added("client_status_changed", ">new", {})).toEqual(["pipeline/office: added 1, to_new 1"]);
  expect(added("client_status_changed", "hot>cold", {})).toEqual(["pipeline/office: from_hot 1, to_cold 1"]);
});

test("a closing with its volume in whole units", () => {
  expect(added("closed", 500_000.4, { user_id: "u" })).toEqual([
    "agent-performance/office: closings 1, volume 500000",
    "agent-performance/user:u: closings 1, volume 500000",
    "office/office: closings 1, volume 500000",
  ]);
});

test("what is a sender's own counts nowhere", () => {
  expect(added("x_parking")).toEqual([]);
  expect(added("records_imported", 100)).toEqual([]);
});
