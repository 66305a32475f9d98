import { describe, expect, test } from "vitest";
import { eventKey, eventWrite, firstOfEach } from "../../shared/data/events.ts";
import { visitorMark } from "../../shared/data/visitors.ts";
import type { StoredEvent } from "../../shared/domain/analytics/event.ts";
import { eventIdOf } from "../../shared/domain/analytics/event-id.ts";
import { eventOrFault, type NewEvent } from "../../shared/domain/analytics/new-events.ts";
import {
  clientHappenings,
  interactionHappenings,
  listingHappenings,
  ownEvent,
} from "../../shared/domain/analytics/own-events.ts";
import { isByProgram } from "../../shared/domain/analytics/visits.ts";
import type { StoredClient } from "../../shared/domain/client.ts";
import type { StoredInteraction } from "../../shared/domain/interaction.ts";
import type { StoredProperty } from "../../shared/domain/property-record.ts";

const now = new Date("2026-03-10T12:00:00.000Z");
const [brokerage_id, user, team, record] = ["b0", "a1", "c2", "d3"].map(
  (start) => `019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e${start}`,
) as [string, string, string, string];
const ago = (days: number) => new Date(now.getTime() - days * 86_400_000).toISOString();
const written = { by: user, ip: null, operation_id: "one" };

const told: NewEvent = {
  entity_type: "property",
  entity_id: record,
  metric_type: "detailed_view",
  value: 1,
};

test("a sender's event is taken for seven days and from clocks five minutes ahead, by the names that there are", () => {
  const path = (more: Partial<Record<keyof NewEvent | "colour", unknown>>) => {
    const read = eventOrFault({ ...told, ...more }, now);
    return "fault" in read ? read.fault.path : undefined;
  };
  expect([path({ colour: "red" }), path({ value: null }), path({ metric_type: "Viewed" })]).toEqual([
    ...["/colour", "/value", "/metric_type"],
  ]);
  expect(path({})).toBeUndefined();
  expect(path({ metric_type: "x_own" })).toBeUndefined();
  for (const metric_type of ["closed", "lead_received", "view", "xown"])
    expect(path({ metric_type })).toBe("/metric_type");
  expect(path({ occurred_at: ago(6.99) })).toBeUndefined();
  expect(path({ occurred_at: ago(7.01) })).toBe("/occurred_at");
  expect(path({ occurred_at: ago(-4 / 1440) })).toBeUndefined();
  expect(path({ occurred_at: ago(-6 / 1440) })).toBe("/occurred_at");
  expect(path({ entity_id: undefined })).toBe("/entity_id");
  expect(path({ entity_type: "search", entity_id: undefined })).toBeUndefined();
  expect(path({ value: "ä".repeat(100) })).toBeUndefined();
  expect(path({ value: "ä".repeat(101) })).toBe("/value");
});

const event = (more: Partial<StoredEvent> = {}): StoredEvent => ({
  ...{ brokerage_id, id: "one", user_id: null, entity_type: "property", entity_id: record },
  ...{ metric_type: "detailed_view", value: 1, occurred_at: ago(1), arrived_at: ago(0), about: {} },
  ...more,
});

