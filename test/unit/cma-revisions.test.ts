import fc from "fast-check";
import { expect, test } from "vitest";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { Analysis, type AnalysisInputs, lines } from "../../shared/domain/cma/analysis.ts";
import { amountPath, factPath } from "../../shared/domain/cma/changes.ts";
import type { Sale } from "../../shared/domain/cma/sale.ts";
import { neverEvidence } from "../../shared/domain/cma/screen.ts";
import { homes, sales } from "./cma-sales.ts";

const effective_date = "2016-01-01";
const home = {
  lat: 47.6,
  lon: -122.2,
  property_type: "house",
  bedrooms: 3,
  bathrooms: 2,
  size_sqft: 1800,
  lot_sqft: 6000,
  year_built: 1975,
  condition: 3,
};
const subject = { ...home, id: "subject" };
/** Sales around the subject that differ in size and price; the last is three times as large. */
const candidates: Sale[] = Array.from({ length: 40 }, (_, i) => ({
  ...home,
  id: `sale-${i}`,
  address: `${i} Main St`,
  sale_date: `2015-${String(1 + (i % 11)).padStart(2, "0")}-15`,
  lat: home.lat + 0.002 * (i % 7),
  lon: home.lon + 0.002 * (i % 5),
  size_sqft: i === 39 ? 6000 : 1500 + 20 * i,
  price: i === 39 ? 900_000 : 340_000 + 4_000 * i + 1_000 * (i % 3),
}));
const first: AnalysisInputs = { subject, candidates, effective_date };

function completed(from: AnalysisInputs): Analysis {
  const analysis = analyse(from);
  if ("failed" in analysis) throw new Error(analysis.failed);
  return Analysis.parse(analysis);
}

/** Columns and reconciliation add up to the dollar. */
function expectWhole({ comps, neighbourhood, suggested_price }: Analysis): void {
  for (const { sale, adjustments, adjusted_price, net_adjustment } of comps) {
    const total = adjustments.reduce((sum, { amount }) => sum + amount, 0);
    expect(Math.round(sale.price) + total).toBe(adjusted_price);
    expect(total).toBe(net_adjustment);
  }
  const columns = neighbourhood ? [...comps, neighbourhood] : comps;
  const units = columns.map(({ weight }) => Math.round(weight * 10_000));
  expect(units.reduce((sum, weight) => sum + weight, 0)).toBe(10_000);
  const reconciled = columns.reduce((sum, { adjusted_price }, i) => sum + units[i]! * adjusted_price, 0);
  expect(Math.round(reconciled / 10_000)).toBe(suggested_price);
}

const ids = ({ comps }: Analysis) => comps.map(({ sale }) => sale.id);

test("without changes there is none, and no difference", () => {
  expect(completed(first)).toMatchObject({ changes: [], difference: null });
  expect(completed({ ...first, exclude: [], pin: [], corrections: [] })).toEqual(completed(first));
});

test("an excluded sale has no weight and says so; rates and the other columns stay", () => {
  const before = completed(first);
  const [out] = ids(before);
  const after = completed({ ...first, exclude: [out!] });
  expectWhole(after);
  expect(ids(after)).not.toContain(out);
  expect(after.rejected.find(({ id }) => id === out)?.code).toBe("excluded_by_agent");
  expect(after.changes).toEqual([
    {
      kind: "excluded",
      path: `/comps/${out}`,
      label: candidates.find(({ id }) => id === out)!.address,
      from: null,
      to: null,
      reason: null,
    },
  ]);
  const stays = ids(after).find((id) => ids(before).includes(id));
  const columnOf = ({ comps }: Analysis) => comps.find(({ sale }) => sale.id === stays)!;
  expect(columnOf(after).adjustments).toEqual(columnOf(before).adjustments);
  const further = after.neighbourhood?.sales.length ?? 0;
  expect(after.comps.length + further + after.rejected.length).toBe(candidates.length);
});

