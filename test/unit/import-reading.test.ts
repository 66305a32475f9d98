import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { importOf } from "../import-reader.ts";

const csv = (header: string, ...rows: string[]) => [header, ...rows, ""].join("\n");
const only = async (...args: Parameters<typeof importOf>) => {
  const { properties, errors, reason } = await importOf(...args);
  expect([errors, reason]).toEqual([[], undefined]);
  return properties;
};

describe("numbers", () => {
  test("a column with decimal commas has points for thousands, in each of its rows", async () => {
    const file = csv(
      "id;price;size_sqm;baths;lot_sqm",
      "a;275.000;1.104;1,5;1.250",
      "b;1.050.000,50;96,4;2;88,25",
      "c;98 500;75;1;640",
    );
    expect(await only(file)).toMatchObject([
      { price: 275_000, size_sqft: 11_883.36, bathrooms: 1.5, lot_sqft: 13_454.89 },
      { price: 1_050_000.5, size_sqft: 1037.64, bathrooms: 2, lot_sqft: 949.92 },
      { price: 98_500, size_sqft: 807.29, bathrooms: 1, lot_sqft: 6888.9 },
    ]);
  });

  test("and one with decimal points has commas for thousands", async () => {
    const file = csv("id,price,sqft,baths", 'a,"$275,000","1,104",1.5', 'b,"1,050,000.50",964,2');
    expect(await only(file)).toMatchObject([
      { price: 275_000, size_sqft: 1104, bathrooms: 1.5 },
      { price: 1_050_000.5, size_sqft: 964, bathrooms: 2 },
    ]);
  });

  test("a comma stands only before groups of three", async () => {
    const file = csv("id,price,sqft", 'a,"1,2,3,4",900', 'b,"45,00,000",900', 'c,"1,234.5",900');
    const { errors, properties } = await importOf(file);
    expect(errors.map(({ row, path }) => [row, path])).toEqual([
      [1, "/price"],
      [2, "/price"],
    ]);
    expect(properties).toMatchObject([{ price: 1234.5 }]);
  });

  test("what can be read both ways is refused with the column and the option, and the option decides", async () => {
    const file = csv("id,price,lot_sqft", 'a,300000,"12,500"', 'b,310000,"10,250"');
    expect(await importOf(file)).toMatchObject({
      failed: true,
      reason: 'The column "lot_sqft" can be read in two ways, for example "12,500": set `decimal`',
    });
    expect(await only(file, { decimal: "." })).toMatchObject([{ lot_sqft: 12_500 }, { lot_sqft: 10_250 }]);
    expect(await only(file, { decimal: "," })).toMatchObject([{ lot_sqft: 12.5 }, { lot_sqft: 10.25 }]);
  });

  test("another column that says how this file is written decides for one that does not", async () => {
    expect(await only(csv("id,price,lot_sqft", 'a,"300,000","12,500"'))).toMatchObject([
      { lot_sqft: 12_500 },
    ]);
    expect(await only(csv("id;price;lot_sqm", "a;300.000;12.500"))).toMatchObject([{ lot_sqft: 134_548.88 }]);
    // Coordinates keep their point in a file of commas.
    const mixed = csv("id;price;lot_sqm;lat;lng", "a;300.000,00;1.250;52.3702;4.8952");
    expect(await only(mixed)).toMatchObject([
      { lot_sqft: 13_454.89, location: { lat: 52.3702, lng: 4.8952 } },
    ]);
  });

  test("a cell that decides in the last row decides for the first", async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => `${at};300000;12.500`);
    const file = csv("id;price;lot_sqm", ...rows, "z;300000;88,5");
    const properties = await only(file, { most: 700 });
    expect(properties[0]).toMatchObject({ lot_sqft: 134_548.88 });
    expect(properties.at(-1)).toMatchObject({ lot_sqft: 952.61 });
  });

  test.each([
    ["1,850 sq ft", "", 1850],
    ["171 m²", "", 1840.63],
    ["171 m2", "", 1840.63],
    ["185.5 sqm", "", 1996.71],
    ["1850", "Square Feet", 1850],
    ["150", "Square Meters", 1614.59],
  ])("%s with units %j is %d square feet", async (size, units, size_sqft) =>
    expect(await only(csv("id,price,size,size units", `a,1,"${size}",${units}`))).toMatchObject([
      { size_sqft },
    ]),
  );
  test.each([
    ["0.25 acres", "", 10_890],
    ["2 ha", "", 215_278.21],
    ["0.25", "Acres", 10_890],
    ["600", "Square Meters", 6458.35],
  ])("a lot of %s with units %j is %d square feet", async (lot, units, lot_sqft) =>
    expect(await only(csv("id,price,LotSizeArea,LotSizeUnits", `a,1,${lot},${units}`))).toMatchObject([
      { lot_sqft },
    ]),
  );

  test("an area whose unit nobody says is refused, unless `units` or the file's other areas say it", async () => {
    const file = csv("id,price,house size", "a,300000,185");
    expect((await importOf(file)).reason).toMatch(/^The column "house size" has no unit: set `units`/);
    expect(await only(file, { units: "metric" })).toMatchObject([{ size_sqft: 1991.32 }]);
    expect(await only(file, { units: "imperial" })).toMatchObject([{ size_sqft: 185 }]);
    // Zero is not known, and what is no number is its row's fault.
    expect(await only(csv("id,price,house size", "a,300000,0"))).toMatchObject([{ size_sqft: null }]);
    expect((await importOf(csv("id,price,house size", "a,300000,big"))).errors).toMatchObject([{ row: 1 }]);
    const redfin = csv("MLS#,PRICE,SQUARE FEET,LOT SIZE", "1,300000,1800,5100");
    expect(await only(redfin)).toMatchObject([{ size_sqft: 1800, lot_sqft: 5100 }]);
  });

  test("where rows name several units, a bare number is its row's fault", async () => {
    const { errors, properties } = await importOf(
      csv(
        "id,price,LotSizeArea,LotSizeUnits",
        "a,1,0.25,Acres",
        "b,1,5000,Square Feet",
        "c,1,90,",
        "d,1,7,Morgen",
      ),
    );
    expect(properties).toMatchObject([{ lot_sqft: 10_890 }, { lot_sqft: 5000 }]);
    expect(errors).toMatchObject([
      { row: 3, path: "/LotSizeArea", message: "has no unit: set `units`" },
      { row: 4, path: "/LotSizeUnits", message: 'must be a unit of area, not "Morgen"' },
    ]);
  });

  test("a price by area is no area", async () => {
    expect((await importOf(csv("id,price,$/SQUARE FEET", "a,1,300"))).properties).toMatchObject([
      { size_sqft: null },
    ]);
  });

  test.each([
    ["3/1", 3.5],
    ["2F 1H", 2.5],
    ["2 full, 1 half", 2.5],
    ["2F/1H", 2.5],
    ["3F", 3],
    ["2.5 baths", 2.5],
  ])("bathrooms %s are %d", async (baths, bathrooms) =>
    expect(await only(csv("id,price,baths", `a,1,"${baths}"`))).toMatchObject([{ bathrooms }]),
  );

  test.each([
    ["€275.000", 275_000, "EUR"],
    ["275.000 EUR", 275_000, "EUR"],
    ["£275,000", 275_000, "GBP"],
    ["275.000,-", 275_000, "USD"],
    ["$275,000", 275_000, "USD"],
  ])("a price of %s is %d %s", async (said, price, currency) =>
    expect(await only(csv("id,price", `a,"${said}"`))).toMatchObject([{ price, currency }]),
  );

  test("every number survives being written in either way", async () => {
    const numbers = fc.array(fc.integer({ min: 1000, max: 99_999_999 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(numbers, fc.constantFrom("en", "de"), async (cents, language) => {
        const write = new Intl.NumberFormat(language, { minimumFractionDigits: 2 });
        const rows = cents.map((cent, at) => `${at};${write.format(cent / 100)}`);
        const properties = await only(csv("id;price", ...rows));
        expect(properties.map(({ price }) => price)).toEqual(cents.map((cent) => cent / 100));
      }),
      { numRuns: 50 },
    );
  });
});

