import { describe, expect, test } from "vitest";
import { bootstrap } from "../../infra/bootstrap.ts";
import { policyKey } from "../../shared/data/brokerages.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { roles } from "../../shared/domain/access.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { addUser, api, cloud, expectStatus, signIn, signUp, unique } from "../cloud.ts";
import { refresh } from "../identity-attacks.ts";
import { table } from "../in-process.ts";

const person = (email: string) => ({
  email,
  password: "a long enough password",
  first_name: "Cleo",
  last_name: "Client",
});
describe("a brokerage and its people", () => {
  test("sign-up makes a brokerage and its admin; slug and email are each taken once", async () => {
    const { brokerage, user, email, token, password } = await signUp();
    expect(user).toMatchObject({ email, role: "admin", is_active: true, version: 1 });
    expect(user).not.toHaveProperty("password_hash");
    expect(await expectStatus(200, "GET", "/v1/brokerage", { token })).toEqual(brokerage);

    const admin = { ...person(`${unique()}@x.example`), password };
    const sameSlug = { name: "Other", slug: brokerage.slug, admin };
    const sameEmail = {
      name: "Other",
      slug: `b-${unique()}`,
      admin: { ...admin, email: email.toUpperCase() },
    };
    expect(await expectStatus(409, "POST", "/v1/brokerages", { body: sameSlug })).toMatchObject({
      code: "slug_taken",
    });
    expect(await expectStatus(409, "POST", "/v1/brokerages", { body: sameEmail })).toMatchObject({
      code: "email_taken",
    });
    // Nothing of a refused sign-up stands: the email of the first is free.
    await expectStatus(201, "POST", "/v1/auth/register", {
      body: { ...admin, brokerage_slug: brokerage.slug },
    });
  });

  test("an admin renames the brokerage, at the version read", async () => {
    const { token } = await signUp();
    const read = await api("GET", "/v1/brokerage", { token });
    expect(read.headers.get("etag")).toBe('"1"');
    const patch = (version: string) =>
      api("PATCH", "/v1/brokerage", {
        token,
        body: { name: "Harbor Homes" },
        headers: { "if-match": version },
      });
    const changed = await patch('"1"');
    expect(changed.body).toMatchObject({ name: "Harbor Homes", version: 2 });
    expect((await patch('"1"')).status).toBe(412);
  });

  test("a client registers by slug, signs in, reads and edits the own profile", async () => {
    const { brokerage } = await signUp();
    const me = person(`cleo-${unique()}@Clients.Example`);
    const body = { ...me, brokerage_slug: brokerage.slug };
    const registered = await expectStatus(201, "POST", "/v1/auth/register", { body });
    expect(registered).toMatchObject({ role: "client", email: me.email.toLowerCase() });
    expect(await expectStatus(409, "POST", "/v1/auth/register", { body })).toMatchObject({
      code: "email_taken",
    });
    const nowhere = { ...person(`${unique()}@x.example`), brokerage_slug: `none-${unique()}` };
    const refused = await expectStatus(400, "POST", "/v1/auth/register", { body: nowhere });
    expect(refused.errors[0].path).toBe("/brokerage_slug");

    const { token, user } = await signIn(me.email, me.password);
    expect(user).toEqual(registered);
    const headers = { "if-match": '"1"' };
    const renamed = await expectStatus(200, "PATCH", "/v1/me", {
      token,
      body: { first_name: "Kleo" },
      headers,
    });
    expect(renamed).toMatchObject({ first_name: "Kleo", last_name: "Client", version: 2 });
    expect(await expectStatus(200, "GET", "/v1/me", { token })).toEqual(renamed);
    await expectStatus(400, "PATCH", "/v1/me", {
      token,
      body: { role: "admin" },
      headers: { "if-match": '"2"' },
    });
  });

  test("an admin adds users; agents see the list, clients do not, and only admins add", async () => {
    const admin = await signUp();
    const people = Object.fromEntries(
      await Promise.all(roles.map(async (role) => [role, await addUser(admin, role)] as const)),
    );
    const list = await expectStatus(200, "GET", "/v1/users?limit=100", { token: people.agent!.token });
    expect(list.items).toHaveLength(1 + roles.length);
    expect(list.items.map((user: { id: string }) => user.id)).toContain(people.client!.user.id);
    expect(JSON.stringify(list)).not.toContain("argon2");
    const agents = await expectStatus(200, "GET", "/v1/users?role=agent", { token: admin.token });
    expect(agents.items).toEqual([people.agent!.user]);
    const body = { ...person(`${unique()}@x.example`), role: "agent" };
    for (const role of ["client", "agent", "employee"] as const)
      expect((await api("POST", "/v1/users", { token: people[role]!.token, body })).status).toBe(403);
    expect((await api("GET", "/v1/users", { token: people.client!.token })).status).toBe(403);
  });

  test("a repeated Idempotency-Key adds one user, and no password is kept with the answer", async () => {
    const { token, user, brokerage } = await signUp();
    const headers = { "idempotency-key": "add the agent" };
    const body = { ...person(`${unique()}@x.example`), role: "agent" };
    const once = await expectStatus(201, "POST", "/v1/users", { token, body, headers });
    expect(await expectStatus(201, "POST", "/v1/users", { token, body, headers })).toEqual(once);
    const { items } = await table.query({
      KeyConditionExpression: "pk = :pk AND begins_with(sk, :answer)",
      ExpressionAttributeValues: {
        ":pk": recordKey(brokerage.id, userRecord, user.id).pk,
        ":answer": "answer#",
      },
      ConsistentRead: true,
    });
    expect(items).toHaveLength(1);
    expect(JSON.stringify(items)).not.toMatch(/argon2|password/);
  });
});

describe("the bootstrap", () => {
  test("run again changes no key, and gives every brokerage the grants of this version", async () => {
    const { brokerage, token, refresh_token } = await signUp();
    const key = policyKey(brokerage.id);
    const before = await table.get(key);
    await table.commit([
      {
        Update: {
          Key: key,
          UpdateExpression: "SET grants = :none",
          ExpressionAttributeValues: { ":none": { admin: [] } },
        },
      },
    ]);
    expect((await api("GET", "/v1/users", { token })).status).toBe(403);
    const keys = await expectStatus(200, "GET", "/.well-known/jwks.json");
    await bootstrap(cloud.environment, { table: cloud.tableName, signingSecret: cloud.signingSecret });
    expect((await api("GET", "/v1/users", { token })).status).toBe(200);
    expect((await table.get(key))?.cursor_key).toBe(before?.cursor_key);
    expect(await expectStatus(200, "GET", "/.well-known/jwks.json")).toEqual(keys);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test("the published keys are public halves", async () => {
    const { keys } = await expectStatus(200, "GET", "/.well-known/jwks.json");
    expect(keys).toHaveLength(1);
    expect(keys[0]).toEqual(
      expect.objectContaining({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" }),
    );
    expect(keys[0]).not.toHaveProperty("d");
  });
});