test("a pinned sale stands in the grid whatever its adjustment, and weighs a hundredth at least", () => {
  const before = completed(first);
  expect(ids(before)).not.toContain("sale-39");
  const after = completed({ ...first, pin: ["sale-39"] });
  expectWhole(after);
  expect(after.comps).toHaveLength(12);
  const column = after.comps.find(({ sale }) => sale.id === "sale-39")!;
  expect(column.weight).toBeGreaterThanOrEqual(0.01);
  expect(Math.abs(column.net_percent)).toBeGreaterThan(25);
  expect(after.suggested_price).not.toBe(before.suggested_price);
  expect(after.changes).toMatchObject([{ kind: "pinned", path: "/comps/sale-39" }]);
  expect(after.rejected.map(({ id }) => id)).not.toContain("sale-39");
});

test("what may be no evidence at all is not pinned into it", () => {
  const later = { ...candidates[0]!, id: "later", sale_date: "2016-02-01" };
  const analysis = completed({ ...first, candidates: [...candidates, later], pin: ["later"] });
  expect(analysis.rejected.find(({ id }) => id === "later")?.code).toBe("not_before");
});

test("a corrected amount is the column's, moves the price by its weight, and is marked", () => {
  const before = completed(first);
  const column = before.comps[0]!;
  const { amount } = column.adjustments.find(({ line }) => line === "size_sqft")!;
  const path = amountPath(column.sale.id, "size_sqft");
  const corrections = [{ path, value: amount + 50_000, reason: "A finished attic" }];
  const after = completed({ ...first, corrections });
  expectWhole(after);
  const corrected = after.comps.find(({ sale }) => sale.id === column.sale.id)!;
  expect(corrected.adjusted_price).toBe(column.adjusted_price + 50_000);
  expect(corrected.weight).toBe(column.weight);
  expect(corrected.adjustments.find(({ line }) => line === "size_sqft")).toMatchObject({
    amount: amount + 50_000,
    rate: null,
    sample: 0,
    corrected: true,
  });
  const others = ({ adjustments }: typeof column) => adjustments.filter(({ line }) => line !== "size_sqft");
  expect(others(corrected)).toEqual(others(column));
  expect(after.suggested_price - before.suggested_price).toBeCloseTo(50_000 * column.weight, -1);
  expect(after.changes).toEqual([
    {
      kind: "corrected",
      path,
      label: `Living area (sq ft), ${column.sale.address}`,
      from: amount,
      to: amount + 50_000,
      reason: "A finished attic",
    },
  ]);
  expect(after.confidence_reasons.map(({ code }) => code)).toContain("corrected_by_agent");
});

test("a line that the column lacks is added by its correction", () => {
  const { condition: _, ...unrated } = subject;
  const before = completed({ ...first, subject: unrated });
  const { sale } = before.comps[0]!;
  const path = amountPath(sale.id, "condition");
  const after = completed({
    ...first,
    subject: unrated,
    corrections: [{ path, value: -7_000, reason: "Seen" }],
  });
  expectWhole(after);
  const column = after.comps.find((comp) => comp.sale.id === sale.id)!;
  expect(column.adjustments.find(({ line }) => line === "condition")).toMatchObject({ amount: -7_000 });
  expect(after.changes).toMatchObject([{ from: null, to: -7_000 }]);
});

test("a corrected fact is the subject's: its own analysis, with what it was", () => {
  const corrections = [
    { path: factPath("size_sqft"), value: 2100, reason: "Measured" },
    { path: factPath("condition"), value: null, reason: "Not seen inside" },
  ];
  const { condition: _, ...unrated } = subject;
  const { changes, ...corrected } = completed({ ...first, corrections });
  const { changes: none, ...anew } = completed({ ...first, subject: { ...unrated, size_sqft: 2100 } });
  expect(corrected).toEqual(anew);
  expect(none).toEqual([]);
  expect(changes.map(({ label, from, to, reason }) => [label, from, to, reason])).toEqual([
    ["Living area (sq ft)", 1800, 2100, "Measured"],
    ["Condition (1–5)", 3, null, "Not seen inside"],
  ]);
});

