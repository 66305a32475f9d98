import { expect, test } from "vitest";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { fitOf } from "../../shared/data/markets.ts";
import { sendTo } from "../../shared/data/queue.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { enoughToFit } from "../../shared/domain/cma/market.ts";
import { dateOf, dayOf } from "../../shared/domain/cma/sale.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { cloud, expectStatus, signUp, waitFor } from "../cloud.ts";
import { importFile } from "../imports.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { stored } from "../records.ts";
import { everyFifth, type SoldHouse, soldHouses } from "../sales.ts";

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

/** The same sales so many days later that the last is of yesterday. */
function untilYesterday(sales: readonly SoldHouse[]): SoldHouse[] {
  const yesterday = Math.floor(Date.now() / 86_400_000) - 1;
  const days = yesterday - dayOf(sales.at(-1)!.close_date);
  const later = (date: string) => dateOf(dayOf(date) + days);
  return sales.map((sale) => ({
    ...sale,
    close_date: later(sale.close_date),
    contract_date: later(sale.contract_date),
  }));
}

test.concurrent("a market is noted with its first sale, fitted on a schedule, and analyses take their rates from it", async () => {
  const office = await signUp();
  const sales = untilYesterday(everyFifth(soldHouses("98115")));
  expect(sales.length).toBeGreaterThan(enoughToFit);
  await fill(office, sales.slice(0, -1));
  await waitFor(async () => stored(marketRecord, office.brokerage.id, id));
  await cloud.fire("refitMarkets");
  const { fit, version } = await fitted(office.brokerage.id);
  // All but what is no sale on the market, as houses sold before they were built.
  const { sample } = fit!.fit.rates;
  expect(sample).toBeLessThanOrEqual(sales.length - 1);
  expect(sample).toBeGreaterThan(0.95 * sales.length);
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
  expect(now.analysis.market).toMatchObject({ source: "market", sample });
  // The listing itself is the only one around, and no other's competition.
  expect(now.analysis.statistics.active_listings).toBe(0);
  const whole = await getWholeCma(table, office.brokerage.id, now.id);
  expect(JSON.parse(JSON.stringify(analyse(whole!.inputs!)))).toEqual(now.analysis);

  // What was fitted later than the day of the analysis knows too much for it.
  const months = dateOf(dayOf(sales.at(-1)!.close_date) - 130);
  expect((await analysed({ effective_date: months })).analysis.market.source).toBe("candidates");

  // Once more for this brokerage alone: the tests have hundreds.
  await sendTo("markets").open(cloud.queueUrls.markets!).send({ brokerage_id: office.brokerage.id });
  expect((await fitted(office.brokerage.id, version)).fit).toEqual(fit);
}, 180_000);

test.concurrent("an import has the markets fitted that it brought sales to", async () => {
  const { brokerage, token } = await signUp();
  const rows = soldHouses("98115")
    .slice(0, 40)
    .map(({ title, close_date, price, location: { lat, lng } }) =>
      [title, close_date, price, lat, lng].join(),
    );
  await importFile(token, ["id,date,price,lat,long", ...rows, ""].join("\n"));
  expect((await fitted(brokerage.id, 1, 120)).fit!.fit.rates.sample).toBe(40);
}, 180_000);
