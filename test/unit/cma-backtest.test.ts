import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";

const folder = mkdtempSync(join(tmpdir(), "backtest-"));
afterAll(() => rmSync(folder, { recursive: true }));
const header = "id,sale_date,price,type,beds,baths,size_sqft,lot_sqft,year_built,condition,lat,lon";
const rows = Array.from({ length: 60 }, (_, i) => {
  const date = `2015-${String(1 + Math.floor(i / 12)).padStart(2, "0")}-${String(1 + (i % 12)).padStart(2, "0")}`;
  return `h${i % 50},${date},${300_000 + 1_000 * (i % 7)},,3,2,${1800 + 10 * (i % 9)},,,,${47.6 + i / 1000},-122.2`;
});

function backtest(lines: readonly string[], ...flags: string[]) {
  const file = join(folder, "sales.csv");
  writeFileSync(file, lines.join("\n"));
  const args = ["test/bench/backtest.ts", "--sales", file, ...flags];
  return spawnSync(process.execPath, args, { encoding: "utf8" });
}

test("--json is one object of the agreed keys, the same every time; a house's earlier sale is not seen", () => {
  const { stdout, stderr, status } = backtest([header, ...rows], "--from", "2015-04-01", "--json");
  expect({ stderr, status }).toEqual({ stderr: "", status: 0 });
  const figures = JSON.parse(stdout);
  expect(Object.keys(figures).join()).toBe(
    "n,answered,MdAPE,MAPE,PPE5,PPE10,PPE20,R2,COD,PRD,PRB,median_ratio,coverage_80,width_80,confidence_ECE," +
      "confidence_AUC,cpu_ms_per_subject",
  );
  expect(figures).toMatchObject({ n: 24, answered: 1 });
  const only = [header, ...rows.slice(0, 1), rows[50]!];
  const alone = JSON.parse(backtest(only, "--from", "2015-04-01", "--json").stdout);
  expect(alone).toMatchObject({ n: 1, answered: 0, MdAPE: 100 });
});

test.each([
  ["a missing column", [header.replace("price", "cost"), ...rows], [], "lacks the column price"],
  ["a row without a price", [header, "x,2015-01-01,,,,,,,,,47,-122"], [], "row 2: price"],
  ["a date that is none", [header, "x,2015-02-30,5,,,,,,,,47,-122"], [], "row 2: sale_date"],
  ["an empty file", [], [], "holds no sales"],
  ["nothing to replay", [header, ...rows], ["--from", "2020-01-01"], "No sale on or after"],
  ["nothing to learn from", [header, ...rows], ["--from", "2010-01-01"], "No sale before"],
  ["an unknown flag", [header, ...rows], ["--frm"], "Unknown option"],
])("%s is one line on stderr and exit code 2", (_, lines, flags, message) => {
  const { stdout, stderr, status } = backtest(lines, ...flags);
  expect({ stdout, status, lines: stderr.trim().split("\n").length }).toEqual({
    stdout: "",
    status: 2,
    lines: 1,
  });
  expect(stderr).toContain(message);
});
