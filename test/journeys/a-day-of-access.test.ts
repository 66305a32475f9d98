import { expect, test } from "vitest";
import { client, ok } from "../client.ts";
import { expectStatus, type SignedIn, signIn, signUp, unique } from "../cloud.ts";
import { settledLog } from "../logs.ts";
import { invite, mailTo, tokenIn } from "../mail.ts";
import { house } from "../properties.ts";

/** Six in the evening of the next Friday, in UTC. */
function friday(now = new Date()): string {
  const days = (5 - now.getUTCDay() + 7) % 7 || 7;
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 18),
  ).toISOString();
}

/** Invites an agent, who opens the mail and sets a password. */
async function hire(admin: SignedIn): Promise<SignedIn> {
  const { email } = await invite(admin);
  const password = `a long password ${unique()}`;
  await ok(client.confirmPasswordReset({ body: { token: tokenIn(await mailTo(email)), password } }));
  return signIn(email, password);
}

test("a day: hired, in a team, with a role, a listing until Friday, a right withdrawn, and all of it read", async () => {
  const admin = await signUp();
  const { token } = admin;
  const [ana, ben, cleo] = [await hire(admin), await hire(admin), await hire(admin)];

  // A team of two, and a role that lets one of them change the team's listings.
  const team = await ok(client.createTeam({ token, body: { name: "Waterfront" } }));
  for (const { user } of [ana, ben]) {
    const params = { team_id: team.id, user_id: user.id };
    await ok(client.putTeamMember({ token, params, body: {} }));
  }
  const made = await ok(client.createRole({ token, body: { name: "Listing coordinator" } }));
  const role = { role_id: made.id };
  const permissions = [{ resource: "property", action: "write", scope: "team" }] as const;
  await ok(
    client.putRolePermissions({
      token,
      params: role,
      version: made.version,
      body: { permissions: [...permissions] },
    }),
  );
  const giveRoles = async (role_ids: string[]) => {
    const params = { user_id: ben.user.id };
    const { version } = await ok(client.getUser({ token, params }));
    await ok(client.putUserRoles({ token, params, version, body: { role_ids } }));
  };
  await giveRoles([made.id]);
  const me = await ok(client.getMe({ token: ben.token }));
  expect(me.permissions).toContainEqual({ ...permissions[0], from: "Listing coordinator" });
  expect(me.teams).toEqual([{ id: team.id, name: "Waterfront", is_lead: false }]);

  // Ana's listing is her team's; Cleo may change it until Friday.
  const listing = await ok(client.createProperty({ token: ana.token, body: { ...house, status: "rented" } }));
  const params = { property_id: listing.id };
  expect(listing.team_id).toBe(team.id);
  const rename = async ({ token }: SignedIn, title: string) => {
    const { version } = await ok(client.getProperty({ token: ana.token, params }));
    return client.updateProperty({ token, params, version, body: { title } });
  };
  expect((await ok(rename(ben, "By the team"))).title).toBe("By the team");
  expect((await rename(cleo, "By a stranger")).status).toBe(404);
  const withCleo = { ...params, grantee_kind: "user", grantee_id: cleo.user.id };
  const until = friday();
  const share = { token: ana.token, params: withCleo, body: { access: "write" as const, until } };
  expect(await ok(client.putPropertyShare(share))).toMatchObject({ access: "write", until });
  expect((await ok(rename(cleo, "By a guest"))).title).toBe("By a guest");

  // Why may they? And who may?
  const asked = { permission: "property:write", entity: "property", id: listing.id } as const;
  const ruleOf = async ({ user }: SignedIn) =>
    (await ok(client.getAccess({ token, query: { ...asked, user_id: user.id } }))).rule;
  expect([await ruleOf(ana), await ruleOf(ben), await ruleOf(cleo)]).toEqual([
    "owner",
    "team_scope",
    "shared",
  ]);
  const { items: allowed } = await ok(client.listAllowedUsers({ token, query: { ...asked, limit: "100" } }));
  expect(allowed.map(({ user_id }) => user_id).sort()).toEqual(
    [admin, ana, ben, cleo].map(({ user }) => user.id).sort(),
  );

  // Rights that are withdrawn are refused at the next request.
  await giveRoles([]);
  expect((await rename(ben, "No more")).status).toBe(404);
  await ok(client.deletePropertyShare({ token: ana.token, params: withCleo }));
  expect((await rename(cleo, "No more")).status).toBe(404);
  const { version } = await ok(client.getUser({ token, params: { user_id: cleo.user.id } }));
  await ok(client.deactivateUser({ token, params: { user_id: cleo.user.id }, version }));
  expect((await client.getMe({ token: cleo.token })).status).toBe(401);

  // The broker reads who did what.
  const entries = await settledLog(admin);
  const events = await ok(client.listAuditEvents({ token, query: { limit: "100" } }));
  const types = new Set(events.items.map(({ type }) => type));
  for (const type of [
    ...(["user_invited", "password_reset", "sign_in", "team_changed", "permissions_changed"] as const),
    ...(["roles_changed", "share_added", "share_removed", "user_deactivated"] as const),
  ])
    expect(types, type).toContain(type);
  const ofListing = events.items.filter(({ id }) => id === listing.id).reverse();
  expect(ofListing.map(({ type, by }) => [type, by])).toEqual([
    ["record_created", ana.user.id],
    ["record_changed", ben.user.id],
    ["share_added", ana.user.id],
    ["record_changed", cleo.user.id],
    ["share_removed", ana.user.id],
  ]);

  // An integrator, with a key that reads and no more, keeps a copy by following the changes.
  const grants = ["change:read:brokerage", "property:read:brokerage", "user:read:brokerage"];
  const { key } = await ok(client.createApiKey({ token, body: { name: "Copy", grants } as never }));
  const copy = new Map<string, number>();
  let since = 0;
  for (let more = true; more; ) {
    const query = { since: String(since), limit: "20" };
    const page = await ok(client.listChanges({ token: key!, query }));
    for (const item of page.items) {
      if (item.type === "hidden") continue;
      const { entity, id } = item as { entity: string; id: string };
      if (entity !== "property" && entity !== "user") continue;
      const path = entity === "property" ? `/v1/properties/${id}` : `/v1/users/${id}`;
      copy.set(id, (await expectStatus(200, "GET", path, { token: key! })).version);
    }
    since = page.next_since;
    more = page.has_more;
  }
  expect(since).toBeGreaterThanOrEqual(entries.length);
  const users = await ok(client.listUsers({ token, query: { limit: "100" } }));
  const now = await ok(client.getProperty({ token, params }));
  const server = [...users.items, now].map(({ id, version }) => [id, version] as const);
  expect(copy).toEqual(new Map(server));
});