describe("dates", () => {
  const days = async (cells: string[], options = {}) => {
    const read = await importOf(
      csv("id,price,sold date", ...cells.map((cell, at) => `${at},1,"${cell}"`)),
      options,
    );
    return read.reason ?? read.errors[0]?.message ?? read.properties.map(({ close_date }) => close_date);
  };

  test("one 13/02 makes a column day-first, one 02/13 month-first", async () => {
    expect(await days(["05/06/2023", "13/02/2024"])).toEqual(["2023-06-05", "2024-02-13"]);
    expect(await days(["05/06/2023", "02/13/2024"])).toEqual(["2023-05-06", "2024-02-13"]);
    expect(await days(["05.06.2023", "13-02-24"])).toEqual(["2023-06-05", "2024-02-13"]);
  });

  test("what can be read both ways is refused with the column and the option, and the option decides", async () => {
    const cells = ["05/06/2023", "07/08/2023"];
    expect(await days(cells)).toBe(
      'The column "sold date" can be read in two ways, for example "05/06/2023": set `date_order`',
    );
    expect(await days(cells, { date_order: "dmy" })).toEqual(["2023-06-05", "2023-08-07"]);
    expect(await days(cells, { date_order: "mdy" })).toEqual(["2023-05-06", "2023-07-08"]);
    expect(await days(["05/05/2023"])).toEqual(["2023-05-05"]);
  });

  test.each([
    "2024-03-14",
    "20240314",
    "20240314T000000",
    "2024/3/14",
    "2024-03-14T23:30:00-08:00",
    "3/14/2024 12:00:00 AM",
    "14/3/2024 0:00",
    "14-Mar-2024",
    "14-Mar-24",
    "March-14-2024",
    "Mar 14, 2024",
    "14. März 2024",
    "14 mars 2024",
  ])("%s is 14 March", async (cell) => expect(await days([cell])).toEqual(["2024-03-14"]));

  test("two digits of a year are of the last hundred years", async () => {
    expect(await days(["14-Mar-62", "14-Mar-26"])).toEqual(["1962-03-14", "2026-03-14"]);
  });

  test.each(["0203-04-05", "2062-01-02", "2024-02-30", "14-Foo-2024", "45352", "someday"])(
    "%s is a fault of its row",
    async (cell) =>
      expect(await days([cell])).toMatch(/must (not )?be (a date|in the future|more than ten years)/),
  );

  test.each([
    ["2024-03-01T23:30:00-08:00", "2024-03-02T07:30:00.000Z"],
    ["2024-03-01T15:30:00+00:00", "2024-03-01T15:30:00.000Z"],
    ["2024-03-01 15:30:00Z", "2024-03-01T15:30:00.000Z"],
    ["2024-03-01T15:30", "2024-03-01T00:00:00.000Z"],
  ])("a moment of %s is %s", async (cell, listed_at) =>
    expect(await only(csv("id,price,listed_at", `a,1,${cell}`))).toMatchObject([{ listed_at }]),
  );
});

