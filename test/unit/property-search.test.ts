import { expect, test } from "vitest";
import type { ListedProperty } from "../../shared/domain/property.ts";
import { filtersOf, PropertyQuery } from "../../shared/domain/property-search.ts";

const summary = {
  title: "Craftsman near Green Lake",
  address: "7420 Woodlawn Ave NE",
  city: "Seattle",
  postal_code: "98115",
  price: 725_000,
  bedrooms: 3,
  status: "active",
  property_type: "house",
  updated_at: "2026-03-02T17:05:00.000Z",
} as ListedProperty;

const finds = (query: Record<string, string>) =>
  [...filtersOf(PropertyQuery.parse(query)).values()].every((holds) => holds(summary));

test.each([
  [{ q: "green CRAFTSMAN" }, true],
  [{ q: "98115 woodlawn" }, true],
  [{ q: "craftsman ballard" }, false],
  [{ city: "SEATTLE" }, true],
  [{ city: "Seat" }, false],
  [{ min_price: "725000", max_price: "725000" }, true],
  [{ min_price: "725000.01" }, false],
  [{ min_bedrooms: "3" }, true],
  [{ min_bedrooms: "4" }, false],
  // Not known is not enough.
  [{ min_bathrooms: "0" }, false],
  [{ updated_since: "2026-03-02T17:05:00Z" }, true],
  [{ updated_since: "2026-03-02T17:05:00.001Z" }, false],
  [{ status: "sold" }, false],
  [{ property_type: "house", status: "active" }, true],
] as [Record<string, string>, boolean][])("%o finds: %s", (query, expected) => {
  expect(finds(query)).toBe(expected);
});

test.each(["47.5,-122.3", "0,0", "-90,180", "90.0,-180.000", "47.6, -122.3"])(
  "near=%s is a place",
  (near) => {
    expect(PropertyQuery.safeParse({ near }).success).toBe(true);
  },
);

test.each([
  "47.5",
  "91,0",
  "0,181",
  "90.1,0",
  "47.5 ,-122",
  "47.5,  -122",
  " 47.5,-122",
  "a,b",
  "1e2,0",
  "47.5,-122.3,5",
  "",
])("near=%s is none", (near) => {
  expect(PropertyQuery.safeParse({ near }).success).toBe(false);
});

test("radius_km without near, and sort with it, are refused by name", () => {
  const path = (query: object) =>
    PropertyQuery.safeParse(query).error?.issues.map((issue) => issue.path.join());
  expect(path({ radius_km: "5" })).toEqual(["radius_km"]);
  expect(path({ near: "1,1", sort: "price" })).toEqual(["sort"]);
  expect(path({ near: "1,1", radius_km: "51" })).toEqual(["radius_km"]);
});

test("bounds are a box: from south to north, from west to east, also across the antimeridian", () => {
  const said = (query: object) =>
    PropertyQuery.safeParse(query).error?.issues.map((issue) => issue.path.join()) ?? [];
  for (const bounds of ["47.6,-122.45,47.7,-122.3", "-17, 179.5, -16, -179.5", "0,0,20,20"])
    expect(said({ bounds }), bounds).toEqual([]);
  for (const bounds of [
    "47.7,-122.45,47.6,-122.3",
    "0,0,0,1",
    "0,0,1,0",
    "0,0,21,1",
    "0,0,1,21",
    "0,1,1,0",
    "1,2,3",
    "0,0,91,1",
  ])
    expect(said({ bounds }), bounds).toEqual(["bounds"]);
  expect(said({ bounds: "0,0,1,1", sort: "price" })).toEqual(["sort"]);
});
