import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import type { Client, ClientPatch, NewClient } from "../../shared/domain/client.ts";
import type { NewInterest } from "../../shared/domain/interest.ts";
import type { NewMerge } from "../../shared/domain/merge.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { house, readAll } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;

beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = await Promise.all([addUser(admin, "agent"), addUser(admin, "agent")]);
});

type Named = Pick<Client, "id">;
const anEmail = () => `${unique()}@clients.example`;
const add = ({ token }: SignedIn, body: Partial<z.input<typeof NewClient>> = {}) =>
  ok(
    client.createClient({
      ...{ token, query: { allow_duplicate: "true" } },
      body: { name: `Nora ${unique()}`, ...body },
    }),
  );
const read = ({ token }: SignedIn, { id }: Named) => client.getClient({ token, params: { client_id: id } });
const change = ({ token }: SignedIn, { id, version }: Client, body: z.input<typeof ClientPatch>) =>
  client.updateClient({ token, params: { client_id: id }, version, body });
const merge = ({ token }: SignedIn, { id }: Named, from: readonly Named[], keep?: NewMerge["keep"]) =>
  client.mergeClients({
    token,
    params: { client_id: id },
    body: { from: from.map((one) => one.id), ...(keep && { keep }) },
  });
const undo = ({ token }: SignedIn, merge_id: string) => client.undoMerge({ token, params: { merge_id } });
const listed = async ({ token }: SignedIn) =>
  (await readAll("/v1/clients", token)).map(({ id }: Named) => id) as string[];

const aHouse = (by: SignedIn) => ok(client.createProperty({ token: by.token, body: house }));
const note = (
  by: SignedIn,
  { id }: Named,
  property: Named,
  interest: z.input<typeof NewInterest>["interest"],
) =>
  client.putClientProperty({
    token: by.token,
    params: { client_id: id, property_id: property.id },
    body: { interest },
  });
const withdraw = (by: SignedIn, { id }: Named, property: Named) =>
  client.deleteClientProperty({ token: by.token, params: { client_id: id, property_id: property.id } });
const liked = async (by: SignedIn, { id }: Named) =>
  (await readAll(`/v1/clients/${id}/properties`, by.token, 2)).map(
    ({ property_id, interest }) => `${property_id} ${interest}`,
  );
const fans = async (by: SignedIn, { id }: Named) =>
  (await readAll(`/v1/properties/${id}/clients`, by.token, 1)).map(
    ({ client_id, interest }) => `${client_id} ${interest}`,
  );
const fansOf = (by: SignedIn, property: Named, expected: readonly string[]) =>
  waitFor(async () => ((await fans(by, property)).join() === expected.join() ? true : undefined)).catch(
    async () => expect(await fans(by, property)).toEqual(expected),
  );

describe("an interest", () => {
  test("is noted, replaced and taken back, and listed from both sides as far as each caller reads", async () => {
    const [nora, theirs] = await Promise.all([add(agent), add(colleague)]);
    const [first, second] = [await aHouse(agent), await aHouse(agent)];
    const noted = await ok(note(agent, nora, first, "possibility"));
    expect(noted).toMatchObject({ client_id: nora.id, property_id: first.id, interest: "possibility" });
    await ok(note(agent, nora, second, "favorite"));
    await ok(note(colleague, theirs, first, "discard"));
    expect(await ok(note(agent, nora, first, "favorite"))).toMatchObject({ created_at: noted.created_at });
    expect(await liked(agent, nora)).toEqual([`${second.id} favorite`, `${first.id} favorite`]);
    await fansOf(admin, first, [`${theirs.id} discard`, `${nora.id} favorite`]);
    await fansOf(agent, first, [`${nora.id} favorite`]);
    await ok(withdraw(agent, nora, first));
    await refused("not_found", withdraw(agent, nora, first));
    expect(await liked(agent, nora)).toEqual([`${second.id} favorite`]);
    await fansOf(admin, first, [`${theirs.id} discard`]);
  });

  test("in what the caller may not read is 404, and hidden while its property or client is deleted", async () => {
    const [nora, home] = await Promise.all([add(agent), aHouse(agent)]);
    const elsewhere = await signUp();
    await refused("not_found", note(agent, nora, await aHouse(elsewhere), "favorite"));
    await refused("not_found", note(colleague, nora, home, "favorite"));
    await ok(note(agent, nora, home, "favorite"));
    const { token } = agent;
    const params = { property_id: home.id };
    await ok(client.deleteProperty({ token, params, version: home.version }));
    expect(await liked(agent, nora)).toEqual([]);
    await refused("not_found", note(agent, nora, home, "discard"));
    await ok(client.restoreProperty({ token, params }));
    expect(await liked(agent, nora)).toEqual([`${home.id} favorite`]);
    await fansOf(agent, home, [`${nora.id} favorite`]);
    await ok(client.deleteClient({ token, params: { client_id: nora.id }, version: nora.version }));
    expect(await fans(agent, home)).toEqual([]);
    await ok(client.restoreClient({ token, params: { client_id: nora.id } }));
    expect(await fans(agent, home)).toEqual([`${nora.id} favorite`]);
  });

  test("stands in the log of its client", async () => {
    const [nora, home] = await Promise.all([add(agent), aHouse(agent)]);
    await ok(note(agent, nora, home, "favorite"));
    await ok(withdraw(agent, nora, home));
    const query = { entity: "client", id: nora.id };
    const said = await waitFor(async () => {
      const { items } = await ok(client.listAuditEvents({ token: admin.token, query }));
      // Their score is told, too.
      const theirs = items.filter(({ by }) => by === agent.user.id);
      return theirs.length === 3 ? theirs : undefined;
    });
    const field = `interest:${home.id}`;
    expect(said.slice(0, 2).map(({ type, by, changes }) => ({ type, by, changes }))).toEqual([
      { type: "record_changed", by: agent.user.id, changes: [{ field, before: "favorite", after: null }] },
      { type: "record_changed", by: agent.user.id, changes: [{ field, before: null, after: "favorite" }] },
    ]);
  });
});

