import { expect, test } from "vitest";
import { client, ok, refused } from "../client.ts";
import { addUser, api, expectStatus, type SignedIn, signIn, signUp, unique } from "../cloud.ts";
import { refresh } from "../identity-attacks.ts";
import { invite } from "../mail.ts";

const at = (who: SignedIn) => ({ user_id: who.user.id as string });
const read = (admin: SignedIn, who: SignedIn) => ok(client.getUser({ token: admin.token, params: at(who) }));
const versionOf = async (admin: SignedIn, who: SignedIn) => (await read(admin, who)).version;
const match = (version: number) => ({ "if-match": `"${version}"` });

/** Gives somebody a role of the brokerage that may do this. */
async function give(admin: SignedIn, who: SignedIn, permissions: object[], is_default = false) {
  const { token } = admin;
  const body = { name: `Role ${unique()}`, is_default };
  const { id, version } = await expectStatus(201, "POST", "/v1/roles", { token, body });
  const path = `/v1/roles/${id}/permissions`;
  await expectStatus(200, "PUT", path, { token, body: { permissions }, headers: match(version) });
  await expectStatus(200, "PUT", `/v1/users/${who.user.id}/roles`, {
    token,
    body: { role_ids: [id] },
    headers: match(await versionOf(admin, who)),
  });
  return id as string;
}
const may = (resource: string, action: string, scope = "brokerage") => ({ resource, action, scope });

test("a profile has phone, licence and time zone; what is no number and no zone is refused by its field", async () => {
  const admin = await signUp();
  const agent = await addUser(admin, "agent");
  const { token } = agent;
  expect(agent.user).toMatchObject({ phone: null, time_zone: null, accepts_leads: true, photo: null });
  const body = {
    phone: "+12065550142",
    license_number: "23014417",
    license_state: "WA",
    time_zone: "America/Boise",
    accepts_leads: false,
  };
  expect(await ok(client.updateMe({ token, version: 1, body }))).toMatchObject({ ...body, version: 2 });
  expect(await ok(client.updateMe({ token, version: 2, body: { phone: null } }))).toMatchObject({
    phone: null,
  });
  const wrong = [
    ...["206 555 0142", "+1206", "+0206555014", "+12065550142000000", ""].map((phone) => ({ phone })),
    ...["Seattle", "America/Atlantis", "+01:00", "", "x".repeat(65)].map((time_zone) => ({ time_zone })),
  ];
  for (const body of wrong) {
    const { errors } = await refused("invalid_input", client.updateMe({ token, version: 3, body }));
    expect(errors[0]?.path).toBe(`/${Object.keys(body)[0]}`);
  }
  // @ts-expect-error: nobody makes themselves active, or an admin.
  await refused("invalid_input", client.updateMe({ token, version: 3, body: { is_active: true } }));
  await refused("forbidden", client.updateUser({ token, params: at(admin), version: 1, body }));
  const params = at(agent);
  await ok(client.updateUser({ token: admin.token, params, version: 3, body: { accepts_leads: true } }));
  expect((await ok(client.getMe({ token }))).accepts_leads).toBe(true);
});

test("an office has its address, zone, currency and whether its listings are public", async () => {
  const { token, brokerage } = await signUp();
  const unset = { time_zone: "America/Los_Angeles", currency: "USD", public_listings: false, logo: null };
  expect(brokerage).toMatchObject({ ...unset, phone: null, address: null, license_number: null });
  const body = {
    phone: "+442079460000",
    address: "1 Sea Road",
    city: "Hove",
    postal_code: "BN3 2FR",
    country: "GB",
    license_number: "T123",
    time_zone: "Europe/London",
    currency: "GBP",
    public_listings: true,
  };
  expect(await ok(client.updateBrokerage({ token, version: 1, body }))).toMatchObject(body);
  expect(await ok(client.getBrokerage({ token }))).toMatchObject(body);
  // @ts-expect-error: a brokerage always has a zone.
  await refused("invalid_input", client.updateBrokerage({ token, version: 2, body: { time_zone: null } }));
});

