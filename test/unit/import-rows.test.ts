import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { type Position, readChunk } from "../../shared/domain/import/chunk.ts";
import { columnsOf, fields, guesses } from "../../shared/domain/import/columns.ts";
import { grouped } from "../../shared/domain/import/groups.ts";
import { propertyId } from "../../shared/domain/import/identity.ts";
import { afterRow, readRow } from "../../shared/domain/import/row.ts";
import { day, number, propertyType, status } from "../../shared/domain/import/values.ts";
import type { Problem } from "../../shared/domain/problem.ts";
import { id as idSchema } from "../../shared/domain/schemas.ts";

const as = { owner_user_id: "owner", now: new Date("2026-01-02T03:04:05.678Z") };
const rowOf = (cells: Record<string, unknown>, mapping = {}, defaults = {}) =>
  readRow(cells, columnsOf(Object.keys(cells), mapping), defaults);
const errorsOf = (cells: Record<string, unknown>) => {
  try {
    rowOf(cells);
    return [];
  } catch (error) {
    return (error as Problem).errors;
  }
};

describe("columns", () => {
  test("go by our names, RESO's and those of the King County file", () => {
    expect(columnsOf(fields, {}).of).toEqual(Object.fromEntries(fields.map((field) => [field, field])));
    const reso =
      "ListingKey,UnparsedAddress,StateOrProvince,PostalCode,Latitude,Longitude,BedroomsTotal,LivingArea";
    expect(Object.keys(columnsOf(reso.split(","), {}).of).sort()).toEqual(
      [
        "source_key",
        "address",
        "state_or_province",
        "postal_code",
        "lat",
        "lng",
        "bedrooms",
        "size_sqft",
      ].sort(),
    );
  });

  test("a name is in no two fields, or guessing would be a lottery", () => {
    const names = Object.values(guesses).flat();
    expect(names.length).toBe(new Set(names).size);
  });

  test("the mapping goes before the guess, and null ignores", () => {
    const { of, ignored } = columnsOf(["price", "Cost", "id", "note"], { Cost: "price", id: null });
    expect(of).toEqual({ price: "Cost" });
    expect(ignored).toEqual(["price", "id", "note"]);
  });

  test("of two columns for a field the better name wins, whatever their order", () => {
    for (const header of [
      ["ListPrice", "price"],
      ["price", "ListPrice"],
    ])
      expect(columnsOf(header, {}).of).toEqual({ price: "price" });
    expect(columnsOf(["constructor", "__proto__"], {})).toEqual({
      of: {},
      ignored: ["constructor", "__proto__"],
    });
  });
});

describe("values", () => {
  test.each([
    ["$1,250,000", 1_250_000],
    [" 2.25 ", 2.25],
    ["2.219e+05", 221_900],
    [0, 0],
    ["", undefined],
    ["N/A", undefined],
    [null, undefined],
  ])("%j is the number %j", (cell, value) => expect(number(cell)).toEqual({ value }));
  test.each(["3+1", "ten", "1.2.3", "0x10", "Infinity", true])("%j is no number", (cell) =>
    expect(number(cell)).toHaveProperty("fault"),
  );
  test.each(["2014-10-13", "20141013T000000", "20141013", "2014-10-13T07:00:00Z", "10/13/2014"])(
    "%s is a day",
    (cell) => expect(day(cell)).toEqual({ value: "2014-10-13" }),
  );
  test.each(["2014-13-10", "20140230", "yesterday", "2014", "13.10.2014"])("%s is no day", (cell) =>
    expect(day(cell)).toHaveProperty("fault"),
  );
  test("types and statuses go by RESO's names; an unknown type is other, an unknown status a fault", () => {
    expect(propertyType("Single Family Residence")).toEqual({ value: "house" });
    expect(propertyType("Houseboat")).toEqual({ value: "other" });
    expect(status("Active Under Contract")).toEqual({
      value: { status: "under_offer", contract_status: "active_under_contract" },
    });
    expect(status("Withdrawn")).toHaveProperty("fault");
  });
});

