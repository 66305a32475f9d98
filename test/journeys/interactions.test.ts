import { beforeAll, expect, test } from "vitest";
import type * as z from "zod/mini";
import { recordKey } from "../../shared/data/record-item.ts";
import { type Client, clientRecord } from "../../shared/domain/client.ts";
import { interactionRecord, type NewInteraction } from "../../shared/domain/interaction.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, cloud, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";
import { house } from "../properties.ts";
import { makeDue } from "../records.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;

beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = await Promise.all([addUser(admin, "agent"), addUser(admin, "agent")]);
});

type Named = Pick<Client, "id">;
const at = (minute: number) => `2026-03-02T10:${String(minute).padStart(2, "0")}:00.000Z`;

const add = ({ token }: SignedIn) => ok(client.createClient({ token, body: { name: `Nora ${unique()}` } }));
const read = ({ token }: Pick<SignedIn, "token">, { id }: Named) =>
  ok(client.getClient({ token, params: { client_id: id } }));
const note = (
  { token }: Pick<SignedIn, "token">,
  { id }: Named,
  body: z.input<typeof NewInteraction> = { type: "call" },
) => client.createInteraction({ token, params: { client_id: id }, body });
const list = ({ token }: SignedIn, { id }: Named) =>
  client.listInteractions({ token, params: { client_id: id } });

test("the latest contact is kept, whatever is noted later, corrected or deleted; a note is no contact", async () => {
  const nora = await add(agent);
  await ok(note(agent, nora, { type: "note", notes: "Likes the lake" }));
  expect(await read(agent, nora)).toEqual(nora);
  const call = await ok(note(agent, nora, { type: "call", occurred_at: at(20), outcome: "Call again" }));
  expect(call).toMatchObject({ client_id: nora.id, user_id: agent.user.id, notes: null, version: 1 });
  const after = await read(agent, nora);
  // Nobody responds before there is a client.
  expect(after).toMatchObject({
    ...{ last_contacted_at: at(20), first_responded_at: nora.created_at },
  });
  expect(after.version).toBeGreaterThan(nora.version);
  const email = await ok(note(agent, nora, { type: "email", occurred_at: at(10) }));
  // A status follows the first action by a moment.
  const { last_contacted_at, first_responded_at } = after;
  expect(await read(agent, nora)).toMatchObject({ last_contacted_at, first_responded_at });

  const change = (body: object) =>
    client.updateInteraction({ token: agent.token, params: { interaction_id: email.id }, version: 1, body });
  await ok(change({ occurred_at: at(30), notes: "Sent the listings" }));
  expect(await read(agent, nora)).toMatchObject({
    ...{ last_contacted_at: at(30), first_responded_at: nora.created_at },
  });
  const params = { interaction_id: email.id };
  await ok(client.deleteInteraction({ token: agent.token, params, version: 2 }));
  expect(await read(agent, nora)).toMatchObject({ last_contacted_at: at(30) });
  await waitFor(async () => {
    const { items } = await ok(list(agent, nora));
    return items.map(({ type }) => type).join() === "note,call" ? true : undefined;
  });
});

test("twenty at once: the latest moment stays, and the first response is set once", async () => {
  const nora = await add(agent);
  const minutes = Array.from({ length: 20 }, (_, at) => at).sort(() => Math.random() - 0.5);
  const noted = minutes.map((minute) => note(agent, nora, { type: "call", occurred_at: at(minute) }));
  await Promise.all(noted.map(ok));
  const after = await read(agent, nora);
  expect(after).toMatchObject({ last_contacted_at: at(19), first_responded_at: nora.created_at });
  // Each write is one of a later moment.
  expect(after.version).toBeLessThanOrEqual(21);
});

test("the first response is a person's: what an API key notes is a contact, and none", async () => {
  const nora = await add(agent);
  const body = { name: "CRM", grants: ["client:read:brokerage", "client:write:brokerage"] };
  const { key: token } = await expectStatus(201, "POST", "/v1/api-keys", { token: admin.token, body });
  await ok(note({ token }, nora));
  const after = await read(agent, nora);
  expect(after.first_responded_at).toBeNull();
  expect(after.last_contacted_at).not.toBeNull();
  await ok(note(agent, nora, { type: "meeting", occurred_at: at(0) }));
  expect(await read(agent, nora)).toMatchObject({
    ...{ last_contacted_at: after.last_contacted_at, first_responded_at: nora.created_at },
  });
});

test("who may not read the client knows nothing of what was said; none is in the future", async () => {
  const nora = await add(agent);
  const { id } = await ok(note(agent, nora));
  await refused("not_found", note(colleague, nora));
  await refused("not_found", list(colleague, nora));
  const params = { interaction_id: id };
  await refused("not_found", client.deleteInteraction({ token: colleague.token, params, version: 1 }));
  const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
  const { errors } = await refused(
    "invalid_input",
    note(agent, nora, { type: "call", occurred_at: tomorrow }),
  );
  expect(errors.map(({ path }) => path)).toEqual(["/occurred_at"]);
});

test("what was said goes and comes back with the client, and is purged with them", async () => {
  const nora = await add(agent);
  const { id } = await ok(note(agent, nora, { type: "note" }));
  const params = { client_id: nora.id };
  const about = { client_id: nora.id, title: "Call Nora" };
  const task = await ok(client.createTask({ token: agent.token, body: about }));
  await ok(client.createTask({ token: admin.token, body: about }));
  const house_id = (await ok(client.createProperty({ token: agent.token, body: house }))).id;
  const interest = { params: { ...params, property_id: house_id }, body: { interest: "favorite" } } as const;
  await ok(client.putClientProperty({ token: agent.token, ...interest }));
  const dependents = { interactions: 1, tasks: 1, interests: 1 };
  await waitFor(async () => {
    const counted = await ok(client.getClientDependents({ token: agent.token, params }));
    return JSON.stringify(counted) === JSON.stringify(dependents) ? true : undefined;
  });
  await ok(client.deleteClient({ token: agent.token, params, version: 1 }));
  await refused("not_found", list(agent, nora));
  const change = { params: { interaction_id: id }, version: 1, body: { notes: "Gone" } };
  await refused("not_found", client.updateInteraction({ token: agent.token, ...change }));
  // The colleague's task about them is not counted.
  const restored = await ok(client.restoreClient({ token: agent.token, params }));
  expect(restored).toMatchObject({ dependents });
  expect(await ok(client.getTask({ token: agent.token, params: { task_id: task.id } }))).toMatchObject(about);
  expect((await ok(list(agent, nora))).items.map((one) => one.id)).toEqual([id]);

  await ok(client.deleteClient({ token: agent.token, params, version: restored.version }));
  await makeDue(recordKey(admin.brokerage.id, clientRecord, nora.id));
  await waitFor(async () => {
    await cloud.fire("purgeDeleted");
    return (await table.get(recordKey(admin.brokerage.id, clientRecord, nora.id))) ? undefined : true;
  });
  expect(await table.get(recordKey(admin.brokerage.id, interactionRecord, id))).toBeUndefined();
});