test("a new email signs in, the old one is free again, and one that is taken is refused", async () => {
  const admin = await signUp();
  const agent = await addUser(admin, "agent");
  const { token } = admin;
  const params = at(agent);
  const email = `${unique()}@renamed.example`;
  await refused(
    "email_taken",
    client.updateUser({ token, params, version: 1, body: { email: admin.email } }),
  );
  await ok(client.updateUser({ token, params, version: 1, body: { email: email.toUpperCase() } }));
  expect((await signIn(email, agent.password)).user.id).toBe(agent.user.id);
  await refused(
    "wrong_credentials",
    client.login({ body: { email: agent.email, password: agent.password } }),
  );
  const person = { email: agent.email, password: agent.password, first_name: "New", last_name: "Agent" };
  await ok(client.createUser({ token, body: { ...person, role: "agent" } }));
});

test("deactivated: every session ends with the next request, for good; reactivated, they sign in anew", async () => {
  const admin = await signUp();
  const agent = await addUser(admin, "agent");
  const { token } = admin;
  const params = at(agent);
  const team = await expectStatus(201, "POST", "/v1/teams", { token, body: { name: "North" } });
  const member = `/v1/teams/${team.id}/members/${agent.user.id}`;
  await expectStatus(200, "PUT", member, { token, body: {} });
  await ok(client.getMe({ token: agent.token }));
  const version = await versionOf(admin, agent);
  await ok(client.deactivateUser({ token, params, version }));
  await refused("unauthenticated", client.getMe({ token: agent.token }));
  expect((await refresh(agent.refresh_token)).status).toBe(401);
  const { email, password } = agent;
  await refused("wrong_credentials", client.login({ body: { email, password } }));
  const inactive = await read(admin, agent);
  expect(inactive).toMatchObject({ is_active: false, version: version + 1 });
  // Said again, nothing changes.
  await ok(client.deactivateUser({ token, params, version: version + 1 }));
  expect(await read(admin, agent)).toEqual(inactive);

  expect(await ok(client.reactivateUser({ token, params }))).toMatchObject({ is_active: true });
  expect((await ok(client.reactivateUser({ token, params }))).version).toBe(version + 2);
  await refused("unauthenticated", client.getMe({ token: agent.token }));
  expect((await refresh(agent.refresh_token)).status).toBe(401);
  expect((await signIn(email, password)).user.is_active).toBe(true);
  // Their team was kept.
  const { members } = await expectStatus(200, "GET", `/v1/teams/${team.id}`, { token });
  expect(members).toEqual([{ user_id: agent.user.id, is_lead: false }]);
});

test("nobody makes, changes or deactivates a user who may do more than they may", async () => {
  const admin = await signUp();
  const [clerk, agent, keeper] = await Promise.all(
    (["employee", "agent", "agent"] as const).map((role) => addUser(admin, role)),
  );
  await give(admin, clerk!, [may("user", "write"), may("user", "delete")]);
  await give(admin, keeper!, [may("role", "write")]);
  const { token } = clerk!;
  const person = () => ({
    email: `${unique()}@x.example`,
    password: `a long one ${unique()}`,
    first_name: "P",
    last_name: "Q",
  });
  await refused("forbidden", client.createUser({ token, body: { ...person(), role: "admin" } }));
  await ok(client.createUser({ token, body: { ...person(), role: "employee" } }));
  const email = `${unique()}@taken-over.example`;
  for (const mightier of [admin, keeper!]) {
    const version = await versionOf(admin, mightier);
    const params = at(mightier);
    await refused("forbidden", client.updateUser({ token, params, version, body: { email } }));
    await refused("forbidden", client.deactivateUser({ token, params, version }));
    await refused("forbidden", client.reactivateUser({ token, params }));
    await refused("forbidden", client.putUserRoles({ token, params, version, body: { role_ids: [] } }));
  }
  const version = await versionOf(admin, agent!);
  const change = (role: "admin" | "employee") =>
    client.updateUser({ token, params: at(agent!), version, body: { role } });
  await refused("forbidden", change("admin"));
  await ok(change("employee"));
  // A role of narrower scope makes no users.
  const own = await addUser(admin, "employee");
  await give(admin, own, [may("user", "write", "own")]);
  await refused("forbidden", client.createUser({ token: own.token, body: { ...person(), role: "client" } }));
});