describe("a merge", () => {
  test("keeps one client with what the others bring, and undoing it gives exactly that back", async () => {
    const [first, second] = [anEmail(), anEmail()];
    const kept = await add(agent, {
      ...{ email: first, phone: "+12065550101", tags: ["Buyer"], lead_source: null },
      consent: { email: { status: "granted", how: "Form" } },
    });
    const other = await add(agent, {
      ...{ name: "N. Lindqvist", email: second, phone: "+12065550102", tags: ["buyer", "Seller"] },
      ...{ lead_source: "zillow", more_phones: ["+12065550101"] },
      consent: { email: { status: "revoked", how: "Unsubscribed" }, text: { status: "granted" } },
    });
    const { merge_id, client: merged } = await ok(
      merge(agent, kept, [other], { name: other.id, email: other.id }),
    );
    expect(merged).toMatchObject({
      ...{ id: kept.id, name: "N. Lindqvist", email: second, more_emails: [first], lead_source: "zillow" },
      ...{ phone: "+12065550101", more_phones: ["+12065550102"], tags: ["Buyer", "Seller"] },
      consent: { email: { status: "revoked" }, call: { status: "unknown" }, text: { status: "granted" } },
      merges: [{ merge_id, client_ids: [other.id] }],
    });
    expect(await ok(read(agent, other))).toMatchObject({ merged_into: kept.id, email: second });
    await waitFor(async () => ((await listed(agent)).includes(other.id) ? undefined : true));
    await refused(
      "duplicate",
      client.createClient({ token: agent.token, body: { name: "X", email: second } }),
    );
    await refused("merged", change(agent, { ...other, version: 2 }, { name: "X" }));

    const { client: back, clients, left } = await ok(undo(agent, merge_id));
    const { version: _, updated_at: __, ...was } = kept;
    expect(back).toMatchObject(was);
    expect(clients).toMatchObject([{ ...other, version: 3, updated_at: clients[0]!.updated_at }]);
    expect(left).toEqual([]);
    await waitFor(async () => ((await listed(agent)).includes(other.id) ? true : undefined));
    for (const email of [first, second])
      await refused("duplicate", client.createClient({ token: agent.token, body: { name: "X", email } }));
    await refused("invalid_transition", undo(agent, merge_id));
  });

  test("leaves what was changed since; a consent revoked since holds for both", async () => {
    const [kept, other] = await Promise.all([
      add(agent, { email: anEmail(), lead_source: "website" }),
      add(agent, { email: anEmail(), phone: "+12065550103", consent: { call: { status: "granted" } } }),
    ]);
    const { merge_id, client: merged } = await ok(merge(agent, kept, [other]));
    expect(merged.consent.call.status).toBe("granted");
    const since = await ok(
      change(agent, merged, {
        ...{ phone: "+12065550104", tags: ["Since"], more_emails: [] },
        consent: { call: { status: "revoked", how: "Said so" } },
      }),
    );
    // The email that the kept client gave up is another's by now.
    const third = await add(agent, { email: other.email! });
    const { client: back, clients, left } = await ok(undo(agent, merge_id));
    expect(back).toMatchObject({ phone: "+12065550104", tags: ["Since"], consent: since.consent });
    expect(clients).toMatchObject([
      { email: null, phone: "+12065550103", consent: { call: { status: "revoked" } } },
    ]);
    expect(left).toEqual([
      { client_id: kept.id, field: "phone", reason: "changed" },
      { client_id: kept.id, field: "consent.call", reason: "changed" },
      { client_id: other.id, field: "email", reason: "taken" },
    ]);
    expect(await ok(read(agent, third))).toMatchObject({ email: other.email });
  });

  test("gives nobody back to an owner who has left; such an owner is not kept either", async () => {
    const [leaving, staying] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
    const [kept, other, third, fourth] = (await Promise.all(
      [leaving, staying, leaving, leaving].map((agent) => add(agent)),
    )) as [Client, Client, Client, Client];
    const { merge_id, client: merged } = await ok(
      merge(admin, kept, [other, third], { owner_user_id: other.id }),
    );
    expect(merged.owner_user_id).toBe(staying.user.id);
    const { version } = await ok(
      client.getUser({ token: admin.token, params: { user_id: leaving.user.id } }),
    );
    await client.deactivateUser({ token: admin.token, params: { user_id: leaving.user.id }, version });
    const { client: back, clients, left } = await ok(undo(admin, merge_id));
    expect([back, ...clients].map(({ owner_user_id }) => owner_user_id)).toEqual(
      Array.from({ length: 3 }, () => staying.user.id),
    );
    expect(left).toEqual(
      [kept, third].map(({ id }) => ({ client_id: id, field: "owner_user_id", reason: "inactive" })),
    );
    const { errors } = await refused(
      "invalid_input",
      merge(admin, back, [fourth], { owner_user_id: fourth.id }),
    );
    expect(errors.map(({ path }) => path)).toEqual(["/keep/owner_user_id"]);
  });

  test("reads interests of all with the kept one, and the last word about a property counts", async () => {
    const [kept, other] = await Promise.all([add(agent), add(agent)]);
    const [a, b, c] = [await aHouse(agent), await aHouse(agent), await aHouse(agent)];
    for (const [who, home, interest] of [
      ...([
        [kept, a, "favorite"],
        [other, a, "discard"],
      ] as const),
      ...([
        [other, b, "possibility"],
        [kept, c, "favorite"],
      ] as const),
    ] as const)
      await ok(note(agent, who, home, interest));
    const { merge_id } = await ok(merge(agent, kept, [other]));
    expect(await liked(agent, kept)).toEqual([`${c.id} favorite`, `${b.id} possibility`, `${a.id} discard`]);
    await fansOf(agent, a, [`${kept.id} discard`]);
    await fansOf(agent, b, [`${kept.id} possibility`]);
    await refused("merged", note(agent, other, a, "favorite"));
    await ok(withdraw(agent, kept, b));
    expect(await liked(agent, kept)).toEqual([`${c.id} favorite`, `${a.id} discard`]);
    await fansOf(agent, b, []);
    await ok(undo(agent, merge_id));
    expect(await liked(agent, kept)).toEqual([`${c.id} favorite`, `${a.id} favorite`]);
    expect(await liked(agent, other)).toEqual([`${b.id} possibility`, `${a.id} discard`]);
    await fansOf(agent, a, [`${other.id} discard`, `${kept.id} favorite`]);
  });

  test("reads the tasks of all of them with the kept one", async () => {
    const [kept, other, home] = await Promise.all([add(agent), add(agent), aHouse(agent)]);
    const task = ({ id }: Named) =>
      ok(
        client.createTask({
          token: agent.token,
          body: { title: `Call ${unique()}`, client_id: id, property_id: home.id },
        }),
      );
    const tasks = [await task(kept), await task(other)].map(({ id }) => id);
    const { merge_id } = await ok(merge(agent, kept, [other]));
    const of = async (query: string) =>
      (await readAll(`/v1/tasks?client_id=${kept.id}${query}`, agent.token, 1)).map(({ id }: Named) => id);
    await waitFor(async () => ((await of("")).length === 2 ? true : undefined));
    expect([await of(""), await of(`&property_id=${home.id}`)]).toEqual([
      tasks.toReversed(),
      tasks.toReversed(),
    ]);
    await ok(undo(agent, merge_id));
    expect(await of("")).toEqual([tasks[0]]);
  });

  test("reads what was said with all of them with the kept one, in pages, by who reads that one", async () => {
    const [kept, other] = await Promise.all([add(colleague), add(agent)]);
    const say = (by: SignedIn, { id }: Named, occurred_at: string) =>
      ok(
        client.createInteraction({
          token: by.token,
          params: { client_id: id },
          body: { type: "call", notes: occurred_at, occurred_at },
        }),
      );
    const days = ["01", "02", "03", "04"].map((day) => `2026-01-${day}T10:00:00.000Z`);
    const said = [
      await say(agent, other, days[0]!),
      await say(colleague, kept, days[1]!),
      await say(agent, other, days[2]!),
    ];
    const { merge_id, client: merged } = await ok(merge(admin, kept, [other]));
    expect(merged.last_contacted_at).toBe(days[2]);
    await refused(
      "merged",
      client.createInteraction({
        token: agent.token,
        params: { client_id: other.id },
        body: { type: "note" },
      }),
    );
    await say(colleague, kept, days[3]!);
    const path = `/v1/clients/${kept.id}/interactions`;
    const when = async () =>
      (await readAll(path, colleague.token, 1)).map(
        ({ occurred_at }: { occurred_at: string }) => occurred_at,
      );
    await waitFor(async () => ((await when()).length === 4 ? true : undefined));
    expect(await when()).toEqual(days.toReversed());
    const correct = ({ token }: SignedIn, version: number) =>
      client.updateInteraction({
        ...{ token, version, params: { interaction_id: said[2]!.id } },
        body: { outcome: "Wants to see it" },
      });
    await refused("not_found", correct(agent, 1));
    await ok(correct(colleague, 1));
    const { client: back, clients } = await ok(undo(admin, merge_id));
    expect([back, ...clients].map((one) => one.last_contacted_at)).toEqual([days[3], days[2]]);
    await ok(correct(agent, 2));
    expect(await when()).toEqual([days[3], days[1]]);
  });

  test("of a client that has others goes along with these, and is undone first", async () => {
    const [a, b, c] = await Promise.all([add(agent, { email: anEmail() }), add(agent), add(agent)]);
    const first = await ok(merge(agent, b, [a]));
    const second = await ok(merge(agent, c, [b]));
    expect(second.client).toMatchObject({ email: a.email, merges: [{ client_ids: [b.id, a.id] }] });
    expect(await ok(read(agent, a))).toMatchObject({ merged_into: c.id });
    await refused("merged", undo(agent, first.merge_id));
    await refused("merged", merge(agent, c, [a]));
    await refused("merged", merge(agent, b, [await add(agent)]));
    expect((await ok(undo(agent, second.merge_id))).clients).toMatchObject([{ id: b.id, email: a.email }]);
    expect(await ok(read(agent, a))).toMatchObject({ merged_into: b.id });
    expect((await ok(undo(agent, first.merge_id))).clients).toMatchObject([{ id: a.id, email: a.email }]);
  });

  test("with itself, another's, a deleted one, too many or for the other's values is refused with what to do", async () => {
    const [kept, other, theirs, gone] = await Promise.all([
      add(agent),
      add(agent),
      add(colleague),
      add(agent),
    ]);
    await ok(client.deleteClient({ token: agent.token, params: { client_id: gone.id }, version: 1 }));
    for (const one of [kept, theirs, gone]) await refused("cannot_merge", merge(agent, kept, [one]));
    await refused("invalid_input", merge(agent, kept, [other], { name: theirs.id }));
    await refused("not_found", merge(colleague, kept, [theirs]));
    const given = await ok(merge(admin, kept, [theirs], { owner_user_id: theirs.id }));
    expect(given.client.owner_user_id).toBe(colleague.user.id);
    const many = await Promise.all(Array.from({ length: 10 }, () => add(admin)));
    const one = await add(admin);
    await ok(merge(admin, one, many));
    await refused("limit_reached", merge(admin, one, [await add(admin)]));
  });

  test("that is asked for at once with another of the same client happens once", async () => {
    const [one, two, other] = await Promise.all([add(agent), add(agent), add(agent, { email: anEmail() })]);
    const came = await Promise.all([one, two, one, two].map((kept) => merge(agent, kept, [other])));
    expect(came.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409]);
    const { merged_into } = await ok(read(agent, other));
    const winner = [one, two].find(({ id }) => id === merged_into)!;
    expect(await ok(read(agent, winner))).toMatchObject({ email: other.email });
    const loser = [one, two].find(({ id }) => id !== merged_into)!;
    expect(await ok(read(agent, loser))).toEqual(loser);
  });
});
