import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import { decayScores } from "../../functions/clients/decay-scores.ts";
import { ledgerKey } from "../../shared/data/lead-ledgers.ts";
import { noteAction, rescore } from "../../shared/data/lead-scores.ts";
import type { Table } from "../../shared/data/table.ts";
import type { Client, ClientPatch, NewClient } from "../../shared/domain/client.ts";
import type { NewInteraction } from "../../shared/domain/interaction.ts";
import type { NewInterest } from "../../shared/domain/interest.ts";
import type { Kind } from "../../shared/domain/lead-score/signals.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, brokerageOf, cloud, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { handOver, undoHandOver } from "../hand-overs.ts";
import { importFile, undo } from "../imports.ts";
import { table, unconditional } from "../in-process.ts";
import { tokenFor } from "../mail.ts";
import { house, readAll } from "../properties.ts";
import { makeDue } from "../records.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
const houses: string[] = [];
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = await Promise.all([addUser(admin, "agent"), addUser(admin, "agent")]);
  for (const _ of [1, 2, 3])
    houses.push((await ok(client.createProperty({ token: agent.token, body: house }))).id);
});

type Named = Pick<Client, "id">;
const email = () => `${unique()}@clients.example`;
const add = (body: Partial<z.input<typeof NewClient>> = {}) =>
  ok(
    client.createClient({
      ...{ token: agent.token, query: { allow_duplicate: "true" } },
      body: { name: `Nora ${unique()}`, ...body },
    }),
  );
const read = ({ id }: Named) => ok(client.getClient({ token: agent.token, params: { client_id: id } }));
const scoreOf = ({ id }: Named, { token }: SignedIn = agent) =>
  client.getClientScore({ token, params: { client_id: id } });
const history = async ({ id }: Named) =>
  (await readAll(`/v1/clients/${id}/score/history`, agent.token)).map(
    ({ score, nurture_status, reason }) => `${score} ${nurture_status}: ${reason}`,
  );
const say = ({ id }: Named, body: z.input<typeof NewInteraction>) =>
  ok(client.createInteraction({ token: agent.token, params: { client_id: id }, body }));
const likes = ({ id }: Named, property_id: string, interest: z.input<typeof NewInterest>["interest"]) =>
  ok(
    client.putClientProperty({
      ...{ token: agent.token, params: { client_id: id, property_id } },
      body: { interest },
    }),
  );
const change = ({ id, version }: Client, body: z.input<typeof ClientPatch>) =>
  client.updateClient({ token: agent.token, params: { client_id: id }, version, body });
const enquire = (about: string, more: { property_id?: string } = {}) =>
  ok(
    client.createLead({ token: admin.token, body: { source: "website", person: { email: about }, ...more } }),
  );
/** The client, once its score is so much: it follows an action behind the stream. */
async function scored(one: Named, score: number, status: Client["nurture_status"]): Promise<Client> {
  await waitFor(async () => {
    const now = await read(one);
    return now.lead_score === score && now.nurture_status === status ? true : undefined;
  }).catch(async () => expect(await read(one)).toMatchObject({ lead_score: score, nurture_status: status }));
  return read(one);
}
const { brokerage_id, ...stamp } = {
  brokerage_id: () => admin.brokerage.id as string,
  ...invocation("test", null),
};
const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);
/** Runs the schedule of decay as it will be in so many days, for this brokerage. */
const decayIn = (days: number) => {
  const ours: Table = {
    ...table,
    query: async (input) => {
      const found = await table.query(input);
      return { ...found, items: found.items.filter((one) => one.brokerage_id === brokerage_id()) };
    },
  };
  return decayScores.run({ ...invocation("decayScores", null), now: inDays(days), table: ours as never });
};

