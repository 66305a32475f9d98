import { fileURLToPath } from "node:url";
import { reportFonts } from "../infra/documents/report-fonts.ts";
import { analyse } from "../shared/domain/cma/analyse.ts";
import type { AnalysisInputs } from "../shared/domain/cma/analysis.ts";
import type { Sale } from "../shared/domain/cma/sale.ts";
import { selectCandidates } from "../shared/domain/cma/select-candidates.ts";
import type { Report } from "../shared/report/contents.ts";
import { readSales } from "./bench/market-csv.ts";

const file = fileURLToPath(
  new URL("../infra/local/demo/king-county-sales-2014-2015.csv.gz", import.meta.url),
);
const sales = readSales(file);
const effective_date = "2015-05-01";
const streets = ["Greenwood Ave N", "Linden Ave N", "N 78th St", "Fremont Ave N", "Dayton Ave N"];

/** A real sale with what the file lacks: an address, a list price, its days on market. */
const completed = (sale: Sale, i: number): Sale => ({
  ...sale,
  property_type: "house",
  address: `${1000 + ((i * 37) % 8000)} ${streets[i % streets.length]}`,
  list_price: Math.round(sale.price * (0.97 + (i % 7) / 100)),
  days_on_market: 5 + ((i * 7) % 60),
});

/** A real home in Seattle, and the sales that it is compared with. */
const { id, sale_date, price, ...home } = sales.find(
  ({ sale_date, size_sqft = 0, lat, lon }) =>
    sale_date > effective_date && size_sqft < 2600 && lat > 47.66 && lat < 47.7 && lon < -122.32,
)!;
const subject = { ...home, property_type: "house" };
const others = sales.filter((sale) => sale.id !== id);
const candidates = selectCandidates(subject, others, effective_date).map(completed);
const fonts = reportFonts();

/** A report of that home, everything known; `inputs` goes to the engine, `over` into the report. */
export function reportFor(inputs: Partial<AnalysisInputs> = {}, over: Partial<Report> = {}): Report {
  const all: AnalysisInputs = {
    subject,
    effective_date,
    candidates,
    asking_price: Math.round(price * 1.1),
    active_listings: 34,
    ...inputs,
  };
  const analysis = analyse(all);
  if ("failed" in analysis) throw new Error(analysis.failed);
  return {
    brokerage: { name: "Emerald City Homes", accent: "#0b5d57" },
    agent: { name: "Ada Alder", email: "ada.alder@emerald.example" },
    home: { title: "7318 Dayton Avenue N", lines: ["Seattle, WA 98103"], state: "WA" },
    photos: [],
    analysis,
    sales: all.candidates,
    approved: null,
    fonts,
    ...over,
  };
}

/** A report of a home of which next to nothing is known, from two sales, in another currency, with long names. */
export function spareReport(): Report {
  const bare = candidates
    .slice(0, 2)
    .map(({ id, lat, lon, sale_date, price }) => ({ id, lat, lon, sale_date, price }));
  const inputs = {
    subject: { lat: home.lat, lon: home.lon },
    candidates: bare,
    asking_price: null,
    currency: "JPY",
  };
  const long = "The Extraordinarily Long-Named Brokerage & Partners of Greater Puget Sound, ";
  return reportFor(
    { ...inputs, active_listings: undefined },
    {
      brokerage: { name: long.repeat(2), accent: "#fff200" },
      agent: {
        name: "Bartholomew-Maximilian ".repeat(3),
        email: `${"b".repeat(60)}@${"brokerage".repeat(8)}.example`,
      },
      home: {
        title: `For sale: ${"a-house-without-a-space".repeat(5)} and more words`,
        lines: [],
        state: null,
      },
    },
  );
}
