import { parseArgs } from "node:util";
import { readSales } from "./market-csv.ts";
import { type Metrics, metrics } from "./metrics.ts";
import { backtest } from "./scored-replay.ts";

const usage = `Replays a market's past sales through the market analysis and measures it.

  npm run backtest -- [--sales FILE.csv[.gz]] [--from YYYY-MM-DD] [--fit market|candidates] [--json]

The file has the columns id, sale_date, price, type, beds, baths, size_sqft, lot_sqft, year_built, condition, lat,
lon; any but id, sale_date, price, lat and lon may be missing or empty. Without --sales it is the King County sales
of 2014 and 2015, replayed from 2015-03-01. Each sale is analysed from strictly earlier ones and never its own.
--fit candidates takes the rates from the candidates of each analysis instead of a fit of the market.`;

const kingCounty = new URL("../../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url)
  .pathname;

const { values } = parseArgs({
  options: {
    sales: { type: "string", default: kingCounty },
    from: { type: "string", default: "2015-03-01" },
    fit: { type: "string", default: "market" },
    json: { type: "boolean", default: false },
    help: { type: "boolean", default: false },
  },
});

if (values.help) console.log(usage);
else if (
  !/^\d{4}-\d{2}-\d{2}$/.test(values.from) ||
  (values.fit !== "market" && values.fit !== "candidates")
) {
  console.error(usage);
  process.exitCode = 2;
} else {
  const sales = readSales(values.sales);
  const start = process.cpuUsage();
  const count = sales.filter((sale) => sale.sale_date >= values.from).length;
  const progress = (done: number) => showProgress(done, count);
  const replayed = backtest(sales, { from: values.from, fit: values.fit, progress });
  const { user, system } = process.cpuUsage(start);
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  const figures = metrics(replayed, (user + system) / 1000);
  console.log(values.json ? JSON.stringify(figures) : table(figures));
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY && done % 50 === 0) process.stderr.write(`\r${done} of ${of} sales replayed`);
}

function table(figures: Metrics): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(22)}${Number(value.toFixed(3))}`)
    .join("\n");
}