test("an enquiry, a favorite and a meeting move the score within seconds, each with its reason", async () => {
  const address = email();
  const taken = await enquire(address, { property_id: houses[0]! });
  const nora = (taken as { client: Client }).client;
  await ok(
    client.updateClient({
      ...{ token: admin.token, params: { client_id: nora.id }, version: nora.version },
      body: { owner_user_id: agent.user.id },
    }),
  );
  // 20 for the enquiry, 10 for the listing that it names, 5 for the email.
  await scored(nora, 35, "cold");
  await likes(nora, houses[1]!, "favorite");
  await scored(nora, 50, "warm");
  await say(nora, { type: "meeting" });
  await scored(nora, 75, "warm");
  const { next, ledger } = await ok(scoreOf(nora));
  expect(next[0]!.points).toBeGreaterThanOrEqual(5);
  expect(ledger.map(({ reason }) => reason).sort()).toEqual([
    ...["Asked for a listing of the brokerage", "Asked for several listings: their price range is known"],
    ...["Has an email", "Marked a listing as a favorite", "Met", "Sent an enquiry"],
  ]);
  expect(ledger.find(({ reason }) => reason === "Met")).toMatchObject({
    at: expect.any(String),
    decays_to: 21.27,
  });
  // What is learned of them counts from that moment on.
  await ok(change(await read(nora), { phone: "+12065550142" }));
  const hot = await scored(nora, 80, "hot");
  expect((await ok(scoreOf(nora))).next).toEqual([]);
  expect(hot.lead_score).toBe((await ok(scoreOf(nora))).score);
  await likes(nora, houses[1]!, "discard");
  // No favorite, no second listing; hot until it is below 70.
  await scored(nora, 65, "warm");
  expect((await history(nora)).toReversed()).toEqual([
    ...["35 cold: Sent an enquiry", "50 warm: Marked a listing as a favorite", "75 warm: Met"],
    ...["80 hot: What is known of them changed", "65 warm: Taken back"],
  ]);
});

test("a look at a listing by who is the client counts, once for each on a day", async () => {
  const customer = await addUser(admin, "client");
  const nora = await add({ email: customer.email });
  const look = (who: SignedIn, property_id: string) =>
    ok(client.getProperty({ token: who.token, params: { property_id } }));
  await look(customer, houses[0]!);
  const token = await tokenFor(brokerageOf(admin), customer.user.id, "email");
  await ok(client.verifyEmail({ body: { token } }));
  for (const house of houses) await look(customer, house);
  await look(agent, houses[0]!);
  // 5 for each of three looks, 5 for the email; what they looked at before anyone knew who they are is nobody's.
  await scored(nora, 20, "cold");
  expect((await ok(scoreOf(nora))).features).toMatchObject({ views: 3, views_again: 0 });
});

test("a plain note counts for nothing, and a corrected or deleted interaction as it is now", async () => {
  const nora = await add({ email: email() });
  await say(nora, { type: "note", notes: "Likes the lake" });
  const call = await say(nora, { type: "call" });
  await scored(nora, 10, "cold");
  const params = { interaction_id: call.id };
  const { version } = await ok(
    client.updateInteraction({ token: agent.token, params, version: 1, body: { type: "meeting" } }),
  );
  await scored(nora, 30, "cold");
  await ok(client.deleteInteraction({ token: agent.token, params, version }));
  await scored(nora, 5, "cold");
});

describe("a status that a person set", () => {
  test("holds until the client's next action", async () => {
    const nora = await add({ email: email(), nurture_status: "hot" });
    await say(nora, { type: "call" });
    const called = await scored(nora, 10, "hot");
    const cold = await ok(change(called, { nurture_status: "cold" }));
    await likes(nora, houses[0]!, "favorite");
    await likes(nora, houses[1]!, "favorite");
    await scored(nora, 45, "warm");
    expect(cold.nurture_status).toBe("cold");
  });

  test("is not overwritten by what happened before and is noted later", async () => {
    const nora = await add({ email: email() });
    await ok(change(nora, { nurture_status: "hot" }));
    await say(nora, { type: "meeting", occurred_at: inDays(-1).toISOString() });
    await scored(nora, 29, "hot");
  });
});

