import { closeDays } from "../../functions/analytics/close-days.ts";
import { foldEvents } from "../../functions/analytics/fold-events.ts";
import { foldMarket } from "../../functions/analytics/fold-market.ts";
import { refoldMarkets } from "../../functions/analytics/refold-markets.ts";
import { takeStock } from "../../functions/analytics/take-stock.ts";
import { decayScores } from "../../functions/clients/decay-scores.ts";
import { readBuckets } from "../../shared/data/buckets.ts";
import { allBrokerages } from "../../shared/data/directory.ts";
import { eventKey, newLookId } from "../../shared/data/events.ts";
import { foldForward } from "../../shared/data/fold.ts";
import { changeFoldState, readFoldState } from "../../shared/data/fold-state.ts";
import { interestPrefix } from "../../shared/data/interests.ts";
import { ledgerKey } from "../../shared/data/lead-ledgers.ts";
import { noteAction } from "../../shared/data/lead-scores.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { refreshStock } from "../../shared/data/stock.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { dayIn, daysAfter } from "../../shared/domain/days.ts";
import { interactionRecord } from "../../shared/domain/interaction.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { forget, happened, keep } from "../analytics.ts";
import { expectStatus, signUp, unique } from "../cloud.ts";
import type { World } from "../contract/rows.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { makeDue, stored } from "../records.ts";
import { soldHouses } from "../sales.ts";
import { aProperty, type Delivery, now, queued, scheduled, streamed } from "./deliveries.ts";

type Cases = Readonly<Record<string, (world: World) => Promise<Delivery>>>;

/** Workers of events, scores and views, as `workers` of `worker-cases.ts` has all others. */
export const numberWorkers: Cases = {
  async "applyEffects, an action of a client"({ home: { users, brokerage } }) {
    const { token } = users.admin;
    const { id } = await expectStatus(201, "POST", "/v1/clients", {
      token,
      body: { name: `Nora ${unique()}` },
    });
    const path = `/v1/clients/${id}/interactions`;
    const said = await expectStatus(201, "POST", path, { token, body: { type: "meeting" } });
    return streamed(undefined, (await table.get(recordKey(brokerage.id, interactionRecord, said.id)))!);
  },

  async "applyEffects, an action that counts no more"({ home: { users, brokerage } }) {
    // Kept for a while, worth less than half a point: the ledger changes, and the client does not.
    const id = await aScoredClient(users.admin.token, brokerage.id, 0);
    const body = { type: "call", occurred_at: daysAgo(110) };
    const path = `/v1/clients/${id}/interactions`;
    const said = await expectStatus(201, "POST", path, { token: users.admin.token, body });
    return streamed(undefined, (await table.get(recordKey(brokerage.id, interactionRecord, said.id)))!);
  },

  async "applyEffects, a look of a known client"({ home: { users, brokerage } }) {
    const id = await aScoredClient(users.admin.token, brokerage.id, 0);
    const at = now();
    const about = { client_id: id, property_id: unique() };
    const look = happened(brokerage.id, newLookId(unique), { occurred_at: at, arrived_at: at }, about);
    await keep([look]);
    return streamed(undefined, (await table.get(eventKey(look)))!);
  },

  async "applyEffects, a favorite of a client"({ home: { users, brokerage } }) {
    const { token } = users.admin;
    const [property_id, client_id] = [await aProperty(token), await aClient(token)];
    const path = `/v1/clients/${client_id}/properties/${property_id}`;
    await expectStatus(200, "PUT", path, { token, body: { interest: "favorite" } });
    const { pk } = recordKey(brokerage.id, clientRecord, client_id);
    const interest = { pk, sk: `${interestPrefix}${property_id}` };
    return streamed(undefined, (await table.get(interest))!);
  },

  async "applyEffects, an enquiry about a listing"({ home: { users, brokerage } }) {
    const { token } = users.admin;
    const person = { name: "Nora", email: `${unique()}@new.example` };
    const body = { source: "website", person, property_id: await aProperty(token) };
    const { client } = await expectStatus(201, "POST", "/v1/leads", { token, body });
    const path = `/v1/clients/${client.id}/interactions`;
    const { items } = await expectStatus(200, "GET", path, { token });
    return streamed(undefined, (await table.get(recordKey(brokerage.id, interactionRecord, items[0].id)))!);
  },

  async decayScores({ home: { users, brokerage } }) {
    // 21 points by now, where the client still shows all 25.
    const id = await aScoredClient(users.admin.token, brokerage.id, 7);
    await makeDue(ledgerKey(brokerage.id, id));
    return scheduled(
      decayScores,
      async () => (await stored(clientRecord, brokerage.id, id))?.lead_score === 21,
    );
  },

  async "decayScores, of a score that stays"({ home: { users, brokerage } }) {
    const key = ledgerKey(brokerage.id, await aScoredClient(users.admin.token, brokerage.id, 0));
    await makeDue(key);
    return scheduled(decayScores, async () => String((await table.get(key))?.due_at) > now());
  },

  async "decayScores, of a client who is gone"({ home: { users, brokerage } }) {
    const id = await aScoredClient(users.admin.token, brokerage.id, 0);
    await table.commit([{ Delete: { Key: recordKey(brokerage.id, clientRecord, id) } }]);
    await makeDue(ledgerKey(brokerage.id, id));
    return scheduled(decayScores, async () => !(await table.get(ledgerKey(brokerage.id, id))));
  },

  async foldEvents() {
    const { brokerage } = await signUp();
    await (await anEventToFold(brokerage.id)).deliver();
    // What other proofs have just left is folded: what is delivered again a minute later would fold it, too.
    const later = new Date(Date.now() + 180_000);
    for await (const id of allBrokerages(table)) await foldForward(table, id, later);
    // As if it were the office's first: a delivery before this one, a minute in the future, folded beyond it.
    const arrived = Date.now() - 120_000;
    const job = await anEventToFold(brokerage.id);
    await forget(brokerage.id);
    await changeFoldState(table, brokerage.id, () => ({ folded_to: new Date(arrived - 1).toISOString() }));
    return job;
  },

  async closeDays({ home: { brokerage } }) {
    await (await anEventToFold(brokerage.id)).deliver();
    await (await aDayToClose(brokerage.id)).deliver();
    return aDayToClose(brokerage.id);
  },

  async foldMarket() {
    const office = await signUp();
    const brokerage_id: string = office.brokerage.id;
    await fill(office, soldHouses("98117").slice(0, 20));
    const months = { from: "2014-01-01", to: "2016-01-01" };
    // The last that it writes is of a type.
    const settled = async () =>
      (await readBuckets(table, brokerage_id, "market", "type:house", months)).length > 0;
    return queued(foldMarket, { brokerage_id }, settled);
  },
};

