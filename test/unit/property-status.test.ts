import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecord } from "../../shared/data/records.ts";
import { indexes } from "../../shared/data/schema.ts";
import type { Item } from "../../shared/data/table.ts";
import { NewProperty, Property, type PropertyPatch, propertyStatuses } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { changedProperty, mayFollow, newProperty } from "../../shared/domain/property-status.ts";

const now = new Date("2026-03-02T17:05:00.000Z");
const [id, owner] = ["019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f", "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e50"];
const created = (body: object) =>
  newProperty(NewProperty.parse({ title: "A house", property_type: "house", price: 500_000, ...body }), {
    owner_user_id: owner,
    now,
  });
const problem = (code: string, path?: string) =>
  expect.objectContaining({ code, ...(path ? { errors: [{ path, message: expect.any(String) }] } : {}) });

describe("a new property", () => {
  test("needs title, type and price; what is not known is null", () => {
    const property = created({});
    expect(property).toMatchObject({
      status: "active",
      currency: "USD",
      original_price: 500_000,
      listed_at: now.toISOString(),
      owner_user_id: owner,
      bedrooms: null,
      location: null,
      close_date: null,
    });
    const all = { id, version: 1, created_at: now.toISOString(), updated_at: now.toISOString() };
    expect(Property.parse({ ...all, ...property })).toEqual({ ...all, ...property });
    for (const name of ["title", "property_type", "price"])
      expect(
        NewProperty.safeParse({ title: "A", property_type: "land", price: 1, [name]: undefined }).success,
      ).toBe(false);
  });

  test("keeps odd values and refuses impossible ones", () => {
    expect(created({ bedrooms: 33, bathrooms: 0.25, size_sqft: 1, year_built: 1600 })).toMatchObject({
      bedrooms: 33,
    });
    const refused: object[] = [
      { price: 0 },
      { price: -1 },
      { price: 1e12 + 1 },
      { price: "1" },
      { bathrooms: 1.3 },
      { bedrooms: 2.5 },
      { condition: 6 },
      { location: { lat: 91, lng: 0 } },
      { location: { lat: 0 } },
      { country: "usa" },
      { currency: "usd" },
      { close_date: "2026-02-30" },
      { title: " " },
      { id },
    ];
    for (const wrong of refused)
      expect([
        wrong,
        NewProperty.safeParse({ title: "A", property_type: "land", price: 1, ...wrong }).success,
      ]).toEqual([wrong, false]);
  });

  test("numbers are kept to the places that the table holds", () => {
    const property = created({ price: 1.239, location: { lat: 5e-324, lng: -122.12345678 } });
    expect(property).toMatchObject({ price: 1.24, location: { lat: 0, lng: -122.1234568 } });
  });

  test("may be a past sale, and says what does not belong to its status", () => {
    const sale = created({ status: "sold", close_price: 510_000, close_date: "2025-05-05" });
    expect(sale).toMatchObject({ close_price: 510_000, close_date: "2025-05-05", contract_date: null });
    expect(() => created({ close_price: 1 })).toThrow(problem("invalid_input", "/close_price"));
    expect(() => created({ contract_date: "2026-01-01" })).toThrow(
      problem("invalid_input", "/contract_date"),
    );
    expect(() => created({ status: "sold", contract_date: "2026-02-01", close_date: "2026-01-01" })).toThrow(
      problem("invalid_input", "/close_date"),
    );
  });
});

describe("the status of a property", () => {
  test.each(propertyStatuses.flatMap((from) => propertyStatuses.map((to) => [from, to] as const)))(
    "%s to %s as the table says",
    (from, to) => {
      const property = created({ status: from });
      const move = () => changedProperty(property, { status: to }, { now });
      if (from === to || (mayFollow[from] as readonly string[]).includes(to))
        expect(move()).toMatchObject({ status: to });
      else expect(move).toThrow(problem("invalid_transition"));
    },
  );

  test("a deal from offer to closing and back", () => {
    const later = { now: new Date("2026-04-01T10:00:00.000Z") };
    const offer = changedProperty(created({}), { status: "under_offer" }, { now });
    expect(offer).toMatchObject({ contract_status: "active_under_contract", contract_date: "2026-03-02" });
    const sold = changedProperty(offer, { status: "sold", close_price: 490_000 }, later);
    expect(sold).toMatchObject({
      contract_status: null,
      contract_date: "2026-03-02",
      close_date: "2026-04-01",
    });
    const back = changedProperty(sold, { status: "under_offer", contract_status: "pending" }, later);
    expect(back).toMatchObject({
      contract_status: "pending",
      contract_date: "2026-03-02",
      close_price: null,
    });
    const active = changedProperty(back, { status: "active", price: 480_000 }, later);
    expect(active).toMatchObject({ contract_date: null, contract_status: null, close_date: null });
    expect(active).toMatchObject({ original_price: 500_000, listed_at: now.toISOString() });
    expect(() => changedProperty(active, { close_price: 1 }, later)).toThrow(
      problem("invalid_input", "/close_price"),
    );
  });
});

test("a merge patch keeps what it does not name, half of a location too", () => {
  const property = created({ location: { lat: 47.5, lng: -122 }, bedrooms: 3 });
  const next = changedProperty(property, { location: { lat: 48 }, bedrooms: null }, { now });
  expect(next).toEqual({ ...property, location: { lat: 48, lng: -122 }, bedrooms: null });
  expect(() => changedProperty(created({}), { location: { lat: 48 } }, { now })).toThrow(
    problem("invalid_input", "/location/lng"),
  );
});

const patches = fc.record(
  {
    status: fc.constantFrom(...propertyStatuses),
    price: fc.integer({ min: 1, max: 1e6 }),
    location: fc.option(
      fc.record({ lat: fc.integer({ min: -90, max: 90 }), lng: fc.integer({ min: -180, max: 180 }) }),
    ),
    close_price: fc.option(fc.integer({ min: 1, max: 1e6 })),
    bedrooms: fc.option(fc.nat(9)),
  },
  { requiredKeys: [] },
) as fc.Arbitrary<PropertyPatch>;

test("whatever happens to a property, its item stands in exactly the indexes it belongs to", () => {
  fc.assert(
    fc.property(fc.array(patches, { maxLength: 12 }), (steps) => {
      let property = created({});
      for (const patch of steps) {
        try {
          property = changedProperty(property, patch, { now });
        } catch {
          continue;
        }
        const written = { by: owner, ip: null, operation_id: id };
        const { writes } = createRecord(propertyRecord, id, property, { now, written, newId: () => id });
        const item = writes[0]!.Put.Item as Item;
        const standsIn = Object.entries(indexes).flatMap(([name, { partition, sort }]) =>
          Object.entries({ ...partition, ...sort }).every(
            ([attribute, type]) => typeof item[attribute] === (type === "N" ? "number" : "string"),
          )
            ? [name]
            : [],
        );
        const { status, location, close_price, bedrooms } = property;
        const located = location ? ["place"] : [];
        const sale = location && status === "sold" && close_price ? ["sale"] : [];
        const roomy = bedrooms === null ? [] : ["state_bedrooms"];
        const always = ["kind_at", "kind_changed", "state_at", "state_rank", "audience_at"];
        expect(standsIn.sort()).toEqual([...always, ...located, ...sale, ...roomy].sort());
        expect(Object.values(item)).not.toContain(null);
        expect("facts" in item).toBe(sale.length > 0);
      }
    }),
    { numRuns: 500 },
  );
});
