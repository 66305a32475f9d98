import { parseArgs } from "node:util";
import { BadInput, isDate, readSales } from "./market-csv.ts";
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

try {
  run();
} catch (error) {
  if (!(error instanceof BadInput)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}

function run(): void {
  const { sales: path, from, fit, json, help } = asked();
  if (help) {
    console.log(usage);
    return;
  }
  if (!isDate(from)) throw new BadInput(`--from must be a date YYYY-MM-DD, not ${from}`);
  if (fit !== "market" && fit !== "candidates") throw new BadInput("--fit must be market or candidates");
  const sales = readSales(path);
  const count = sales.filter((sale) => sale.sale_date >= from).length;
  if (count === 0)
    throw new BadInput(`No sale on or after ${from}: the last is of ${sales.at(-1)!.sale_date}`);
  if (count === sales.length)
    throw new BadInput(`No sale before ${from} to learn from: the first is of ${sales[0]!.sale_date}`);
  const start = process.cpuUsage();
  const scored = backtest(sales, { from, fit, progress: (done) => showProgress(done, count) });
  const { user, system } = process.cpuUsage(start);
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
  const figures = metrics(scored, (user + system) / 1000);
  const { confidence_quarters: _, grid_weight: __, ...agreed } = figures;
  console.log(json ? JSON.stringify(agreed) : table(figures));
}

function asked() {
  try {
    return parseArgs({
      options: {
        sales: { type: "string", default: kingCounty },
        from: { type: "string", default: "2015-03-01" },
        fit: { type: "string", default: "market" },
        json: { type: "boolean", default: false },
        help: { type: "boolean", default: false },
      },
    }).values;
  } catch (error) {
    throw new BadInput(`${(error as Error).message.split("\n")[0]} (see --help)`);
  }
}

function showProgress(done: number, of: number): void {
  if (process.stderr.isTTY && done % 50 === 0) process.stderr.write(`\r${done} of ${of} sales replayed`);
}

function table(figures: Metrics): string {
  return Object.entries(figures)
    .map(([name, value]) => `${name.padEnd(22)}${Number(value.toFixed(3))}`)
    .join("\n");
}
