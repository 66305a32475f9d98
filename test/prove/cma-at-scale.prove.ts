import type { Context, SQSEvent } from "aws-lambda";
import { expect, test } from "vitest";
import { runCma } from "../../functions/cma/run-cma.ts";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { createRecord } from "../../shared/data/records.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { queueHandler } from "../../shared/entry/queue.ts";
import { meter } from "../bench/meter.ts";
import { expectStatus, signIn, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { soldHouses } from "../sales.ts";

/** Some ten times the county's sales on the same ground: ten times as crowded. */
const sales = 200_000;
const analyses = 100;
const transactionsAtOnce = 4;

const lambda = { awsRequestId: "scale", getRemainingTimeInMillis: () => 60_000 } as Context;

test(`with ${sales} sales in the table an analysis asks 12 times for at most 300 candidates`, async () => {
  const { brokerage, ...admin } = await signUp();
  const { user } = admin;
  const invoked = invocation(user.id, null);
  const houses = soldHouses();
  const nearby = (at: number) => {
    const house = houses[at % houses.length]!;
    const { lat, lng } = house.location;
    const location = { lat: lat + (Math.random() - 0.5) / 100, lng: lng + (Math.random() - 0.5) / 100 };
    return { ...house, location };
  };
  const begun = Date.now();
  let next = 0;
  const write = async () => {
    while (next < sales) {
      const from = next;
      next += 100;
      const writes = Array.from({ length: 100 }, (_, at) => {
        const property = newProperty(nearby(from + at), { owner_user_id: user.id, now: new Date() });
        return createRecord(propertyRecord, brokerage.id, property, invoked).writes;
      }).flat();
      await table.commit(writes);
    }
  };
  await Promise.all(Array.from({ length: transactionsAtOnce }, write));
  console.log(`${sales} sales written in ${Math.round((Date.now() - begun) / 1000)} s`);

  // The first session ended meanwhile.
  const { token } = await signIn(admin.email, admin.password);
  const handler = await queueHandler(runCma);
  const took: number[] = [];
  const units: number[] = [];
  for (let count = 0; count < analyses; count++) {
    const { status, close_price, close_date, contract_date, ...body } = nearby(count * 211);
    const property = await expectStatus(201, "POST", "/v1/properties", { token, body });
    const path = `/v1/properties/${property.id}/cmas`;
    const asked = { token, body: { effective_date: "2015-05-20" } };
    const { id } = await expectStatus(202, "POST", path, asked);
    const message = JSON.stringify({ brokerage_id: brokerage.id, id });
    const Records = [{ messageId: "m", body: message, attributes: { ApproximateReceiveCount: "1" } }];
    const start = performance.now();
    const { requests } = await meter(() => handler({ Records } as unknown as SQSEvent, lambda));
    took.push(performance.now() - start);
    const queries = requests.filter(({ action }) => action === "Query");
    units.push(requests.reduce((sum, { readUnits }) => sum + readUnits, 0));
    const done = (await getWholeCma(table, brokerage.id, id))!;
    expect([done.status, done.inputs!.candidates.length <= 300]).toEqual(["completed", true]);
    // Twelve for the candidates, six for the listings beside them.
    expect(queries.length).toBeLessThanOrEqual(12 + 6);
  }
  const at = (share: number, of: number[]) => of.toSorted((a, b) => a - b)[Math.floor(share * of.length)]!;
  console.log(
    `work of an analysis: ${at(0.5, took).toFixed(0)} ms median, ${at(0.95, took).toFixed(0)} ms p95`,
  );
  console.log(`read units: ${at(0.5, units)} median, ${at(1 - 1 / analyses, units)} at most`);
});