describe("who has read a client", () => {
  test("may still change it though the score moved since; not when anything else did", async () => {
    const nora = await add({ email: email() });
    await likes(nora, houses[0]!, "favorite");
    const after = await scored(nora, 25, "cold");
    expect(after.version).toBe(nora.version + 1);
    const changed = await ok(change(nora, { tags: ["lake"] }));
    expect(changed).toMatchObject({ version: after.version + 1, lead_score: 25, tags: ["lake"] });
    await refused("stale_version", change(nora, { tags: ["hills"] }));
    await refused("stale_version", change(after, { tags: ["hills"] }));
    await refused("stale_version", change({ ...changed, version: changed.version + 1 }, { tags: ["hills"] }));
  });

  test("sees the score as the client: nobody else does", async () => {
    const nora = await add();
    await refused("not_found", scoreOf(nora, colleague));
    await refused("not_found", scoreOf(nora, await signUp()));
    await refused("forbidden", scoreOf(nora, await addUser(admin, "client")));
    expect(await ok(scoreOf(nora))).toMatchObject({ score: 0, nurture_status: "new", ledger: [] });
    expect(await history(nora)).toEqual([]);
  });
});

const action = (kind: Kind, id = unique(), days = 0) => ({ id, kind, at: inDays(days).toISOString() });
const note = (one: Named, kind: Kind, id?: string, on: Table = table) =>
  noteAction(on, brokerage_id(), one.id, action(kind, id), { ...stamp, now: new Date() });

test("an effect that began before an action, and is done after it, counts it", async () => {
  const nora = await add({ email: email() });
  await note(nora, "favorite");
  const { score } = await ok(scoreOf(nora));
  expect(score).toBeGreaterThan(0);
  const begun = { ...stamp, now: new Date(Date.now() - 60_000) };
  await rescore(table, brokerage_id(), nora.id, "What is known of them changed", begun);
  expect((await read(nora)).lead_score).toBe(score);
});

test("the same action noted often, and twenty at once, are what they are; without conditions some are lost", async () => {
  const noted = async (on: Table) => {
    const nora = await add({ email: email() });
    const days = Array.from({ length: 20 }, (_, at) => -at);
    const one = { ...stamp, now: new Date() };
    const all = days.map((at) => action("email", unique(), at));
    await Promise.all(
      [...all, ...all.slice(0, 5)].map((each) => noteAction(on, brokerage_id(), nora.id, each, one)),
    );
    return (await ok(scoreOf(nora))).features.emails;
  };
  expect(await noted(table)).toBe(20);
  expect(await noted(unconditional(table))).toBeLessThan(20);
});

describe("time", () => {
  test("lowers a score point by point, and only clients whose number changed are written", async () => {
    const nora = await add({ email: email() });
    await say(nora, { type: "meeting" });
    const before = await scored(nora, 30, "cold");
    // Fired now it does nothing.
    await makeDue(ledgerKey(brokerage_id(), nora.id));
    await cloud.fire("decayScores");
    const { due_at } = await waitFor(async () => {
      const ledger = await table.get(ledgerKey(brokerage_id(), nora.id));
      return String(ledger?.due_at) > new Date().toISOString() ? ledger : undefined;
    });
    expect(await read(nora)).toEqual(before);
    // Half a point is gone after 30 × log2(25 / 24.5) days.
    expect((Date.parse(String(due_at)) - Date.now()) / 86_400_000).toBeCloseTo(0.874, 1);
    await decayIn(0.8);
    expect(await read(nora)).toEqual(before);
    await Promise.all([decayIn(1), decayIn(1)]);
    await decayIn(1);
    expect(await read(nora)).toMatchObject({ lead_score: 29, version: before.version + 1 });
    // Not at all for ten days: then it is what it would be.
    await decayIn(10);
    expect(await read(nora)).toMatchObject({ lead_score: 25, version: before.version + 2 });
    expect(await history(nora)).toEqual(["25 cold: Time passed", "29 cold: Time passed", "30 cold: Met"]);
  });

  test("of a deleted client none is lowered; restored, it has the score that it has by then", async () => {
    const nora = await add({ email: email() });
    await say(nora, { type: "meeting" });
    const { version } = await scored(nora, 30, "cold");
    const params = { client_id: nora.id };
    await ok(client.deleteClient({ token: agent.token, params, version }));
    await decayIn(2);
    expect(await table.get(ledgerKey(brokerage_id(), nora.id))).not.toHaveProperty("due_at");
    await ok(client.restoreClient({ token: agent.token, params }));
    await waitFor(async () =>
      (await table.get(ledgerKey(brokerage_id(), nora.id)))?.due_at ? true : undefined,
    );
    expect((await ok(scoreOf(nora))).score).toBe(30);
  });
});