describe("files", () => {
  const rows = [
    ["id", "price", "city"],
    ["a", "300000", "Łódź 😀"],
    ["b", "310000", "Saint-E\u0301tienne"],
  ];
  const cities = [{ city: "Łódź 😀" }, { city: "Saint-Étienne" }];
  const utf16be = (text: string) => Buffer.from(text, "utf16le").swap16();

  test.each([
    ["semicolons", rows.map((row) => row.join(";")).join("\n")],
    ["tabs", rows.map((row) => row.join("\t")).join("\r\n")],
    ["bars", rows.map((row) => row.join("|")).join("\n")],
    ["a line that says the delimiter", `sep=;\r\n${rows.map((row) => row.join(";")).join("\r\n")}`],
    ["UTF-16", Buffer.from(`\ufeff${rows.map((row) => row.join("\t")).join("\n")}`, "utf16le")],
    ["UTF-16 of the other order", utf16be(`\ufeff${rows.map((row) => row.join(",")).join("\n")}`)],
    ["UTF-16 without a mark", Buffer.from(rows.map((row) => row.join(",")).join("\n"), "utf16le")],
  ])("with %s are read, step by step", async (_, file) => {
    expect(await only(file)).toMatchObject(cities);
    expect(await only(file, { most: 1 })).toMatchObject(cities);
  });

  test("JSON in UTF-16 is read", async () => {
    const file = Buffer.from(JSON.stringify([{ id: "a", price: 1, city: "Łódź 😀" }]), "utf16le");
    expect(await only(file, { format: "json" })).toMatchObject([{ city: "Łódź 😀" }]);
  });

  test("without a header say so, and `header` names the columns", async () => {
    const file = '"{AB12}","247500","2024-02-09 00:00","XX1 1AB","S","14","FLAT 2","SOME ROAD"\n';
    expect((await importOf(file)).reason).toMatch(/^The header is missing/);
    const header = ["transaction id", "price", "date", "postcode", "property type", "paon", "saon", "street"];
    expect(await only(file, { header })).toMatchObject([
      {
        address: "14 SOME ROAD FLAT 2",
        close_price: 247_500,
        close_date: "2024-02-09",
        currency: "GBP",
        country: "GB",
      },
    ]);
  });

  test("with two columns of one name are refused, in any case", async () => {
    expect((await importOf(csv("id,price,price", "a,1,2"))).reason).toBe(
      'The header has two columns named "price"',
    );
    expect((await importOf(csv("id,price,Price ", "a,1,2"))).reason).toMatch(/two columns/);
    expect(await only(csv("id,price,,", "a,1,,"))).toHaveLength(1);
  });

  test("short rows are padded, what is too much is a fault, a row of nothing is none", async () => {
    const file = csv("id,price,city", "a,1", "b,2,Salem,,", "c,3,Salem,more", ",,", "d");
    const { properties, errors, rows } = await importOf(file);
    expect(properties).toMatchObject([
      { price: 1, city: null },
      { price: 2, city: "Salem" },
    ]);
    expect([errors, rows]).toEqual([
      [
        { row: 3, path: "", message: "has 4 values for 3 columns" },
        { row: 4, path: "/price", message: "is required" },
      ],
      4,
    ]);
  });
});

