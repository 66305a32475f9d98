import { describe, expect, test } from "vitest";
import { checkNumbers } from "../../shared/ai/gates/check-numbers.ts";
import { checkFacts, type FactRecord } from "../../shared/ai/gates/facts.ts";
import { numbersIn } from "../../shared/ai/gates/numbers.ts";

const record: FactRecord = {
  ...{ title: "Craftsman near Green Lake", property_type: "house", price: 725_000, original_price: 740_000 },
  ...{ bedrooms: 3, bathrooms: 2.5, size_sqft: 1850, lot_sqft: 10_890, year_built: 1924, condition: 4 },
  ...{ address: "7214 Demo Avenue N", city: "Seattle", state_or_province: "WA", postal_code: "98103" },
  ...{
    listed_at: "2026-03-02T17:05:00.000Z",
    private_remarks: "The sauna is broken; sellers paid $600,000.",
  },
  description: "Kitchen remodeled in 2019, roof of 2021. Gas fireplace, two-car garage, mountain view.",
};
const wrong = (text: string, of: FactRecord = record) =>
  checkFacts(text, of)
    .filter(({ ok }) => !ok)
    .map(({ span }) => text.slice(...span));
const facts = (text: string) =>
  checkFacts(text, record).map(({ field, value, ok }) => `${field} ${value} ${ok ? "ok" : "not ok"}`);

describe("numbers", () => {
  test.each<[string, readonly number[]]>([
    ["3 bedrooms, 2.5 baths, 1,850 sq ft", [3, 2.5, 1850]],
    ["$725K, $1.25M, 1.5 million, 725 thousand", [725_000, 1_250_000, 1_500_000, 725_000]],
    ["three-bedroom, two and a half baths, twenty-one, one hundred and five", [3, 2.5, 21, 105]],
    ["1½, 2 1/2, ¾, 1/4, 2 and a half", [1.5, 2.5, 0.75, 0.25, 2.5]],
    ["nineteen twenty-four, two thousand eight", [1924, 2008]],
    ["half an acre, a quarter-acre, half a million, three point five", [0.5, 0.25, 500_000, 3.5]],
    ["millions, a hundred, someone, tenor, often", []],
    ["１,８５０ and −4", [1850, 4]],
  ])("%s", (text, values) => expect(numbersIn(text).map(({ value }) => value)).toEqual(values));
});

describe("a listing text beside its record", () => {
  test("says each claim with its field, value and span", () => {
    expect(facts("Three bedrooms, 1,850 sq ft, built in 1925.")).toEqual([
      "bedrooms 3 ok",
      "size_sqft 1850 ok",
      "year_built 1925 not ok",
    ]);
    const text = "🏡 A pool!";
    expect(checkFacts(text, record)).toEqual([
      { span: [5, 9], field: null, value: "pool", record_value: false, ok: false },
    ]);
  });

  test.each([
    "3BR/2.5BA at 7214 Demo Ave N, Seattle, WA 98103. 1,850 square feet on a quarter-acre lot, 0.25 acres, 10,890 sq ft lot.",
    "172 m² of living space; about 1,850 sq ft, over 1,800 sq ft, nearly 1,900 sq ft, about 1,820 square feet.",
    "$725,000, $725K, 725 thousand dollars, under $750,000, priced in the low $700s, $392 per square foot.",
    "Reduced from $740,000. Listed March 2, 2026, in March 2026, on 2026-03-02.",
    "Built in 1924, in the 1920s; circa 1925. Two full baths and a half bath.",
    "Open house Saturday, March 7, 1-3 pm and Sunday 11 to 2. Call 24/7. One of a kind, on one level with none.".replace(
      ", on one level with none",
      "",
    ),
    "The kitchen was remodeled in 2019. A two-car garage, a gas fireplace, mountain views.",
    "Remodeled kitchen. 2021 roof. Great condition, move-in ready.",
  ])("right: %s", (text) => expect(wrong(text)).toEqual([]));

  test.each<[string, readonly string[]]>([
    ["Four bedrooms, 2 baths", ["Four bedrooms", "2 baths"]],
    [
      "1,900 sq ft; about 2,000 sq ft; over 1,700 sq ft; nearly 1,800 sq ft",
      ["1,900 sq ft", "2,000 sq ft", "1,700 sq ft", "1,800 sq ft"],
    ],
    ["0.3 acres, half an acre", ["0.3 acres", "half an acre"]],
    ["$724,000, $730K, high $700s", ["$724,000", "$730K", "$700s"]],
    ["Built in 1942; from the 1940s", ["1942", "1940s"]],
    ["Kitchen remodeled in 2021, new roof in 2019", ["Kitchen remodeled in 2021", "new roof in 2019"]],
    ["Fully renovated baths. New windows.", ["renovated baths", "New windows"]],
    ["A three-car garage, a pool and a lake view", ["three-car", "pool", "lake view"]],
    [
      "A condo in Fremont. Bellevue, WA, close to Microsoft.",
      ["condo", "Fremont", "Bellevue", "close to Microsoft", "Microsoft"],
    ],
    ["7241 Demo Avenue N, Seattle, WA 98130", ["7241 Demo Avenue N", "98130"]],
    [
      "HOA dues of $200, 12 windows, 5 minutes to the ferry, 206-555-0142",
      ["HOA dues", "$200", "12 windows", "5 minutes", "minutes to the ferry", "206-555-0142"],
    ],
    ["Excellent condition", ["Excellent condition"]],
    ["Listed on March 3, 2026", ["March 3, 2026"]],
    ["3-4 bedrooms", ["3-4 bedrooms"]],
    ["A 300 sq ft deck", ["300 sq ft deck", "deck"]],
  ])("wrong: %s", (text, parts) => expect(wrong(text)).toEqual(parts));

  test("the agent's notes and captions count, private remarks do not", () => {
    expect(wrong("A sauna.")).toEqual(["sauna"]);
    expect(wrong("Offered at $600,000.")).toEqual(["$600,000"]);
    expect(wrong("A sauna.", { ...record, notes: "Sauna in the basement" })).toEqual([]);
    expect(wrong("A sauna.", { ...record, captions: ["The sauna"] })).toEqual([]);
    expect(wrong("A sauna.", { ...record, notes: "No sauna" })).toEqual(["sauna"]);
  });

  test("a record that does not know says nothing is right; what a field holds, notes do not overrule", () => {
    expect(wrong("Three bedrooms.", { ...record, bedrooms: null })).toEqual(["Three bedrooms"]);
    expect(wrong("Three bedrooms.", { ...record, bedrooms: null, notes: "3 bedrooms" })).toEqual([]);
    expect(wrong("Four bedrooms.", { ...record, notes: "4 bedrooms" })).toEqual(["Four bedrooms"]);
  });
});