test("of clients that are merged all actions count, and after the undo each has its own again", async () => {
  const [nora, twin] = await Promise.all([add({ email: email() }), add({ email: email() })]);
  await Promise.all([say(nora, { type: "call" }), say(twin, { type: "meeting" })]);
  await Promise.all([scored(nora, 10, "cold"), scored(twin, 30, "cold")]);
  const { merge_id } = await ok(
    client.mergeClients({ token: agent.token, params: { client_id: nora.id }, body: { from: [twin.id] } }),
  );
  await scored(nora, 35, "cold");
  // A late action of the merged one counts for the kept one.
  await note(twin, "favorite");
  await scored(nora, 45, "warm");
  await ok(client.undoMerge({ token: agent.token, params: { merge_id } }));
  await Promise.all([scored(nora, 10, "cold"), scored(twin, 40, "warm")]);
});

describe("what can be undone", () => {
  /** Something that moves a client's score, and writes nothing else of them. Answers the score. */
  async function moved({ id }: Named): Promise<number> {
    const params = { client_id: id, property_id: houses[0]! };
    await ok(client.putClientProperty({ token: admin.token, params, body: { interest: "favorite" } }));
    return waitFor(
      async () =>
        (await ok(client.getClient({ token: admin.token, params: { client_id: id } }))).lead_score ||
        undefined,
    );
  }

  test("a hand-over is, though scores moved since; not of a client whom somebody changed", async () => {
    const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
    const added = () =>
      ok(client.createClient({ token: leaver.token, body: { name: `Nora ${unique()}`, email: email() } }));
    const [nora, olaf] = [await added(), await added()];
    const { id } = await handOver(admin, leaver, heir);
    const handed = (one: Named) =>
      ok(client.getClient({ token: admin.token, params: { client_id: one.id } }));
    const [score] = [await moved(nora), await moved(olaf)];
    const { version } = await handed(olaf);
    const body = { tags: ["vip"] };
    await ok(client.updateClient({ token: heir.token, params: { client_id: olaf.id }, version, body }));
    expect(await undoHandOver(admin, id)).toMatchObject({ status: "undone" });
    expect([(await handed(nora)).owner_user_id, (await handed(olaf)).owner_user_id]).toEqual([
      leaver.user.id,
      heir.user.id,
    ]);
    expect((await handed(nora)).lead_score).toBe(score);
  });

  test("an import is, though scores moved since; not of a client whom somebody changed", async () => {
    const known = await add({ email: email(), tags: ["a"] });
    const [made, edited] = [email(), email()];
    const rows = [
      "email,name,tags",
      `${known.email},${known.name},b`,
      `${made},Mara,`,
      `${edited},Iris,`,
      "",
    ];
    const job = await importFile(admin.token, rows.join("\n"), { resource: "client" });
    expect(job).toMatchObject({ rows_created: 2, rows_updated: 1 });
    const all = await readAll("/v1/clients", admin.token);
    const [mara, iris] = [made, edited].map((of) => all.find((one) => one.email === of) as Client);
    const [score] = [await moved(known), await moved(mara!), await moved(iris!)];
    const params = { client_id: iris!.id };
    const { version } = await ok(client.getClient({ token: admin.token, params }));
    await ok(client.updateClient({ token: admin.token, params, version, body: { tags: ["vip"] } }));
    expect(await undo(admin.token, job.id)).toMatchObject({
      ...{ status: "undone", undo_removed: 1, undo_restored: 1, undo_left: 1 },
      undo_skipped: [{ row: 3, client_id: iris!.id, reason: "edited" }],
    });
    // Its actions are its own: the score comes back by itself.
    expect(await scored(known, score!, "cold")).toMatchObject({ tags: ["a"] });
  });
});

test("of an erased client the ledger is gone at once, and nothing brings it back", async () => {
  const nora = await add({ email: email() });
  await likes(nora, houses[0]!, "favorite");
  await scored(nora, 25, "cold");
  await ok(client.eraseClient({ token: admin.token, params: { client_id: nora.id } }));
  await refused("not_found", scoreOf(nora, admin));
  const gone = () => table.get(ledgerKey(brokerage_id(), nora.id));
  await waitFor(async () => ((await gone()) ? undefined : true));
  await note(nora, "view");
  expect(await gone()).toBeUndefined();
});