describe("exports", () => {
  test("Redfin's download", async () => {
    const header =
      "SALE TYPE,SOLD DATE,PROPERTY TYPE,ADDRESS,CITY,STATE OR PROVINCE,ZIP OR POSTAL CODE,PRICE,BEDS,BATHS," +
      "LOCATION,SQUARE FEET,LOT SIZE,YEAR BUILT,DAYS ON MARKET,STATUS,SOURCE,MLS#,LATITUDE,LONGITUDE";
    const sold =
      "PAST SALE,May-7-2024,Condo/Co-op,8 Made Up Ave #3,Boise,ID,83702,412000,2,1.5,North End,990,,1998,30,Sold,IMLS,98001,43.61,-116.2";
    const active =
      "MLS Listing,,Single Family Residential,9 Made Up Ave,Boise,ID,83702,515000,3,2,North End,1710,6900,1985,12,Active,IMLS,98002,43.62,-116.21";
    expect(await only(csv(header, sold, active))).toMatchObject([
      {
        ...{ status: "sold", close_date: "2024-05-07", close_price: 412_000, property_type: "condo" },
        ...{
          postal_code: "83702",
          source_key: "98001",
          source_system: "IMLS",
          listed_at: "2024-04-07T00:00:00.000Z",
        },
      },
      {
        status: "active",
        price: 515_000,
        lot_sqft: 6900,
        property_type: "house",
        listed_at: "2026-10-21T00:00:00.000Z",
      },
    ]);
  });

  test("Zillow's JSON", async () => {
    const home = {
      zpid: 77001,
      streetAddress: "4 Fake Ln",
      city: "Reno",
      state: "NV",
      zipcode: "89501",
      price: 389000,
    };
    const more = {
      homeType: "LOT",
      homeStatus: "RECENTLY_SOLD",
      dateSold: 1714521600000,
      lotAreaValue: 0.5,
      lotAreaUnit: "acres",
    };
    expect(await only(JSON.stringify([{ ...home, ...more }]), { format: "json" })).toMatchObject([
      {
        property_type: "land",
        status: "sold",
        close_date: "2024-05-01",
        lot_sqft: 21_780,
        source_key: "77001",
      },
    ]);
  });

  test("an answer of a RESO Web API, with units and currency", async () => {
    const value = [
      {
        ListingKey: "K1",
        ListPrice: 420000,
        StandardStatus: "Active",
        LivingArea: 140,
        LivingAreaUnits: "Square Meters",
        CurrencyCode: "CAD",
      },
      { ListingKey: "K2", ListPrice: 0, StandardStatus: "Expired" },
      {
        ListingKey: "K3",
        ListPrice: 430000,
        StandardStatus: "Closed",
        ClosePrice: null,
        CloseDate: "2026-02-03",
      },
      {
        ListingKey: "K4",
        ListPrice: 2600,
        StandardStatus: "Closed",
        PropertyType: "Residential Lease",
        ClosePrice: 2500,
        CloseDate: "2026-02-03",
      },
      { ListingKey: "K5", ListPrice: 440000, StandardStatus: "Pending" },
    ];
    const { properties, skipped } = await importOf(JSON.stringify({ "@odata.context": "x", value }), {
      format: "json",
    });
    expect(skipped).toBe(1);
    expect(properties).toMatchObject([
      { size_sqft: 1506.95, currency: "CAD", status: "active" },
      { status: "sold", price: 430_000, close_price: null, close_date: "2026-02-03" },
      { status: "rented", close_price: 2500 },
      { status: "under_offer", contract_status: "pending", contract_date: null },
    ]);
  });

  test("a sale whose price is blank is not one at the list price, whatever the file", async () => {
    for (const header of ["id,ListPrice,ClosePrice,date", "id,price,sold price,date"])
      expect(await only(csv(header, "a,500000,,2026-01-05", "b,500000,480000,2026-01-05"))).toMatchObject([
        { price: 500_000, close_price: null },
        { price: 500_000, close_price: 480_000 },
      ]);
    expect(await only(csv("id,ListPrice,date,status", "a,500000,2026-01-05,Closed"))).toMatchObject([
      { status: "sold", close_price: null },
    ]);
  });

  test("a home for sale keeps an earlier sale's date out of its own", async () => {
    const file = csv(
      "mls_id,status,list_price,last_sold_date,street,unit",
      "1,FOR_SALE,500000,2004-03-01,5 Fake Ln,Apt 9",
    );
    expect(await only(file)).toMatchObject([
      { status: "active", close_date: null, address: "5 Fake Ln Apt 9" },
    ]);
  });

  test("listings off the market are skipped and counted, whatever else they say", async () => {
    const states = ["Expired", "Canceled", "Cancelled", "Withdrawn", "OFF_MARKET", "Hold"];
    const { skipped, properties } = await importOf(
      csv("id,price,status", ...states.map((state, at) => `${at},0,${state}`)),
    );
    expect([skipped, properties]).toEqual([states.length, []]);
  });

  test("a sale that the price paid data takes back is none", async () => {
    const file = csv(
      "id,price,date,paon,street,record status",
      "a,1,2024-01-02,5,Oak Rd,A",
      "b,1,2024-01-02,6,Oak Rd,D",
    );
    const { properties, skipped } = await importOf(file);
    expect([properties.map(({ address }) => address), skipped]).toEqual([["5 Oak Rd"], 1]);
  });

  test("types go by a vocabulary; unknown ones are told", async () => {
    const known = {
      house: [
        "Single Family Residential",
        "SFR",
        "Semi-Detached",
        "Detached House",
        "SINGLE_FAMILY",
        "1Fam",
        "D",
        "Einfamilienhaus",
      ],
      condo: ["Condo/Co-op", "CONDOS", "Flat", "Stock Cooperative", "F", "Wohnung", "Appartement"],
      townhouse: ["Townhomes", "Row/Townhouse", "Terraced", "T"],
      multi_family: ["Multi-Family (2-4 Unit)", "Duplex", "Residential Income"],
      land: ["Lots/Land", "LOT", "Unimproved Land"],
      commercial: ["Office", "Commercial Sale"],
      other: ["Mobile/Manufactured Home", "Farm"],
    };
    const all = Object.entries(known).flatMap(([type, names]) => names.map((name) => [name, type] as const));
    const file = csv(
      "id,price,type",
      ...all.map(([name], at) => `${at},1,"${name}"`),
      "x,1,Houseboat",
      "y,1,Yurt",
      "z,1,Yurt",
    );
    const { properties, unknownTypes } = await importOf(file);
    expect(
      properties.slice(0, all.length).map(({ property_type }, at) => [all[at]![0], property_type]),
    ).toEqual(all);
    expect(unknownTypes).toEqual({ Houseboat: 1, Yurt: 2 });
  });
});