describe("a row", () => {
  const sold = { id: "7", date: "20141013T000000", price: "221900", bedrooms: "33", bathrooms: "0" };

  test("with a sale date is a sale: its price is what was paid, its title the source's id", () => {
    expect(afterRow(undefined, rowOf(sold), as)).toMatchObject({
      title: "7",
      property_type: "house",
      status: "sold",
      price: 221900,
      close_price: 221900,
      original_price: 221900,
      close_date: "2014-10-13",
      contract_date: "2014-10-13",
      listed_at: "2014-10-13T00:00:00.000Z",
      bedrooms: 33,
      bathrooms: 0,
    });
  });

  test("in square metres is kept in square feet; LivingArea is what the mapping says", () => {
    const metric = { id: "m", price: 400000, LivingArea: 100, lot_sqm: "1,000" };
    expect(afterRow(undefined, rowOf(metric, { LivingArea: "size_sqm" }), as)).toMatchObject({
      size_sqft: 1076.39,
      lot_sqft: 10763.91,
    });
  });

  test("of RESO keeps asking and closing price apart, counts half baths as halves and joins the street", () => {
    const row = {
      ListingKey: "k",
      StandardStatus: "Closed",
      ListPrice: 500000,
      ClosePrice: 510000,
      CloseDate: "2024-05-02",
      PurchaseContractDate: "2024-04-01",
      BathroomsTotalInteger: 3,
      BathroomsFull: 2,
      BathroomsHalf: 1,
      StreetNumber: "12",
      StreetName: "Pike",
      StreetSuffix: "St",
      UnitNumber: "4",
    };
    expect(afterRow(undefined, rowOf(row), as)).toMatchObject({
      title: "12 Pike St #4",
      price: 510000,
      close_price: 510000,
      original_price: 500000,
      contract_date: "2024-04-01",
      bathrooms: 2.5,
    });
  });

  test("that is no sale leaves out what only sales have; zeros are no place", () => {
    const row = { id: "1", price: 5, status: "Active", PurchaseContractDate: "2024-01-01", lat: 0, lng: 0 };
    expect(afterRow(undefined, rowOf(row), as)).toMatchObject({
      status: "active",
      contract_date: null,
      location: null,
    });
  });

  test("sold on a day that nobody knows is not sold today", () => {
    expect(afterRow(undefined, rowOf({ id: "1", price: 5, status: "sold" }), as)).toMatchObject({
      close_date: null,
    });
  });

  test("names the column of each fault, once", () => {
    expect(errorsOf({ ...sold, price: "-1" })).toEqual([
      { path: "/price", message: "must be at least 0.01" },
    ]);
    expect(errorsOf({ ...sold, date: "then", "lat/x": 1 })).toEqual([
      { path: "/date", message: 'must be a date, not "then"' },
    ]);
    expect(errorsOf({ id: "1", price: 1, lat: 47 })).toEqual([{ path: "/lng", message: "is required" }]);
    expect(errorsOf({ price: 1 })).toEqual([{ path: "/title", message: "is required" }]);
    expect(errorsOf({ id: "caf\ufffd", price: 1 })).toEqual([{ path: "/id", message: "is not UTF-8" }]);
  });

  test("again changes nothing; another changes what it says and leaves the rest", () => {
    const defaults = { city: "Seattle" };
    const first = afterRow(undefined, rowOf(sold, {}, defaults), as)!;
    expect(afterRow(first, rowOf(sold, {}, defaults), as)).toBeUndefined();
    const edited = { ...first, city: "Renton", description: "By hand" };
    const next = afterRow(edited, rowOf({ ...sold, bedrooms: "3" }, {}, defaults), as);
    expect(next).toEqual({ ...edited, bedrooms: 3 });
  });
});

describe("identity", () => {
  const of = (cells: Record<string, unknown>) =>
    propertyId("brokerage", rowOf({ price: 1, ...cells }).identity);
  const first = of({ id: "7", date: "2014-10-13" });

  test("is a UUIDv7 of the sale date, the same each time, another in another brokerage", () => {
    expect(idSchema.safeParse(first).success).toBe(true);
    expect(Number.parseInt(first.replace("-", "").slice(0, 12), 16)).toBe(Date.parse("2014-10-13"));
    expect(of({ id: "7", date: "20141013T000000", bedrooms: 5 })).toBe(first);
    expect(propertyId("other", rowOf({ id: "7", price: 1, date: "2014-10-13" }).identity)).not.toBe(first);
  });

  test("differs by source, key and sale date", () => {
    const all = [
      first,
      of({ id: "7", date: "2015-10-13" }),
      of({ id: "7" }),
      of({ id: "8", date: "2014-10-13" }),
      of({ id: "7", date: "2014-10-13", source_system: "MLS" }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });

  test("without a key is the address, without an address the row", () => {
    expect(of({ address: "1 Pike St", city: "Seattle" })).toBe(
      of({ address: "1 PIKE ST", city: "seattle", bedrooms: 2 }),
    );
    expect(of({ address: "1 Pike St", city: "Tacoma" })).not.toBe(
      of({ address: "1 Pike St", city: "Seattle" }),
    );
    expect(of({ title: "A" })).not.toBe(of({ title: "A", bedrooms: 2 }));
  });

  test("of a sale before 1970 is one too", () => {
    expect(idSchema.safeParse(of({ id: "7", date: "1931-05-01" })).success).toBe(true);
  });
});

test("the King County file: 21,613 rows, all taken, 177 houses twice", async () => {
  const url = new URL("../../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url);
  const bytes = gunzipSync(readFileSync(url));
  const ids = new Set<string>();
  const keys = new Set<string>();
  let at: Position = { offset: 0, row: 0, header: null };
  while (at.offset < bytes.length) {
    const options = { format: "csv", mapping: {}, accepts: () => undefined } as const;
    const { offset } = at;
    const body = (async function* () {
      for (let from = offset; from < bytes.length; from += 65_536) yield bytes.subarray(from, from + 65_536);
    })();
    const chunk = await readChunk(body, at, options);
    const { groups, failed } = grouped(chunk.rows, { brokerage_id: "b", defaults: {} });
    expect(failed).toBe(0);
    for (const { id, rows } of groups) {
      ids.add(id);
      for (const { said } of rows) keys.add(String(said.body.source_key));
    }
    at = chunk.next;
  }
  expect([at.row, ids.size, ids.size - keys.size]).toEqual([21_613, 21_613, 177]);
});
