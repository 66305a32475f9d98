import { describe, expect, test } from "vitest";
import { bootstrap } from "../../infra/bootstrap.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { roles } from "../../shared/domain/access.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, api, cloud, signIn, signUp, unique } from "../cloud.ts";
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
    expect(await ok(client.getBrokerage({ token }))).toEqual(brokerage);

    const admin = { ...person(`${unique()}@x.example`), password };
    const sameSlug = { name: "Other", slug: brokerage.slug, admin };
    const sameEmail = {
      name: "Other",
      slug: `b-${unique()}`,
      admin: { ...admin, email: email.toUpperCase() },
    };
    await refused("slug_taken", client.createBrokerage({ body: sameSlug }));
    await refused("email_taken", client.createBrokerage({ body: sameEmail }));
    // Nothing of a refused sign-up stands: the email of the first is free.
    await ok(client.registerClient({ body: { ...admin, brokerage_slug: brokerage.slug } }));
  });

  test("an admin renames the brokerage, at the version read", async () => {
    const { token } = await signUp();
    const { headers } = await client.getBrokerage({ token });
    expect(headers.get("etag")).toBe('"1"');
    const rename = () => client.updateBrokerage({ token, version: 1, body: { name: "Harbor Homes" } });
    expect(await ok(rename())).toMatchObject({ name: "Harbor Homes", version: 2 });
    await refused("stale_version", rename());
  });

  test("a client registers by slug, signs in, reads and edits the own profile", async () => {
    const { brokerage } = await signUp();
    const me = person(`cleo-${unique()}@Clients.Example`);
    const body = { ...me, brokerage_slug: brokerage.slug };
    const registered = await ok(client.registerClient({ body }));
    expect(registered).toMatchObject({ role: "client", email: me.email.toLowerCase() });
    await refused("email_taken", client.registerClient({ body }));
    const nowhere = { ...person(`${unique()}@x.example`), brokerage_slug: `none-${unique()}` };
    const { errors } = await refused("invalid_input", client.registerClient({ body: nowhere }));
    expect(errors[0]?.path).toBe("/brokerage_slug");

    const { token, user } = await signIn(me.email, me.password);
    expect(user).toEqual(registered);
    const renamed = await ok(client.updateMe({ token, version: 1, body: { first_name: "Kleo" } }));
    expect(renamed).toMatchObject({ first_name: "Kleo", last_name: "Client", version: 2 });
    expect(await ok(client.getMe({ token }))).toMatchObject(renamed);
    // @ts-expect-error: nobody gives themselves a role.
    await refused("invalid_input", client.updateMe({ token, version: 2, body: { role: "admin" } }));
  });

  test("an admin adds users; agents see the list, clients do not, and only admins add", async () => {
    const admin = await signUp();
    const people = Object.fromEntries(
      await Promise.all(roles.map(async (role) => [role, await addUser(admin, role)] as const)),
    );
    const list = await ok(client.listUsers({ token: people.agent!.token, query: { limit: "100" } }));
    expect(list.items).toHaveLength(1 + roles.length);
    expect(list.items.map(({ id }) => id)).toContain(people.client!.user.id);
    expect(JSON.stringify(list)).not.toContain("argon2");
    const agents = await ok(client.listUsers({ token: admin.token, query: { role: "agent" } }));
    const { role_ids: _, ...listed } = people.agent!.user;
    expect(agents.items).toEqual([listed]);
    const body = { ...person(`${unique()}@x.example`), role: "agent" } as const;
    for (const role of ["client", "agent", "employee"] as const)
      await refused("forbidden", client.createUser({ token: people[role]!.token, body }));
    await refused("forbidden", client.listUsers({ token: people.client!.token }));
  });

  test("a repeated Idempotency-Key adds one user, and no password is kept with the answer", async () => {
    const { token, user, brokerage } = await signUp();
    const headers = { "idempotency-key": "add the agent" };
    const body = { ...person(`${unique()}@x.example`), role: "agent" } as const;
    const once = await ok(client.createUser({ token, body, headers }));
    expect(await ok(client.createUser({ token, body, headers }))).toEqual(once);
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

test("wherever a password is set, one that is easily guessed is refused and its field named", async () => {
  const { brokerage, token, password } = await signUp();
  const easy = "passwordpassword1";
  const person = { email: `${unique()}@easy.example`, first_name: "Ed", last_name: "Easy" };
  const sent: [string, string, object][] = [
    [
      "/v1/brokerages",
      "/admin/password",
      { name: "E", slug: unique(), admin: { ...person, password: easy } },
    ],
    ["/v1/users", "/password", { ...person, role: "agent", password: easy }],
    ["/v1/auth/register", "/password", { ...person, brokerage_slug: brokerage.slug, password: easy }],
    ["/v1/auth/password", "/new_password", { current_password: password, new_password: easy }],
  ];
  for (const [path, field, body] of sent) {
    const answer = await api("POST", path, { token, body });
    expect([answer.status, answer.body.errors?.[0]?.path], path).toEqual([400, field]);
  }
});

describe("the bootstrap", () => {
  test("run again changes no key", async () => {
    const { refresh_token } = await signUp();
    const keys = await ok(client.getJwks());
    const { tableName: table, signingSecret, checkpointSecret, assistantSecret } = cloud;
    await bootstrap(cloud.environment, { table, signingSecret, checkpointSecret, assistantSecret });
    expect(await ok(client.getJwks())).toEqual(keys);
    expect((await refresh(refresh_token)).status).toBe(200);
  });

  test("the published keys are public halves", async () => {
    const { keys } = await ok(client.getJwks());
    expect(keys).toHaveLength(1);
    expect(keys[0]).toEqual(
      expect.objectContaining({ kty: "OKP", crv: "Ed25519", alg: "EdDSA", use: "sig" }),
    );
    expect(keys[0]).not.toHaveProperty("d");
  });
});