describe("an event in the table", () => {
  test("is the same item by its id and UTC day, and another on another day", () => {
    expect(eventKey(event())).toEqual(eventKey(event({ value: 2, occurred_at: "2026-03-09T00:00:00.000Z" })));
    expect(eventKey(event())).not.toEqual(eventKey(event({ occurred_at: ago(2) })));
    expect(firstOfEach([event(), event({ value: 2 }), event({ value: 3, id: "two" })])).toEqual([
      event(),
      event({ value: 3, id: "two" }),
    ]);
  });

  test("stays within a write unit with the longest of all that senders say", () => {
    const about = {
      ...{ user_id: user, team_id: team, property_id: record, client_id: record },
      ...{
        property_type: "multi_family",
        city: "Llanfairpwllgwyngyllgogerychwyrndrobwll",
        visitor: "8letters",
      },
    };
    const longest = event({
      ...{ id: eventIdOf("sent", "any"), user_id: user, metric_type: `x_${"m".repeat(38)}`, about },
      ...{ value: "v".repeat(200), entity_type: "property" },
    });
    const { Item } = eventWrite(longest).Put;
    expect(Buffer.byteLength(JSON.stringify(Item).replace(/["{}[\]:,]/g, ""))).toBeLessThan(1024);
  });
});

test("a visitor has one mark in a month and brokerage, and it does not say who they are", () => {
  const mark = (at = ago(0), key = "key", who = "192.0.2.1") =>
    visitorMark(key, at, "address", who, "Firefox");
  expect(mark()).toMatch(/^[\w-]{8}$/);
  expect(mark("2026-03-31T23:59:59.999Z")).toBe(mark("2026-03-01T00:00:00.000Z"));
  const others = [
    mark(),
    mark("2026-04-01T00:00:00.000Z"),
    mark(ago(0), "other"),
    mark(ago(0), "key", "192.0.2.2"),
  ];
  expect(new Set(others).size).toBe(4);
});

test("programs are told from browsers and apps by what they say they are", () => {
  for (const program of [
    null,
    "",
    "node",
    "curl/8.9",
    "Mozilla/5.0 (compatible; Googlebot/2.1)",
    "python-requests/2",
  ])
    expect([program, isByProgram(program)]).toEqual([program, true]);
  for (const person of [
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) Safari",
    "Emerald/3 CFNetwork/1500",
  ])
    expect([person, isByProgram(person)]).toEqual([person, false]);
});

const listing = (more: Partial<StoredProperty> = {}) =>
  ({
    ...{ id: record, brokerage_id, version: 1, owner_user_id: user, team_id: team, city: "Seattle", written },
    ...{ property_type: "house", status: "active", price: 100.1, close_price: null, ...more },
  }) as StoredProperty;
const mark = (version: number) =>
  ({ import_id: record, row: 1, version, counted: {}, created_by: record }) as never;
const names = (happened: readonly { metric_type: string; value: unknown }[]) =>
  happened.map(({ metric_type, value }) => `${metric_type} ${value}`);

describe("a listing", () => {
  test("is listed where it is on the market, and its changes tell from what to what", () => {
    expect(names(listingHappenings(undefined, listing(), 1))).toEqual(["listed 1"]);
    expect(listingHappenings(undefined, listing({ status: "sold" }), 1)).toEqual([]);
    // Brought back.
    expect(listingHappenings(undefined, listing(), 4)).toEqual([]);
    const sold = listing({ status: "sold", close_price: 99, price: 100.4 });
    const told = listingHappenings(listing(), sold, 2);
    expect(names(told)).toEqual(["status_changed active>sold", "closed 99", "price_changed 0.3"]);
    expect(told[0]!.about).toEqual({
      ...{ property_id: record, user_id: user, team_id: team, property_type: "house", city: "Seattle" },
    });
    expect(names(listingHappenings(listing(), listing({ status: "rented" }), 2))).toEqual([
      "status_changed active>rented",
    ]);
  });

  test("says nothing of what an import or its undo wrote, and again of what is edited since", () => {
    const imported = listing({ import: mark(2) });
    expect(listingHappenings(undefined, { ...imported, import: mark(1) } as StoredProperty, 1)).toEqual([]);
    expect(listingHappenings(listing({ price: 1 }), imported, 2)).toEqual([]);
    expect(names(listingHappenings(listing({ price: 100 }), imported, 3))).toEqual(["price_changed 0.1"]);
    const undone = { import_id: record, row: 1 };
    expect(listingHappenings(listing({ price: 1 }), listing({ undone }), 3)).toEqual([]);
    expect(names(listingHappenings(listing({ price: 100, undone }), listing({ undone }), 4))).toEqual([
      "price_changed 0.1",
    ]);
  });
});

const client = (more: Partial<StoredClient> = {}) =>
  ({
    ...{ id: record, brokerage_id, version: 1, owner_user_id: user, team_id: null, written, lead_score: 42 },
    ...{
      lead_source: "zillow",
      nurture_status: "new",
      first_responded_at: null,
      created_at: ago(1),
      ...more,
    },
  }) as StoredClient;

describe("a client", () => {
  test("moves between nurture statuses, and is responded to in minutes where they came by an enquiry", () => {
    expect(names(clientHappenings(undefined, client(), 1))).toEqual(["client_status_changed >new"]);
    const responded = { first_responded_at: ago(0.5), nurture_status: "warm" } as const;
    expect(names(clientHappenings(client(), client(responded), 2))).toEqual([
      "client_status_changed new>warm",
    ]);
    const [, response] = clientHappenings(client(), client({ ...responded, came_by_enquiry: true }), 2);
    expect(response).toEqual({
      ...{ metric_type: "first_response", value: 720, at: ago(0.5) },
      about: { client_id: record, user_id: user, source: "zillow", lead_score: 42, is_lead: true },
    });
    expect(clientHappenings(undefined, client({ import: mark(1) }), 1)).toEqual([]);
    // A score that moves carries the import's mark on, so that it can still be undone.
    const hot = { nurture_status: "hot", import: mark(2) } as const;
    expect(clientHappenings(client(), client(hot), 2)).toEqual([]);
    expect(
      names(clientHappenings(client(), client({ ...hot, scored: { version: 2, since: 1 } }), 2)),
    ).toEqual(["client_status_changed new>hot"]);
  });

  const said = (more: Partial<StoredInteraction>) =>
    ({
      client_id: record,
      user_id: team,
      type: "call",
      occurred_at: ago(0),
      written,
      ...more,
    }) as StoredInteraction;

  test("is in contact with a person: not with a note, a key or by itself", () => {
    expect(names(interactionHappenings(said({}), client()))).toEqual(["contact call"]);
    expect(interactionHappenings(said({}), client())[0]!.about.user_id).toBe(team);
    expect(names(interactionHappenings(said({ type: "meeting" }), client()))).toEqual([
      "contact meeting",
      "appointment 1",
    ]);
    for (const more of [
      { type: "note" },
      { user_id: null },
      { written: { ...written, api_key_id: record } },
    ] as const)
      expect(interactionHappenings(said(more), client())).toEqual([]);
    const note = { type: "note", user_id: null } as const;
    const enquiry = (is_first: boolean) => said({ ...note, enquiry: { is_first, property_id: null } });
    expect(names(interactionHappenings(enquiry(true), client()))).toEqual(["lead_received 1"]);
    expect(interactionHappenings(enquiry(false), client())).toEqual([]);
  });
});

describe("what Gable notes itself", () => {
  const of = {
    brokerage_id,
    entity_type: "client",
    entity_id: record,
    by: ["client", record, 2],
    at: ago(0),
    written,
  };
  const happened = { metric_type: "contact", value: "call", about: {} } as const;

  test("is the same event when it is told again, later", () => {
    const [one, again] = [now, new Date(ago(-0.5))].map((at) => ownEvent(of, happened, at));
    expect(eventKey(again!)).toEqual(eventKey(one!));
    expect(ownEvent({ ...of, by: ["client", record, 3] }, happened, now).id).not.toBe(one!.id);
    expect(ownEvent(of, { ...happened, metric_type: "appointment" }, now).id).not.toBe(one!.id);
    expect(one!.user_id).toBe(user);
    for (const stamp of [
      { ...written, api_key_id: record },
      { ...written, by: "takeEnquiry" },
    ])
      expect(ownEvent({ ...of, written: stamp }, happened, now).user_id).toBeNull();
  });

  test("counts when it happened, or when it was noted where that was more than seven days later", () => {
    const at = (days: number) => ownEvent(of, { ...happened, at: ago(days) }, now).occurred_at;
    expect([at(6), at(8)]).toEqual([ago(6), ago(0)]);
  });
});
