import { expect, test } from "vitest";
import { reminderKey } from "../../shared/data/reminders.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, cloud, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { exportFile, rowsIn } from "../exports.ts";
import { handOver } from "../hand-overs.ts";
import { table } from "../in-process.ts";
import { settledLog } from "../logs.ts";
import { mailsTo } from "../mail.ts";
import { house, readAll } from "../properties.ts";

const day = 24 * 3_600_000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

const people = [
  ...["Nora Lindqvist", "Omar Haddad", "Lin Chen", "Ada Okafor", "Tomás Linares", "Priya Raman"],
  ...["Ben Lindqvist", "Zoë Haddad", "Wei Chen", "Ike Okafor", "Rosa Ortiz", "Dev Raman"],
];

/** What the website's form sends. */
const enquiryOf = (name: string, property_id: string) => ({
  source: "website",
  message: "Can we see it on Saturday?",
  property_id,
  person: { name, email: `${unique()}@mail.example` },
});

/** The ids in a list, as soon as they are as many. */
const listed = (path: string, { token }: Pick<SignedIn, "token">, count: number) =>
  waitFor(async () => {
    const items = await readAll(path, token);
    return items.length === count ? items : undefined;
  }, 20);

test("a day: enquiries become somebody's clients, who are called, shared, merged, found and handed over; what is overdue is right", async () => {
  const admin = await signUp();
  const { token } = admin;
  const [ana, ben, cleo] = await Promise.all([
    addUser(admin, "agent"),
    addUser(admin, "agent"),
    addUser(admin, "agent"),
  ]);
  const agents = [ana, ben, cleo];
  const home = { ...house, city: "Seattle", status: "active" as const };
  const { id: property_id } = await ok(client.createProperty({ token: ana.token, body: home }));

  // The website sends twelve enquiries, one of them twice, with a key that does no more.
  const { key } = await ok(
    client.createApiKey({ token, body: { name: "Website", grants: ["lead:write:brokerage"] } }),
  );
  const enquiries = people.map((name) => enquiryOf(name, property_id));
  const sent = await Promise.all(
    [...enquiries, enquiries[0]!].map((body) => client.createLead({ token: key!, body })),
  );
  for (const { status, body } of sent) expect([status, body]).toEqual([202, { received: true }]);
  await refused("forbidden", client.listClients({ token: key!, query: {} }));

  // Each is a client with an owner, in turn, and a reason.
  const all = await listed("/v1/clients", admin, people.length);
  const ofAgent = ({ user }: SignedIn) => all.filter(({ owner_user_id }) => owner_user_id === user.id);
  expect(agents.map((agent) => ofAgent(agent).length)).toEqual([4, 4, 4]);
  const saidTo = async (by: SignedIn, client_id: string) =>
    (await ok(client.listInteractions({ token: by.token, params: { client_id }, query: {} }))).items;
  for (const { id } of all) {
    const [enquiry] = await saidTo(admin, id);
    expect(enquiry).toMatchObject({ user_id: null, outcome: expect.stringMatching(/\w/) });
    expect(enquiry!.notes).toContain("on Saturday");
  }

  // Ana calls one of hers, notes what she heard, and lets Ben help; Cleo sees nothing of it.
  const [nora, other] = ofAgent(ana);
  const params = { client_id: nora.id as string };
  const called = await ok(
    client.createInteraction({ token: ana.token, params, body: { type: "call", outcome: "Will come" } }),
  );
  const noted = { type: "note", notes: "Two dogs, needs a yard" } as const;
  await ok(client.createInteraction({ token: ana.token, params, body: noted }));
  const inTouch = await ok(client.getClient({ token: ana.token, params }));
  expect([inTouch.first_responded_at, inTouch.last_contacted_at]).toEqual([
    called.occurred_at,
    called.occurred_at,
  ]);
  await refused("not_found", client.getClient({ token: ben.token, params }));
  const withBen = { ...params, grantee_kind: "user", grantee_id: ben.user.id as string };
  await ok(client.putClientShare({ token: ana.token, params: withBen, body: { access: "write" } }));
  const { version } = await ok(client.getClient({ token: ben.token, params }));
  const tagged = { tags: ["dogs"], nurture_status: "hot" as const };
  await ok(client.updateClient({ token: ben.token, params, version, body: tagged }));
  await refused("not_found", client.getClient({ token: cleo.token, params }));

  // Two of hers are one: merged, what was said with either is read with the one; undone, they are two again.
  const merging = { token: ana.token, params, body: { from: [other.id as string] } };
  const { merge_id, client: merged } = await ok(client.mergeClients(merging));
  expect(merged.more_emails).toContain(other.email);
  const saidWithBoth = 2 + (await saidTo(ana, nora.id)).length;
  expect(saidWithBoth).toBeGreaterThan(5);
  await listed("/v1/clients", ana, 3);
  await ok(client.undoMerge({ token: ana.token, params: { merge_id } }));
  await listed("/v1/clients", ana, 4);
  expect(await ok(client.getClient({ token: ana.token, params }))).toMatchObject({
    ...tagged,
    more_emails: [],
  });

  // Three letters find everybody whom one may read.
  const found = async ({ token }: SignedIn) =>
    (await ok(client.listClients({ token, query: { q: "lin" } }))).items.map(({ name }) => name).sort();
  const named = all.map(({ name }) => name as string).filter((name) => / ?lin/i.test(name));
  await waitFor(async () => ((await found(admin)).join() === named.sort().join() ? true : undefined));
  const hers = ofAgent(cleo).map(({ name }) => name as string);
  expect(await found(cleo)).toEqual(named.filter((name) => hers.includes(name)));

  // What is to be done, and when.
  const about = { client_id: nora.id as string, property_id };
  const add = (by: SignedIn, title: string, days: number, more = {}) =>
    ok(client.createTask({ token: by.token, body: { title, due_date: inDays(days), ...more } }));
  const late = await add(ana, "Send the disclosure", -1, about);
  const done = await add(ana, "Confirm Saturday", -2, about);
  await add(ana, "Walk through", 3, about);
  await add(cleo, "Call back", -3);
  await add(cleo, "Next month", 30);
  const doneNow = { token: ana.token, params: { task_id: done.id }, version: 1 };
  await ok(client.updateTask({ ...doneNow, body: { status: "completed" } }));
  const titlesOf = async (by: SignedIn, query: object) =>
    (await ok(client.listTasks({ token: by.token, query: query as never }))).items.map(({ title }) => title);
  const overdue = () => ({ is_finished: "false", due_before: new Date().toISOString() });
  const isOverdue = (by: SignedIn, titles: readonly string[], more = {}) =>
    waitFor(async () =>
      (await titlesOf(by, { ...overdue(), ...more })).join() === titles.join() ? true : undefined,
    );
  await isOverdue(admin, ["Call back", late.title]);
  await isOverdue(ana, [late.title]);
  const week = { due_from: inDays(0), due_before: inDays(7), owner_user_id: ana.user.id };
  expect(await titlesOf(admin, week)).toEqual(["Walk through"]);
  expect((await titlesOf(ana, { client_id: nora.id })).sort()).toEqual(
    [late.title, done.title, "Walk through"].sort(),
  );
  // The reminder follows its task behind the stream; another test's run may have taken it since.
  await waitFor(() => table.get(reminderKey(admin.brokerage.id, late.id)));
  await cloud.fire("remindOwners");
  const reminder = await waitFor(async () =>
    (await mailsTo(ana.email)).find(({ subject }) => subject.includes("are due")),
  );
  expect(reminder.text).toContain(late.title);
  for (const title of [done.title, "Walk through"]) expect(reminder.text).not.toContain(title);

  // Cleo leaves: all that was hers is Ben's, and so is what she left undone.
  const { version: hired } = await ok(client.getUser({ token, params: { user_id: cleo.user.id } }));
  await ok(client.deactivateUser({ token, params: { user_id: cleo.user.id }, version: hired }));
  await refused("unauthenticated", client.listTasks({ token: cleo.token, query: {} }));
  const { records_handed } = await handOver(admin, cleo, ben);
  expect(records_handed).toBe(4 + 2);
  // His own, Cleo's, and the one that Ana shares.
  const his = await listed("/v1/clients", ben, 4 + 4 + 1);
  await isOverdue(ben, ["Call back"], { owner_user_id: ben.user.id });
  await isOverdue(admin, [], { owner_user_id: cleo.user.id });

  // He takes his clients along as a file, as far as he may read them, and the log says who did what.
  const { text } = await exportFile(ben.token, { resource: "client" });
  const ids = (items: readonly { readonly id?: string }[]) => items.map(({ id }) => id).sort();
  expect(ids(rowsIn(text))).toEqual(ids(his));
  await settledLog(admin);
  const query = { entity: "client", id: nora.id as string, limit: "100" } as const;
  const events = (await ok(client.listAuditEvents({ token, query }))).items;
  const by = (user: SignedIn) => events.filter((event) => event.by === user.user.id).map(({ type }) => type);
  expect(by(ana)).toContain("share_added");
  expect(by(ben)).toEqual(["record_changed"]);
});