describe("identity", () => {
  const ids = async (header: string, ...rows: string[]) =>
    new Set((await importOf(csv(header, ...rows))).ids).size;

  test("flats of a building and directions of a street are homes of their own", async () => {
    expect(
      await ids("address,unit,price,date", "9 Tall Rd,101,1,2024-01-02", "9 Tall Rd,102,1,2024-01-02"),
    ).toBe(2);
    const header = "StreetNumber,StreetDirPrefix,StreetName,StreetDirSuffix,price,date";
    expect(
      await ids(header, "9,N,Elm,,1,2024-01-02", "9,S,Elm,,1,2024-01-02", "9,,Elm,NW,1,2024-01-02"),
    ).toBe(3);
    // The unit stands in the address already.
    expect(await only(csv("address,unit,price", "9 Tall Rd #101,101,1"))).toMatchObject([
      { address: "9 Tall Rd #101" },
    ]);
  });

  test("keys that a spreadsheet shortened are refused; whole ones with a point are whole", async () => {
    const { errors, properties } = await importOf(
      csv("APN,price,date", "6.3310E+11,1,2024-01-02", "733.0,1,2024-01-02"),
    );
    expect(errors).toMatchObject([{ row: 1, path: "/APN", message: expect.stringMatching(/shortened/) }]);
    expect(properties).toMatchObject([{ source_key: "733" }]);
    expect(await only(csv("id,price", "1E5,1"))).toMatchObject([{ source_key: "1E5" }]);
    const json = await importOf('[{"id":12345678901234567890,"price":1}]', { format: "json" });
    expect(json.errors).toMatchObject([{ path: "/id" }]);
  });

  test("half a character in a name is kept as none, as the table takes no such text", async () => {
    const rows = [{ id: "a", "pri\ud800ce": "x", "odd\udc00": 1 }];
    const { errors, ignored } = await importOf(JSON.stringify(rows), { format: "json" });
    expect([errors[0]!.path, ignored]).toEqual(["/pri\ufffdce", ["odd\ufffd"]]);
  });

  test("a nested object writes no other field of its row", async () => {
    const point = { type: "Point", coordinates: [-122.3, 47.6] };
    const rows = [
      { id: "a", price: 1, type: "condo", city: "Reno", location: point },
      {
        id: "b",
        price: 1,
        type: "condo",
        city: "Reno",
        location: { type: "land", city: "Bend", lat: 47.5, lng: -122.2 },
      },
      { id: "c", price: 1, type: "condo", city: "Reno", location: { city: "Bend" } },
      { type: "Feature", properties: { id: "d", price: 1, type: "condo", city: "Reno" }, geometry: point },
    ];
    const homes = { property_type: "condo", city: "Reno" };
    expect(await only(JSON.stringify(rows), { format: "json" })).toMatchObject([
      { ...homes, location: { lat: 47.6, lng: -122.3 } },
      { ...homes, location: { lat: 47.5, lng: -122.2 } },
      { ...homes, location: null },
      { ...homes, location: { lat: 47.6, lng: -122.3 } },
    ]);
  });
});
