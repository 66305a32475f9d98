import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { dateForward } from "../../infra/local/demo/date-forward.ts";
import { listings } from "../../infra/local/demo/listings.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { dateOf, dayOf } from "../../shared/domain/cma/sale.ts";
import { selectCandidates } from "../../shared/domain/cma/select-candidates.ts";
import { readSales } from "../bench/market-csv.ts";

const path = new URL("../../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url).pathname;
const file = gunzipSync(readFileSync(path));
const lastSale = dayOf("2015-05-27");

/** The latest date of the second column, and the file without that column's dates. */
function apart(csv: Uint8Array) {
  let latest = "";
  const rest = new TextDecoder()
    .decode(csv)
    .replace(/^("\d+",)"(\d{4})(\d\d)(\d\d)T000000"/gm, (_, id, year, month, day) => {
      const date = `${year}-${month}-${day}`;
      if (date > latest) latest = date;
      return id;
    });
  return { latest: dayOf(latest), rest };
}
const before = apart(file);

test.each(["2015-05-28T00:00:00Z", "2026-11-26T13:00:00Z", "2028-02-29T23:59:59Z", "2031-01-01T00:00:00Z"])(
  "as of %s the last sale is of the week before, on its weekday, and nothing else is changed",
  (now) => {
    const { csv, weeks } = dateForward(file, new Date(now));
    expect(csv.length).toBe(file.length);
    const after = apart(csv);
    expect(before.latest).toBe(lastSale);
    expect(after.latest).toBe(lastSale + 7 * weeks);
    const behind = dayOf(now.slice(0, 10)) - after.latest;
    expect(behind).toBeGreaterThanOrEqual(1);
    expect(behind).toBeLessThanOrEqual(7);
    expect(after.rest).toBe(before.rest);
  },
);

const sales = readSales(path).map((sale) => ({ ...sale, property_type: "house" }));

test("a newcomer's first request, an empty one, has an answer of use for every listing of the demo", () => {
  const today = "2026-11-26";
  const { weeks } = dateForward(file, new Date(today));
  const moved = sales.map((sale) => ({
    ...sale,
    sale_date: dateOf(dayOf(sale.sale_date) + 7 * weeks),
  }));
  for (const {
    location,
    title,
    price,
    postal_code,
    city,
    country,
    state_or_province,
    ...facts
  } of listings) {
    const subject = { ...facts, id: title, lat: location.lat, lon: location.lng };
    const candidates = selectCandidates(subject, moved, today);
    const analysis = analyse({ subject, candidates, effective_date: today, asking_price: price });
    if ("failed" in analysis) throw new Error(analysis.failed);
    const { confidence, middle_range, suggested_price } = analysis;
    expect(confidence, title).toBeGreaterThanOrEqual(0.4);
    expect((middle_range.high - middle_range.low) / suggested_price, title).toBeLessThan(0.3);
    expect(analysis.comps).toHaveLength(12);
  }
});
