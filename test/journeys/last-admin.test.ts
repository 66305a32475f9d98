import { expect, test } from "vitest";
import { updateUser } from "../../functions/identity/update-user.ts";
import { countKey } from "../../shared/data/kept-one.ts";
import type { Table } from "../../shared/data/table.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, brokerageOf, type SignedIn, signUp, unique } from "../cloud.ts";
import { inProcess, table, withTable } from "../in-process.ts";

const at = (who: SignedIn) => ({ user_id: who.user.id as string });
const now = async (by: SignedIn, who: SignedIn) => ok(client.getUser({ token: by.token, params: at(who) }));
/** One of them signs in still: both may be demoted in a round. */
const counted = async (who: SignedIn) => (await table.get(countKey(brokerageOf(who), "admins")))?.count;

test("the last active admin is neither deactivated nor demoted, until another one is", async () => {
  const admin = await signUp();
  const { token } = admin;
  const params = at(admin);
  const { detail } = await refused("last_admin", client.deactivateUser({ token, params, version: 1 }));
  expect(detail).toContain("make another user an admin first");
  await refused("last_admin", client.updateUser({ token, params, version: 1, body: { role: "agent" } }));
  expect(await ok(client.getMe({ token }))).toMatchObject(admin.user);

  const other = await addUser(admin, "admin");
  await ok(client.deactivateUser({ token, params: at(other), version: 1 }));
  // One who is deactivated counts no more.
  await refused("last_admin", client.deactivateUser({ token, params, version: 1 }));
  await ok(client.reactivateUser({ token, params: at(other) }));
  await ok(client.updateUser({ token, params, version: 1, body: { role: "agent" } }));
  expect(await counted(admin)).toBe(1);
});

/** Both admins of a brokerage, each about to leave the role; answers who did, and how the other was refused. */
async function bothLeave(
  pair: readonly [SignedIn, SignedIn],
  leave: (who: SignedIn, version: number) => Promise<{ status: number; body: unknown }>,
) {
  const versions = await Promise.all(pair.map(async (who) => (await now(who, who)).version));
  const answers = await Promise.all(pair.map((who, place) => leave(who, versions[place]!)));
  return answers.map(({ status, body }) => (status < 300 ? "left" : (body as { code: string }).code)).sort();
}

test("of two admins who leave at the same time one stays, twenty times over", async () => {
  const first = await signUp();
  const pair = [first, await addUser(first, "admin")] as const;
  const demote = (who: SignedIn, version: number) =>
    client.updateUser({ token: who.token, params: at(who), version, body: { role: "employee" } });
  const demoteOther = async (who: SignedIn, _: number) => {
    const other = pair.find((one) => one !== who)!;
    return client.updateUser({
      token: who.token,
      params: at(other),
      version: (await now(who, other)).version,
      body: { role: "employee" },
    });
  };
  for (let round = 0; round < 20; round++) {
    const isOwn = round % 2 === 0;
    const ends = await bothLeave(pair, isOwn ? demote : demoteOther);
    expect(ends[1], `round ${round}`).toBe("left");
    // The one who was demoted first may find the other request forbidden.
    expect(isOwn ? ["last_admin"] : ["last_admin", "forbidden", "stale_version"]).toContain(ends[0]);
    expect(await counted(first), `round ${round}`).toBe(1);
    const roles = await Promise.all(
      pair.map(async (who) => (await ok(client.getMe({ token: who.token }))).role),
    );
    expect([...roles].sort(), `round ${round}`).toEqual(["admin", "employee"]);
    const [stayed, left] = roles[0] === "admin" ? pair : [pair[1], pair[0]];
    const { version } = await now(stayed, left);
    await ok(client.updateUser({ token: stayed.token, params: at(left), version, body: { role: "admin" } }));
  }
});

test("sabotage: without the count both leave, and no admin is left", async () => {
  const first = await signUp();
  const pair = [first, await addUser(first, "admin")] as const;
  const uncounted = (whole: Table): Table => ({
    ...whole,
    commit: (writes) => whole.commit(writes.filter((write) => !("Update" in write))),
  });
  const update = await inProcess(withTable(updateUser as never, uncounted));
  const demote = (who: SignedIn, version: number) =>
    update({
      token: who.token,
      params: at(who),
      body: { role: "employee" },
      headers: { "if-match": `"${version}"`, "content-type": "application/merge-patch+json" },
    });
  expect(await bothLeave(pair, demote)).toEqual(["left", "left"]);
  const { items } = await ok(client.listUsers({ token: first.token, query: { limit: "100" } }));
  const roles = await Promise.all(
    items.map(
      async ({ id }) => (await ok(client.getUser({ token: first.token, params: { user_id: id } }))).role,
    ),
  );
  expect(roles).toEqual(["employee", "employee"]);
});

test("the count is that of the active admins, whatever is asked at the same time, and again", async () => {
  const boss = await signUp();
  const { token } = boss;
  const people: SignedIn[] = [];
  for (const role of ["admin", "admin", "agent", "agent"] as const) people.push(await addUser(boss, role));
  let sent = 0;
  const random = () => {
    // The same choices in every run.
    sent = (sent * 1103515245 + 12345) % 2147483648;
    return sent / 2147483648;
  };
  const step = async (at: number) => {
    const who = people[Math.floor(random() * people.length)]!;
    const params = { user_id: who.user.id as string };
    const { version } = await now(boss, who);
    // Each request is sent twice with its key: it happens once.
    const headers = { "idempotency-key": `step ${at}` };
    const asked = { token, params, headers };
    const requests = [
      () => client.updateUser({ ...asked, version, body: { role: "admin" } }),
      () => client.updateUser({ ...asked, version, body: { role: "agent" } }),
      () => client.deactivateUser({ ...asked, version }),
      () => client.reactivateUser(asked),
    ];
    const request = requests[Math.floor(random() * requests.length)]!;
    const answers = await Promise.all([request(), request()]);
    return answers.filter(({ status }) => status < 300).length;
  };
  let done = 0;
  for (let at = 0; at < 60; at += 5) {
    const ends = await Promise.all([0, 1, 2, 3, 4].map((more) => step(at + more)));
    done += ends.filter(Boolean).length;
    const users = await Promise.all([boss, ...people].map((who) => now(boss, who)));
    const active = users.filter(({ role, is_active }) => role === "admin" && is_active).length;
    expect(await counted(boss), `step ${at}`).toBe(active);
  }
  expect(done).toBeGreaterThan(20);
  const person = { email: `${unique()}@x.example`, password: `a long one ${unique()}` };
  const names = { first_name: "Nora", last_name: "Admin", role: "admin" } as const;
  const before = await counted(boss);
  await ok(client.createUser({ token, body: { ...person, ...names } }));
  await refused("email_taken", client.createUser({ token, body: { ...person, ...names } }));
  expect(await counted(boss)).toBe(Number(before) + 1);
});