describe("prose around an analysis", () => {
  const allowed = [
    { name: "suggested price", value: 724_650 },
    { name: "low", value: 698_000 },
    { name: "net adjustment", value: -12_340 },
    { name: "confidence", value: 0.823 },
    { name: "change", value: -3.24 },
    { name: "comparables", value: 8 },
    { name: "days", value: 27.4 },
    { name: "sale date", value: "2015-05-12" },
    { name: "address", value: "1530 Sample Court NW" },
  ];
  const other = (text: string) =>
    checkNumbers(text, allowed)
      .filter(({ ok }) => !ok)
      .map(({ span }) => text.slice(...span));

  test.each([
    "$724,650, $725,000, 725K, $725 thousand; about $720,000",
    "Eight comparables, 8 sales; an adjustment of −$12,340",
    "82.3%, 82.3 percent, 82 %, down 3.2 %, 3.24 %",
    "27 days, 27.4 days; sold on May 12, 2015, in May 2015, in 2015 at 1530 Sample Court NW",
    "One of the eight is close by.",
  ])("its own: %s", (text) => expect(other(text)).toEqual([]));

  test.each<[string, readonly string[]]>([
    ["$724,000, $726,000, 730K, $1.2 million", ["$724,000", "$726,000", "730K", "$1.2 million"]],
    ["$12,000, $12,300", ["$12,000", "$12,300"]],
    ["3 %, 83 %, 82.4 %", ["3 %", "83 %", "82.4 %"]],
    ["Nine sales, 28 days", ["Nine", "28"]],
    ["May 13, 2015, June 2015, 2016", ["May 13, 2015", "June 2015", "2016"]],
    ["1530 homes", ["1530"]],
  ])("another: %s", (text, parts) => expect(other(text)).toEqual(parts));

  test("says which of them it is", () => {
    expect(checkNumbers("$725,000", allowed)).toEqual([
      { span: [0, 8], field: "suggested price", value: 725_000, record_value: 724_650, ok: true },
    ]);
  });
});

test("20 KB of any text take milliseconds", () => {
  const texts = [
    "Three bedrooms and 2.5 baths near Green Lake, built in 1924, with a new roof (2021) at $725,000. ",
    ...[
      "1,000 ",
      "1",
      "1,",
      "one ",
      "one hundred and ",
      "$",
      "a",
      "Ab ",
      "new ",
      "St. ",
      "open house 5 ",
      "March 5 ",
      "a@",
      "1/2 ",
      "- ",
      "\n",
    ],
  ].map((part) => part.repeat(Math.ceil(20_000 / part.length)));
  for (const text of texts) checkFacts(text, record);
  const start = process.cpuUsage();
  for (const text of texts) {
    checkFacts(text, record);
    checkNumbers(text, [{ name: "price", value: 725_000 }]);
  }
  const { user, system } = process.cpuUsage(start);
  expect((user + system) / 1000 / texts.length, "milliseconds a text").toBeLessThan(150);
});