test("the difference to an earlier analysis: the price's, and which sales came and went", () => {
  const before = completed(first);
  const [out] = ids(before);
  const previous = {
    cma_id: "earlier",
    effective_date: "2015-12-01",
    suggested_price: before.suggested_price,
    comps: ids(before),
  };
  const after = completed({ ...first, exclude: [out!], pin: ["sale-39"], previous });
  const { difference, suggested_price } = after;
  expect(difference).toMatchObject({ cma_id: "earlier", effective_date: "2015-12-01" });
  expect(difference?.change).toBe(suggested_price - before.suggested_price);
  expect(difference?.change_percent).toBeCloseTo((100 * difference!.change) / before.suggested_price, 1);
  expect(difference?.comps_added).toContain("sale-39");
  expect(difference?.comps_removed).toContain(out);
  expect(completed({ ...first, previous }).difference).toMatchObject({
    change: 0,
    change_percent: 0,
    comps_added: [],
    comps_removed: [],
  });
});

test("nothing left to compare with, and corrections that leave nothing of a price, are failures with the reason", () => {
  const exclude = candidates.map(({ id }) => id);
  expect(analyse({ ...first, exclude })).toMatchObject({
    failed: expect.stringMatching(/40: The agent excluded it\.$/),
  });
  const { sale } = completed(first).comps[0]!;
  const corrections = [{ path: amountPath(sale.id, "time"), value: -900_000, reason: "No" }];
  expect(analyse({ ...first, corrections })).toMatchObject({
    failed: expect.stringContaining(sale.address!),
  });
});

test("whatever the changes, the grid adds up, what is held stands in it, and running again changes no bit", () => {
  const inputs = fc.record({
    subject: homes.map((one) => ({ ...one, id: "subject" })),
    candidates: fc.uniqueArray(sales, { minLength: 4, maxLength: 60, selector: ({ id }) => id }),
    picks: fc.array(fc.nat(1000), { minLength: 8, maxLength: 8 }),
    line: fc.constantFrom(...lines),
    value: fc.integer({ min: 0, max: 400_000 }),
    asking_price: fc.integer({ min: 1, max: 5_000_000 }),
  });
  fc.assert(
    fc.property(inputs, ({ picks, line, value, asking_price, ...from }) => {
      const base = { ...from, effective_date };
      const idAt = (at: number) => from.candidates[picks[at]! % from.candidates.length]!.id;
      const exclude = [...new Set([idAt(0), idAt(1), idAt(2)])].slice(0, from.candidates.length - 2);
      const pin = [...new Set([idAt(3), idAt(4), idAt(5)])].filter((id) => !exclude.includes(id));
      const corrections = [
        { path: amountPath(idAt(6), line), value, reason: "Seen" },
        { path: "/subject/size_sqft", value: 1000 + value / 100, reason: "Measured" },
      ];
      const revised: AnalysisInputs = { ...base, exclude, pin, corrections };
      const analysis = analyse(revised);
      if ("failed" in analysis) return;
      expectWhole(Analysis.parse(analysis));
      const screened = new Set(
        analysis.rejected
          .filter(({ code }) => [...neverEvidence, "subject_itself", "other_kind"].includes(code))
          .map(({ id }) => id),
      );
      for (const id of pin) if (!screened.has(id)) expect(ids(analysis)).toContain(id);
      for (const id of exclude) expect(ids(analysis)).not.toContain(id);
      const { suggested_price } = completed({ ...revised, asking_price });
      expect(suggested_price).toBe(analysis.suggested_price);
      const stored: AnalysisInputs = JSON.parse(JSON.stringify(revised));
      expect(JSON.stringify(analyse(stored))).toBe(JSON.stringify(analysis));
    }),
    { numRuns: 150, endOnFailure: true },
  );
});
