import { expect, test } from "vitest";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { fitOf } from "../../shared/data/markets.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { cloud, expectStatus, signUp, waitFor } from "../cloud.ts";
import { importFile } from "../imports.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { stored } from "../records.ts";
import { soldHouses } from "../sales.ts";

/** The area in which the postal codes of these tests lie. */
const id = "c23-home-USD";

/** The brokerage's market once it is fitted, at a version beyond one. */
const fitted = (brokerageId: string, beyond = 1, seconds = 60) =>
  waitFor(async () => {
    const market = await stored(marketRecord, brokerageId, id);
    return market?.status === "fitted" && market.version > beyond
      ? { version: market.version, fit: fitOf(market) }
      : undefined;
  }, seconds);

test("a market is noted with its first sale, fitted on a schedule, and analyses take their rates from it", async () => {
  const office = await signUp();
  const sales = soldHouses("98115");
  await fill(office, sales.slice(0, -1));
  await waitFor(async () => stored(marketRecord, office.brokerage.id, id));
  await cloud.fire("refitMarkets");
  const { fit, version } = await fitted(office.brokerage.id);
  expect(fit!.fit.rates.sample).toBe(sales.length - 1);
  expect(fit!.fit.as_of > sales.at(-2)!.close_date).toBe(true);

  const { title, property_type, bedrooms, size_sqft, location, close_price } = sales.at(-1)!;
  const body = { title, property_type, bedrooms, size_sqft, location, price: close_price };
  const { token } = office;
  const property = await expectStatus(201, "POST", "/v1/properties", { token, body });
  const analysed = async (asked: object) => {
    const path = `/v1/properties/${property.id}/cmas`;
    const cma = await expectStatus(202, "POST", path, { token, body: asked });
    return waitFor(async () => {
      const read = await expectStatus(200, "GET", `/v1/cmas/${cma.id}`, { token });
      return read.status === "completed" ? read : undefined;
    });
  };
  const now = await analysed({});
  expect(now.analysis.market).toMatchObject({ source: "market", sample: sales.length - 1 });
  // The listing itself is the only one around, and no other's competition.
  expect(now.analysis.statistics.active_listings).toBe(0);
  const whole = await getWholeCma(table, office.brokerage.id, now.id);
  expect(JSON.parse(JSON.stringify(analyse(whole!.inputs!)))).toEqual(now.analysis);

  // What was fitted later than the day of the analysis knows too much for it.
  expect((await analysed({ effective_date: "2015-01-15" })).analysis.market.source).toBe("candidates");

  await cloud.fire("refitMarkets");
  expect((await fitted(office.brokerage.id, version)).fit).toEqual(fit);
}, 180_000);

test("an import has the markets fitted that it brought sales to", async () => {
  const { brokerage, token } = await signUp();
  const rows = soldHouses("98115")
    .slice(0, 40)
    .map(({ title, close_date, price, location: { lat, lng } }) =>
      [title, close_date, price, lat, lng].join(),
    );
  await importFile(token, ["id,date,price,lat,long", ...rows, ""].join("\n"));
  expect((await fitted(brokerage.id, 1, 120)).fit!.fit.rates.sample).toBe(40);
}, 180_000);