/** Those of them whose work shows only elsewhere. */
export const otherNumberWorkers: Cases = {
  "foldMarket, all brokerages": () => queued(foldMarket, { brokerages_from: null }, async () => true),

  refoldMarkets: () => scheduled(refoldMarkets, async () => true),

  async takeStock() {
    const office = await signUp();
    const id: string = office.brokerage.id;
    await expectStatus(201, "POST", "/v1/clients", { token: office.token, body: { name: "Nora" } });
    // Counted long ago, so it is due; the schedule notes the result when all of it is written.
    await refreshStock(table, id, new Date(Date.now() - 24 * 60 * 60_000), "UTC");
    const key = { pk: `${id}#view`, sk: "stock" };
    const day = dayIn(office.brokerage.time_zone, new Date());
    return scheduled(takeStock, async () => (await table.get(key))?.day === day);
  },
};

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();

/** A client whom somebody met so many days ago, with the score of that day. */
async function aScoredClient(token: string, brokerage_id: string, days: number): Promise<string> {
  const body = { name: `Nora ${unique()}` };
  const { id } = await expectStatus(201, "POST", "/v1/clients", { token, body });
  const met = { id: unique(), kind: "meeting", at: daysAgo(days) } as const;
  const stamp = { ...invocation("test", null), now: new Date(met.at) };
  await noteAction(table, brokerage_id, id, met, stamp);
  return id;
}

async function aClient(token: string): Promise<string> {
  return (await expectStatus(201, "POST", "/v1/clients", { token, body: { name: `Nora ${unique()}` } })).id;
}

/** A view of a new listing, so many days ago; it arrived two minutes ago. */
async function aView(brokerageId: string, daysAgo = 0): Promise<string> {
  const arrived = Date.now() - 120_000;
  const [occurred_at, arrived_at] = [arrived - daysAgo * 86_400_000, arrived].map((at) =>
    new Date(at).toISOString(),
  ) as [string, string];
  const property_id = unique();
  await keep([happened(brokerageId, unique(), { occurred_at, arrived_at }, { property_id })]);
  return property_id;
}

async function anEventToFold(brokerageId: string): Promise<Delivery> {
  const property = await aView(brokerageId);
  return scheduled(foldEvents, async () => (await bucketsOf(brokerageId, property)).length > 0);
}

/** A day that ended nine days ago, open, with an event that was not folded yet. */
async function aDayToClose(brokerageId: string): Promise<Delivery> {
  const property = await aView(brokerageId, 10);
  const before = await readFoldState(table, brokerageId);
  await changeFoldState(table, brokerageId, ({ open_from }) => ({ open_from: daysAfter(open_from, -3) }));
  return scheduled(closeDays, async () => {
    const [bucket] = await bucketsOf(brokerageId, property);
    return (
      bucket?.final === true && (await readFoldState(table, brokerageId))!.open_from >= before!.open_from
    );
  });
}

/** The buckets of a listing. */
const bucketsOf = (brokerageId: string, property_id: string) =>
  readBuckets(table, brokerageId, "listing-performance", `property:${property_id}`, {
    ...{ from: "2000-01-01", to: "2100-01-01" },
  });
