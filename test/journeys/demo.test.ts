import { expect, test } from "vitest";
import { addAccess } from "../../infra/local/demo/access.ts";
import { clientOf } from "../../infra/local/demo/client.ts";
import { addEnquiries } from "../../infra/local/demo/enquiries.ts";
import { addLooks } from "../../infra/local/demo/looks.ts";
import { addWork } from "../../infra/local/demo/work.ts";
import { foldForward } from "../../shared/data/fold.ts";
import { emailsOf } from "../../shared/domain/client.ts";
import { client, ok } from "../client.ts";
import { addUser, brokerageOf, cloud, type SignedIn, signIn, signUp, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";
import { mailsTo, mailTo, tokenIn } from "../mail.ts";
import { house, readAll } from "../properties.ts";

test("each start completes what shows who may do what: Ben changes his team's listing, Dan the shared one", async () => {
  const admin = await signUp();
  const [ana, dan] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  // As in the demo of the release before: made before there was a team.
  const { id } = await ok(client.createProperty({ token: ana.token, body: house }));
  const tokens = { admin: admin.token, agent: ana.token, colleague: dan.token };
  const { call } = clientOf(cloud.url, "");
  const start = () => addAccess(call, tokens, [id]);
  const users = await start();
  expect(users.dan).toBe(dan.user.id);

  // A start that died half way leaves Ben in no team, and Friday ends the share.
  const { token } = admin;
  const params = { property_id: id };
  const withDan = { ...params, grantee_kind: "user", grantee_id: users.dan };
  const team_id = (await ok(client.getProperty({ token, params }))).team_id!;
  await ok(client.deleteTeamMember({ token, params: { team_id, user_id: users.ben } }));
  await ok(client.deletePropertyShare({ token, params: withDan }));
  expect(await start()).toEqual(users);

  expect((await ok(client.listTeams({ token }))).items).toMatchObject([{ id: team_id }]);
  const { items: roles } = await ok(client.listRoles({ token, query: {} }));
  expect(roles.filter(({ is_built_in }) => !is_built_in)).toHaveLength(1);
  const { items: shares } = await ok(client.listPropertyShares({ token, params, query: {} }));
  expect(shares).toMatchObject([{ grantee_id: users.dan, access: "write" }]);
  expect(new Date(shares[0]!.until!).getUTCDay()).toBe(5);

  const email = "ben@emerald.example";
  const password = "emerald-city-demo";
  await ok(client.confirmPasswordReset({ body: { token: tokenIn(await mailTo(email)), password } }));
  expect(await mailsTo(email)).toHaveLength(1);
  const change = async ({ token }: SignedIn, description: string) => {
    const { version } = await ok(client.getProperty({ token, params }));
    return ok(client.updateProperty({ token, params, version, body: { description } }));
  };
  const ben = await signIn(email, password);
  expect(await change(ben, "By Ben")).toMatchObject({ description: "By Ben", owner_user_id: ana.user.id });
  expect(await change(dan, "By Dan")).toMatchObject({ description: "By Dan" });
  const asked = { permission: "property:write", entity: "property", id } as const;
  const ruleOf = async (user_id: string) =>
    (await ok(client.getAccess({ token, query: { ...asked, user_id } }))).rule;
  expect([await ruleOf(users.ben), await ruleOf(users.dan)]).toEqual(["team_scope", "shared"]);
});

test("each start completes what agents do all day: whose the enquiries are, what is overdue, who left", async () => {
  const admin = await signUp();
  const [ana, dan, emil] = await Promise.all([
    addUser(admin, "agent"),
    addUser(admin, "agent"),
    addUser(admin, "employee"),
  ]);
  const { token } = admin;
  const { id: team } = await ok(client.createTeam({ token, body: { name: "Waterfront" } }));
  await ok(client.putTeamMember({ token, params: { team_id: team, user_id: ana.user.id }, body: {} }));
  const { id } = await ok(client.createProperty({ token: ana.token, body: { ...house, status: "active" } }));
  const { call } = clientOf(cloud.url, "");
  const there = { listings: [id], dan: dan.user.id as string, team };
  const tokens = { agent: ana.token, colleague: dan.token, employee: emil.token };
  const start = async () => {
    await addEnquiries(call, token, there);
    return addWork(call, tokens, there);
  };
  const tried = await start();
  const counts = async () => {
    const paths = ["/v1/clients", "/v1/tasks", "/v1/exports", `/v1/clients/${tried.nora}/interactions`];
    return (await Promise.all(paths.map((path) => readAll(path, token)))).map(({ length }) => length);
  };
  const first = await waitFor(async () => {
    const all = await counts();
    return all[0]! >= 51 && all[1]! >= 10 ? all : undefined;
  });
  expect(await start()).toEqual(tried);
  expect(await counts()).toEqual(first);

  const { items: leads } = await ok(client.listLeads({ token, query: { unclaimed: "true" } }));
  expect(leads).toHaveLength(5);
  const late = { is_finished: "false", due_before: new Date().toISOString() } as const;
  const overdue = async ({ token }: SignedIn) =>
    (await ok(client.listTasks({ token, query: late }))).items.map(({ title }) => title);
  expect(await overdue(ana)).toEqual(["Send the disclosures", "Call back about the roof"]);
  expect(await overdue(dan)).toEqual(["Order the yard sign", "Give the lockbox key back"]);
  const merged = { token: ana.token, params: { client_id: tried.nora }, body: { from: [tried.twin] } };
  expect(emailsOf((await ok(client.mergeClients(merged))).client)).toContain("nora@work.example");
});

test("each start tells of the looks at the listings once, and they are numbers", async () => {
  const admin = await signUp();
  const { token } = admin;
  const { id } = await ok(client.createProperty({ token, body: { ...house, status: "active" } }));
  const { call } = clientOf(cloud.url, "");
  const told = async () => {
    await addLooks(call, token, [id]);
    return (await readAll("/v1/analytics-events", token)).filter(({ entity_id }) => entity_id === id);
  };
  const looks = (await told()).filter(({ metric_type }) => metric_type === "detailed_view");
  expect(looks.length).toBeGreaterThan(50);
  expect((await told()).filter(({ metric_type }) => metric_type === "detailed_view")).toHaveLength(
    looks.length,
  );
  // As if what has arrived were half a minute old.
  await foldForward(table, brokerageOf(admin), new Date(Date.now() + 31_000));
  const asked = { token, params: { view: "listing-performance" }, query: { property_id: id } };
  const { totals } = await ok(client.getAnalytics(asked));
  expect(totals.views).toBe(looks.length);
  expect(totals.visitors).toBeNull();
});
