import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { columnsOf, type Mapping } from "../../shared/domain/import/columns.ts";
import { imported } from "../../shared/domain/import/progress.ts";
import { aliases, type Field, fields, propertyFields } from "../../shared/domain/import/property/columns.ts";
import { propertyId } from "../../shared/domain/import/property/identity.ts";
import { afterRow } from "../../shared/domain/import/property/row.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { id as idSchema } from "../../shared/domain/schemas.ts";
import { importOf, rowOf } from "../import-reader.ts";

const as = { owner_user_id: "owner", now: new Date("2026-01-02T03:04:05.678Z") };
const errorsOf = (cells: Record<string, unknown>) => {
  try {
    rowOf(cells);
    return [];
  } catch (error) {
    return (error as Problem).errors;
  }
};
const newOf = (cells: Record<string, unknown>) => afterRow(undefined, rowOf(cells)!, as)!;
const none = new Map<string, Field | null>();

const propertyColumns = (header: readonly string[], mapping: Mapping) =>
  columnsOf(header, mapping, propertyFields);

describe("columns", () => {
  test("go by our names, RESO's and those of the King County file", () => {
    expect(propertyColumns(fields, none).of).toEqual(
      Object.fromEntries(fields.map((field) => [field, field])),
    );
    const reso =
      "ListingKey,UnparsedAddress,StateOrProvince,PostalCode,Latitude,Longitude,BedroomsTotal,LivingArea";
    expect(Object.keys(propertyColumns(reso.split(","), none).of).sort()).toEqual(
      ["source_key", "address", "state_or_province", "postal_code", "lat", "lng", "bedrooms", "size"].sort(),
    );
  });

  test.each([
    ["MLS #", "source_key"],
    ["BR", "bedrooms"],
    ["# Bedrooms", "bedrooms"],
    ["DOM", "days_on_market"],
    ["Sq. Ft.", "size_sqft"],
    ["ZIP OR POSTAL CODE", "postal_code"],
    ["LotSizeAcres", "lot_acres"],
    ["LivingAreaUnits", "size_units"],
    ["Date of Transfer", "close_date"],
    ["saon", "unit_number"],
  ])("%s is %s", (column, field) => expect(propertyColumns([column], none).of).toEqual({ [field]: column }));

  test("what a listing service says may not be shown is not shown: RESO's remarks and displays", () => {
    const said = (cell: unknown) => ({
      ...{ ListingKey: "1", ListPrice: 500_000, PublicRemarks: "Two blocks from the lake" },
      ...{
        PrivateRemarks: "Ring twice",
        InternetEntireListingDisplayYN: cell,
        InternetAddressDisplayYN: cell,
      },
    });
    for (const no of ["N", "no", "False", "0", 0, false])
      expect(newOf(said(no))).toMatchObject({
        ...{ internet_display: false, internet_address_display: false },
        ...{ description: "Two blocks from the lake", private_remarks: "Ring twice" },
      });
    for (const yes of ["Y", "TRUE", 1, true, "", undefined])
      expect(newOf(said(yes))).toMatchObject({ internet_display: true, internet_address_display: true });
    expect(errorsOf(said("maybe"))?.map(({ path }) => path)).toEqual([
      "/InternetEntireListingDisplayYN",
      "/InternetAddressDisplayYN",
    ]);
  });

  test("a name is in no two fields, or which one it means would be a lottery", () => {
    const names = Object.values(aliases).flat();
    expect(names.length).toBe(new Set(names).size);
  });

  test("the mapping goes before the guess, and null ignores", () => {
    const mapping = new Map<string, Field | null>([
      ["Cost", "price"],
      ["id", null],
    ]);
    const { of, ignored } = propertyColumns(["price", "Cost", "id", "note"], mapping);
    expect(of).toEqual({ price: "Cost" });
    expect(ignored).toEqual(["price", "id", "note"]);
  });

  test("of two columns for a field the better name wins, whatever their order", () => {
    for (const header of [
      ["SalePrice", "ClosePrice"],
      ["ClosePrice", "SalePrice"],
    ])
      expect(propertyColumns(header, none).of).toEqual({ close_price: "ClosePrice" });
    expect(propertyColumns(["constructor", "__proto__"], none)).toMatchObject({
      of: {},
      ignored: ["constructor", "__proto__"],
    });
  });

  test("a name that is longer than any is no field's, whatever it says", () => {
    expect(propertyColumns([`p${"-".repeat(450_000)}rice`], none).of).toEqual({});
  });
});

