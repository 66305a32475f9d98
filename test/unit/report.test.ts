import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRecord } from "../../shared/data/records.ts";
import { Brokerage, BrokeragePatch, brokerageRecord, newBrokerage } from "../../shared/domain/brokerage.ts";
import type { Change } from "../../shared/domain/cma/analysis.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { contrastOnWhite, legible } from "../../shared/page/color.ts";
import { formatIn } from "../../shared/page/format.ts";
import { ringMiles, spread } from "../../shared/report/places.ts";
import { cssString } from "../../shared/report/print.ts";
import { wantsPdf } from "../../shared/report/render-report.ts";
import { reportPage } from "../../shared/report/report.ts";
import { reportFor, spareReport } from "../reports.ts";

// Without its fonts, so that a failure can be read.
const report = { ...reportFor(), fonts: "" };
const page = reportPage(report);
const { analysis } = report;
const id = "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f";
const format = formatIn("USD");

describe("the page says", () => {
  test("the price, its range, the asking price and how sure it is", () => {
    const { suggested_price, range, middle_range, asking_price } = analysis;
    for (const amount of [suggested_price, range.low, range.high, middle_range.low, asking_price!])
      expect(page).toContain(format.money(amount));
    expect(page).toMatch(/Confidence 0\.\d\d: of past analyses as sure as this one, about \d in 10/);
  });

  test("of every comparable its address, distance, direction, dates, prices and weight", () => {
    expect(analysis.comps.length).toBeGreaterThanOrEqual(8);
    for (const { sale, distance_km, direction, adjusted_price, weight } of analysis.comps)
      for (const said of [
        sale.address!,
        `${format.distance(distance_km)} ${direction}`,
        format.date(sale.sale_date),
        format.money(sale.price),
        format.money(adjusted_price),
        format.percent(weight * 100, 2),
      ])
        expect(page).toContain(said);
  });

  test("the market in numbers, and every reason for which a sale was left out", () => {
    expect(page).toMatch(/Months of supply: [\d.]+ \(34 active listings/);
    for (const said of ["absorption rate", "Sale-to-list price", "Median days on market"])
      expect(page).toContain(said);
    for (const { reason } of analysis.rejected) expect(page).toContain(reason);
  });

  test("four charts with a description each; without days on market three, and that these are not known", () => {
    expect(page.match(/<figure>/g)).toHaveLength(4);
    expect(page.match(/<figure><h3>[^<]+<\/h3><svg role="img" aria-label="[^"]{20,}"/g)).toHaveLength(4);
    const candidates = report.sales.map(({ days_on_market, ...sale }) => sale);
    const without = reportPage(reportFor({ candidates }));
    expect(without.match(/<figure>/g)).toHaveLength(3);
    expect(without).toContain("Days on market are not recorded for these sales.");
  });

  test("amounts, dates and distances of the engine's sentences as everywhere else", () => {
    expect(formatIn("USD").prose("USD 1,234,567 on 2015-05-01 is 10.5 % off, 16.1 km away")).toBe(
      "$1,234,567 on May 1, 2015 is 10.5% off, 10.0 miles away",
    );
    expect(page).not.toMatch(/USD \d|\d %|\d{4}-\d\d-\d\d</);
  });
});

test("the home's own earlier sale stands with the home, and why an old sale is in the grid stands at grid and table", () => {
  const [first, ...others] = analysis.comps;
  const reason = "It tells more of this home than any recent sale left out of the grid.";
  const comps = [{ ...first!, older_than_a_year: true, age_reason: reason }, ...others];
  const earlier_sales = [{ id, sale_date: "2009-07-14", price: 312_500 }];
  const text = reportPage({ ...report, analysis: { ...analysis, comps, earlier_sales } });
  expect(text).toContain("This home, sold Jul 14, 2009 for $312,500.");
  expect(text.split(`1: ${reason}`)).toHaveLength(3);
  expect(page).not.toMatch(/This home, sold|more than a year before/);
});

describe("the disclaimer stands", () => {
  const [price, words, scale, method] = ['class="price"', "not an appraisal", 'class="scale"', "<h2>Method"];
  const places = (state: string | null) => {
    const text = reportPage({ ...report, home: { ...report.home, state } });
    expect(text.split(words!)).toHaveLength(2);
    return [price, words, scale, method].map((what) => text.indexOf(what!));
  };
  const inOrder = (at: (number | undefined)[]) => at.every((one, i) => i === 0 || at[i - 1]! < one!);

  test("right after the estimate in Delaware", () => {
    for (const state of ["DE", "de"]) expect(inOrder(places(state))).toBe(true);
  });

  test("at the end elsewhere", () => {
    for (const state of ["WA", null, "Nowhere"]) {
      const [first, said, drawn, last] = places(state);
      expect(inOrder([first, drawn, last, said])).toBe(true);
    }
  });
});

test("a draft says so, an approved report says when and by whom", () => {
  expect(page).toContain("Not yet approved by a person");
  const approved = reportPage({ ...report, approved: { at: "2015-05-03T10:00:00.000Z", by: "Bo Broker" } });
  expect(approved).not.toMatch(/draft:|not yet approved/i);
  expect(approved).toContain("May 3, 2015<br>by Bo Broker");
});

describe("what the agent changed", () => {
  const amount = "/comps/a/adjustments/condition";
  const changes: Change[] = [
    { kind: "excluded", path: "/comps/a", label: "1 Main St", from: null, to: null, reason: "In the family" },
    {
      kind: "corrected",
      path: "/subject/year_built",
      label: "Year built",
      from: null,
      to: 1927,
      reason: null,
    },
    { kind: "corrected", path: amount, label: "Condition", from: -5000, to: 7500, reason: "Roof renewed" },
  ];
  const difference = {
    cma_id: "x",
    effective_date: "2015-04-01",
    suggested_price: analysis.suggested_price - 9000,
    change: 9000,
    change_percent: 1.6,
    comps_added: [analysis.comps[1]!.sale.id],
    comps_removed: ["gone"],
  };

  test("stands there with its reason, and the difference to the analysis before", () => {
    const text = reportPage({ ...report, analysis: { ...analysis, changes, difference } });
    for (const said of ["What the agent changed", "1 Main St", "In the family", "up $9,000 (1.6%)"])
      expect(text).toContain(said);
    for (const said of ["not known", "1927", "−$5,000", "+$7,500"]) expect(text).toContain(`>${said}<`);
    expect(text).toContain("New among the comparables: 2. No longer among them: 1 sale.");
  });

  test("is passed over where there is nothing to say", () => {
    expect(page).not.toMatch(/What the agent changed|Since the last analysis/);
    expect(reportPage({ ...report, analysis: { ...analysis, changes: [], difference: null } })).toBe(page);
  });
});

test("names are text, whatever is in them", () => {
  const hostile = `</style><script>alert(1)</script>"; } * { display: none } /* <img src=x onerror=y> ' " onload="alert(2)\\`;
  const comps = analysis.comps.map((comp) => ({ ...comp, sale: { ...comp.sale, address: hostile } }));
  const changes: Change[] = [
    { kind: "corrected", path: hostile, label: hostile, from: hostile, to: hostile, reason: hostile },
  ];
  const text = reportPage({
    ...report,
    brokerage: { ...report.brokerage, name: hostile },
    agent: { name: hostile, email: hostile },
    home: { title: hostile, lines: [hostile], state: hostile },
    photos: [hostile],
    analysis: { ...analysis, comps, changes },
    approved: { at: "2015-05-03T10:00:00.000Z", by: hostile },
  });
  expect(text).not.toMatch(/<script|<img src=x|" onload="/i);
  expect(text.match(/<\/style>/g)).toHaveLength(1);
  const [, style] = /<style>(.*)<\/style>/s.exec(text)!;
  expect(style!.includes("* { display: none }")).toBe(false);
  expect(cssString('a"b\\')).toBe('"a\\22 b\\5c "');
});

test("the same report is the same bytes, whatever was drawn before it", () => {
  reportPage(spareReport());
  expect(reportPage(report)).toBe(page);
});

test("the page is below 500 KB, and brings its fonts along", () => {
  const whole = reportPage(reportFor());
  expect(Buffer.byteLength(whole)).toBeLessThan(500_000);
  expect(whole.match(/@font-face/g)).toHaveLength(5);
});

describe("the accent", () => {
  test("is none for a brokerage that was stored before there were colours", () => {
    const begun = newBrokerage({ id, name: "Old", slug: "old" });
    const { record } = createRecord(brokerageRecord, id, begun, invocation("test", null));
    const { accent_color: _, ...stored } = record;
    expect(Brokerage.parse(stored).accent_color).toBeNull();
    expect(BrokeragePatch.parse({ accent_color: "#FFD400" })).toEqual({ accent_color: "#ffd400" });
    for (const accent_color of ["red", "#fff", "#12345g", "#123456;", ""])
      expect(BrokeragePatch.safeParse({ accent_color }).success).toBe(false);
  });

  test("is the brokerage's; where text could not be read in it, a darker one of its hue", () => {
    expect(page).toContain("--accent: #0b5d57; --brand: #0b5d57");
    const yellow = reportPage({ ...report, brokerage: { name: "Sun", accent: "#ffd400" } });
    expect(yellow).toMatch(/--accent: #[78]\w[67]\w00; --brand: #ffd400/);
  });

  test("has the contrast that WCAG asks of text, and is no darker than that takes", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0xffffff }), (value) => {
        const color = `#${value.toString(16).padStart(6, "0")}`;
        const made = legible(color);
        expect(contrastOnWhite(made)).toBeGreaterThanOrEqual(4.5);
        if (contrastOnWhite(color) >= 4.5) expect(made).toBe(color);
        else expect(contrastOnWhite(made)).toBeLessThan(4.75);
      }),
    );
    expect([contrastOnWhite("#ffffff"), contrastOnWhite("#000000")]).toEqual([1, 21]);
    expect(() => legible("red")).toThrow(RangeError);
  });
});

test.each([
  [undefined, false],
  ["*/*", false],
  ["text/html,application/xhtml+xml;q=0.9,*/*;q=0.8", false],
  ["application/*", true],
  ["application/pdf", true],
  ["application/pdf, text/html;q=0.5", true],
  ["application/pdf;q=0.5, text/html", false],
  ["application/pdf;q=0", false],
  ["image/png", false],
  ["nonsense;;", false],
])("Accept: %s wants a PDF: %s", (accept, pdf) => {
  expect(wantsPdf(accept)).toBe(pdf);
});

test("the map's numbers never cover each other, and its rings are round numbers", () => {
  const crowd = Array.from({ length: 12 }, () => ({ x: 221, y: 219 }));
  const spots = spread(crowd, { x: 220, y: 220 }, 24, 440);
  for (const [i, a] of spots.entries())
    for (const b of [{ x: 220, y: 220 }, ...spots.slice(i + 1)])
      expect(Math.hypot(a.x - b.x, a.y - b.y)).toBeGreaterThan(23);
  expect(ringMiles(0.8)).toEqual([0.1, 0.2, 0.3, 0.4]);
  expect(ringMiles(20)).toEqual([5, 10]);
});
