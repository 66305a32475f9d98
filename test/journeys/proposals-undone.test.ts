import { beforeAll, describe, expect, test } from "vitest";
import type { StoredProposal } from "../../shared/domain/proposal.ts";
import { named } from "../answers.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, type SignedIn, signUp, unique } from "../cloud.ts";
import { inProcess, withTable } from "../in-process.ts";
import { house } from "../properties.ts";
import { at, failingAt, proposed, shownNow } from "../proposals.ts";

let agent: SignedIn;
beforeAll(async () => {
  agent = await addUser(await signUp(), "agent");
});

const { approveProposal, undoProposal } = client;
const aNewTask = (title: string) => proposed(agent, { operation_id: "createTask", body: { title } });
const taskOf = ({ id: task_id }: { readonly id: string }) =>
  client.getTask({ token: agent.token, params: { task_id } });

describe("undoing", () => {
  const doneAs = async (one: StoredProposal) => ok(approveProposal({ token: agent.token, ...at(one) }));
  const undo = (shown: Parameters<typeof at>[0]) => undoProposal({ token: agent.token, ...at(shown) });

  test("deletes what was created, restores what was deleted", async () => {
    const title = unique();
    const created = await doneAs(await aNewTask(title));
    const id = String(created.result?.id);
    const deleted = await doneAs(
      await proposed(agent, { operation_id: "deleteTask", params: { task_id: id } }),
    );
    expect(deleted).toMatchObject({
      result: { id },
      preview: { before: { title }, after: null, undo: "restoreTask" },
    });
    expect((await taskOf({ id })).status).toBe(404);
    expect(await ok(undo(deleted))).toMatchObject({ status: "undone", version: 4 });
    expect((await taskOf({ id })).body).toMatchObject({ title });

    const another = await doneAs(await aNewTask(title));
    const undone = await ok(undo(another));
    expect(undone.status).toBe("undone");
    expect((await taskOf({ id: String(another.result?.id) })).status).toBe(404);
    await refused("invalid_transition", undo(undone));
  });

  test("gives what was changed its former values: a status its progress, a home its contract, a client their fields", async () => {
    const { token } = agent;
    const task = await ok(client.createTask({ token, body: { title: unique(), progress: 40 } }));
    const task_id = task.id;
    const body = { status: "completed", description: "Done at noon" };
    const done = await doneAs(
      await proposed(agent, { operation_id: "updateTask", params: { task_id }, body }),
    );
    expect((await taskOf(task)).body).toMatchObject({ status: "completed", progress: 100 });
    await ok(undo(done));
    expect((await taskOf(task)).body).toMatchObject({ status: "pending", progress: 40, description: null });

    const home = await ok(client.createProperty({ token, body: { ...house, status: "under_offer" } }));
    const property = { property_id: home.id };
    const back = await doneAs(
      await proposed(agent, { operation_id: "updateProperty", params: property, body: { status: "active" } }),
    );
    await ok(undo(back));
    const { status, contract_date } = await ok(client.getProperty({ token, params: property }));
    expect({ status, contract_date }).toEqual({ status: "under_offer", contract_date: home.contract_date });

    const person = await ok(client.createClient({ token, body: { name: unique(), tags: ["relocating"] } }));
    const params = { client_id: person.id };
    const said = { name: "Nora", tags: ["buyer"], lead_source: "zillow" };
    const renamed = await doneAs(await proposed(agent, { operation_id: "updateClient", params, body: said }));
    expect(await ok(client.getClient({ token, params }))).toMatchObject(said);
    await ok(undo(renamed));
    const { name, tags, lead_source } = person;
    expect(await ok(client.getClient({ token, params }))).toMatchObject({ name, tags, lead_source });
  });

  test("deletes an interaction that was noted, and a client who was added", async () => {
    const { token } = agent;
    const added = await doneAs(
      await proposed(agent, { operation_id: "createClient", body: { name: unique() } }),
    );
    const params = { client_id: String(added.result?.id) };
    const noted = await doneAs(
      await proposed(agent, {
        operation_id: "createInteraction",
        params,
        body: { type: "note", notes: "Likes gardens" },
      }),
    );
    const interactions = async () => (await ok(client.listInteractions({ token, params }))).items;
    expect(await interactions()).toHaveLength(1);
    await ok(undo(noted));
    expect(await interactions()).toEqual([]);
    await ok(undo(added));
    expect((await client.getClient({ token, params })).status).toBe(404);
  });

  test("leaves a record that somebody has changed since, and what nothing takes back", async () => {
    const created = await doneAs(await aNewTask(unique()));
    const id = String(created.result?.id);
    const params = { task_id: id };
    await ok(client.updateTask({ token: agent.token, params, version: 1, body: { title: "By a person" } }));
    const kept = await refused("invalid_transition", undo(created));
    expect(kept.detail).toBe("The record has changed since, so it is not undone");
    expect((await taskOf({ id })).body).toMatchObject({ title: "By a person" });
    expect(await shownNow(agent, created)).toMatchObject({ status: "done", version: 3 });

    const { token } = agent;
    const person = await ok(client.createClient({ token, body: { name: unique() } }));
    const home = await ok(client.createProperty({ token, body: house }));
    const interest = await doneAs(
      await proposed(agent, {
        operation_id: "putClientProperty",
        params: { client_id: person.id, property_id: home.id },
        body: { interest: "favorite" },
      }),
    );
    expect([interest.status, interest.preview.undo]).toEqual(["done", null]);
    await refused("invalid_transition", undo(interest));
  });

  test("many at once: it is undone once", async () => {
    const created = await doneAs(await aNewTask(unique()));
    const answers = await Promise.all(Array.from({ length: 10 }, () => undo(created)));
    expect(answers.map(({ status }) => status)).toContain(200);
    expect(await shownNow(agent, created)).toMatchObject({ status: "undone", version: 4 });
  });

  test("is about the version that was shown; sabotage: without looking at it, any does", async () => {
    const created = await doneAs(await aNewTask(unique()));
    const stale = { ...created, version: 1 };
    await refused("stale_version", undo(stale));
    const operation = named("undoProposal");
    const { load } = operation.record!;
    const careless = {
      ...operation,
      record: {
        ...operation.record!,
        load: async (...asked: Parameters<typeof load>) => {
          const found = await load(...asked);
          const { proposal, ...rest } = found!.record as { proposal: StoredProposal };
          return { ...found!, record: { ...rest, proposal: { ...proposal, version: stale.version } } };
        },
      },
    };
    await (await inProcess(careless))({ token: agent.token, ...at(stale) });
    expect((await taskOf({ id: String(created.result?.id) })).status).toBe(404);
  });

  test("between undoing and writing so: undone again, nothing else happens", async () => {
    const created = await ok(approveProposal({ token: agent.token, ...at(await aNewTask(unique())) }));
    const dying = await inProcess(withTable(named("undoProposal"), failingAt(1)));
    expect((await dying({ token: agent.token, ...at(created) })).status).toBe(500);
    expect(await shownNow(agent, created)).toMatchObject({ status: "done" });
    expect(await ok(undoProposal({ token: agent.token, ...at(created) }))).toMatchObject({
      status: "undone",
    });
  });
});