describe("a row", () => {
  const sold = { id: "7", date: "20141013T000000", price: "221900", bedrooms: "33", bathrooms: "0" };

  test("with a sale date is a sale: its price is what was paid, its title the source's id", () => {
    expect(newOf(sold)).toMatchObject({
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
    expect(newOf(row)).toMatchObject({
      title: "12 Pike St #4",
      price: 500000,
      close_price: 510000,
      original_price: 500000,
      contract_date: "2024-04-01",
      bathrooms: 2.5,
    });
  });

  test("that is no sale leaves out what only sales have; zeros are no place", () => {
    const row = { id: "1", price: 5, status: "Active", PurchaseContractDate: "2024-01-01", lat: 0, lng: 0 };
    expect(newOf(row)).toMatchObject({
      status: "active",
      contract_date: null,
      location: null,
    });
  });

  test("sold on a day that nobody knows is not sold today", () => {
    expect(newOf({ id: "1", price: 5, status: "sold" })).toMatchObject({
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
    const first = afterRow(undefined, rowOf(sold, defaults)!, as)!;
    expect(afterRow(first, rowOf(sold, defaults)!, as)).toBeUndefined();
    const edited = { ...first, city: "Renton", description: "By hand" };
    const next = afterRow(edited, rowOf({ ...sold, bedrooms: "3" }, defaults)!, as);
    expect(next).toEqual({ ...edited, bedrooms: 3 });
  });
});

test("whatever stands in its cells, a row is a property, skipped or a problem: nothing else is thrown", () => {
  const odd = [
    ...[
      "",
      " ",
      "1e400",
      "-0",
      "1e21",
      "9".repeat(400),
      "1,5.2,3",
      "\ud800",
      "__proto__",
      "2024-02-30",
      "99/99/9999",
    ],
    ...[
      "Closed",
      "Sold",
      "Active",
      "Leased",
      "3/1",
      "1.5 acres",
      "NaN",
      "253402300800000",
      "0000-00-00",
      "24:00",
    ],
    ...[Number.MAX_VALUE, -1, 1e-320, 1e300, 253402300800000, true, null, [], {}, { lat: "x", lng: 1e9 }],
  ];
  const cell = fc.oneof(fc.constantFrom<unknown>(...odd), fc.string(), fc.double(), fc.integer());
  const row = fc.dictionary(fc.constantFrom(...fields), cell, { maxKeys: 30 });
  fc.assert(
    fc.property(row, (cells) => {
      try {
        const read = rowOf({ source_key: "a", price: 1, ...cells });
        if (read) afterRow(undefined, read, as);
      } catch (error) {
        expect(error).toBeInstanceOf(Problem);
      }
    }),
    { numRuns: 3000 },
  );
});

test("an import's lists keep what there is room for; sabotage: all of it would be too large for the table", () => {
  const lists = { errors: [], columns_ignored: [], types_unknown: [] };
  const counts = { rows_created: 0, rows_updated: 0, rows_unchanged: 0, rows_failed: 0 };
  const job = { ...lists, ...counts, rows_skipped: 0, rows_type_unknown: 0 } as never;
  const names = Array.from({ length: 500 }, (_, at) => `${at}${"€".repeat(190)}`);
  const unread = {
    errors: names.map((name, at) => ({ row: at + 1, path: `/${name}`, message: name })),
    failed: 500,
    skipped: 0,
    unknownTypes: new Map(names.map((name) => [name, 1])),
  };
  const kept = imported(job, { ignored: new Set(names) }, unread, []);
  const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
  expect(kept).toMatchObject({ rows_failed: 500, rows_type_unknown: 500 });
  expect(kept.errors![0]).toEqual(unread.errors[0]);
  expect(bytes(kept)).toBeLessThan(100_000);
  expect(bytes([unread.errors, names, names])).toBeGreaterThan(400_000);
});

describe("identity", () => {
  const of = (cells: Record<string, unknown>) =>
    propertyId("brokerage", rowOf({ price: 1, ...cells })!.identity);
  const first = of({ id: "7", date: "2014-10-13" });

  test("is a UUIDv7 of the sale date, the same each time, another in another brokerage", () => {
    expect(idSchema.safeParse(first).success).toBe(true);
    expect(Number.parseInt(first.replace("-", "").slice(0, 12), 16)).toBe(Date.parse("2014-10-13"));
    expect(of({ id: "7", date: "20141013T000000", bedrooms: 5 })).toBe(first);
    expect(propertyId("other", rowOf({ id: "7", price: 1, date: "2014-10-13" })!.identity)).not.toBe(first);
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
  const { rows, errors, ids, properties } = await importOf(gunzipSync(readFileSync(url)));
  const keys = new Set(properties.map(({ source_key }) => source_key));
  expect([rows, errors, new Set(ids).size, ids.length - keys.size]).toEqual([21_613, [], 21_613, 177]);
});