test("a colleague's email is changed by who may do with all records what the colleague may do with own ones", async () => {
  const admin = await signUp();
  const [clerk, agent, victim] = await Promise.all(
    (["employee", "agent", "agent"] as const).map((role) => addUser(admin, role)),
  );
  for (const who of [clerk!, agent!]) await give(admin, who, [may("user", "write")]);
  const change = async (by: SignedIn, of: SignedIn, email: string) =>
    client.updateUser({
      token: by.token,
      params: at(of),
      version: await versionOf(admin, of),
      body: { email, first_name: "Vera" },
    });
  const mine = () => `${unique()}@taken-over.example`;
  // With the email, the password, and with that the colleague's own records.
  const { detail } = await refused("forbidden", change(agent!, victim!, mine()));
  expect(detail).toContain("property:write:brokerage");
  expect((await read(admin, victim!)).email).toBe(victim!.email);
  expect(await ok(change(agent!, victim!, victim!.email))).toMatchObject({ first_name: "Vera" });
  await ok(change(agent!, agent!, mine()));
  await ok(change(clerk!, victim!, mine()));
});

test("default roles are given to new users who are no clients, and count as given", async () => {
  const admin = await signUp();
  const { token } = admin;
  const first = await addUser(admin, "agent");
  const role_id = await give(admin, first, [may("import", "read")], true);
  const added = async (role: "agent" | "client") => {
    const body = { role, email: `${unique()}@users.example`, first_name: "Una", last_name: "New" };
    const password = `a long password ${unique()}`;
    return signIn((await ok(client.createUser({ token, body: { ...body, password } }))).email, password);
  };
  const others = await Promise.all([1, 2, 3].map(() => added("agent")));
  await added("client");
  for (const { token } of others) await ok(client.listImports({ token }));
  // Four have it: it can be deleted once it is taken from all of them.
  const remove = async () =>
    api("DELETE", `/v1/roles/${role_id}`, {
      token,
      headers: match((await ok(client.getRole({ token, params: { role_id } }))).version),
    });
  const { status, body } = await remove();
  expect([status, body.code, body.detail]).toEqual([409, "in_use", expect.stringContaining("4 users")]);
  for (const who of [first, ...others]) {
    const version = await versionOf(admin, who);
    await ok(client.putUserRoles({ token, params: at(who), version, body: { role_ids: [] } }));
  }
  expect((await remove()).status).toBe(204);
  await refused("forbidden", client.listImports({ token: (await addUser(admin, "agent")).token }));
});

test("ten roles are defaults at most, and a new user gets all of them", async () => {
  const admin = await signUp();
  const { token } = admin;
  const make = (is_default: boolean) =>
    client.createRole({ token, body: { name: `Role ${unique()}`, is_default } });
  const change = ({ id, version }: { id: string; version: number }, is_default: boolean) =>
    client.updateRole({ token, params: { role_id: id }, version, body: { is_default } });
  const defaults = [];
  for (let at = 0; at < 10; at++) defaults.push(await ok(make(true)));
  const { detail } = await refused("limit_reached", make(true));
  expect(detail).toContain("10 default roles");
  const other = await ok(make(false));
  await refused("limit_reached", change(other, true));
  // One that is a default already may be said to be one.
  const [first, ...rest] = defaults;
  const again = await ok(change(first!, true));
  await ok(change(again, false));
  await ok(change(other, true));
  const { role_ids } = (await invite(admin)).user;
  expect([...role_ids].sort()).toEqual([...rest, other].map(({ id }) => id).sort());
});

test("the list is filtered by role, activity, leads and change", async () => {
  const admin = await signUp();
  const { token } = admin;
  const [one, other, office] = await Promise.all(
    (["agent", "agent", "employee"] as const).map((role) => addUser(admin, role)),
  );
  await ok(client.updateMe({ token: one!.token, version: 1, body: { accepts_leads: false } }));
  await ok(client.deactivateUser({ token, params: at(other!), version: 1 }));
  const listed = async (query: NonNullable<Parameters<typeof client.listUsers>[0]>["query"]) =>
    (await ok(client.listUsers({ token, query: query! }))).items.map(({ id }) => id).sort();
  const ids = (...users: (SignedIn | undefined)[]) => users.map((one) => one!.user.id).sort();
  expect(await listed({ role: "agent" })).toEqual(ids(one, other));
  expect(await listed({ is_active: "false" })).toEqual(ids(other));
  expect(await listed({ is_active: "true", role: "agent" })).toEqual(ids(one));
  expect(await listed({ accepts_leads: "false" })).toEqual(ids(one));
  const { updated_at } = await read(admin, other!);
  expect(await listed({ updated_since: updated_at })).toContain(other!.user.id);
  expect(await listed({ updated_since: updated_at })).not.toContain(office!.user.id);
  const { items } = await ok(client.listUsers({ token, query: { sort: "-updated_at", limit: "1" } }));
  expect(items[0]?.id).toBe(other!.user.id);
});
