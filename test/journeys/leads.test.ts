import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import { createLead } from "../../functions/leads/create-lead.ts";
import { openLeadKey } from "../../shared/data/open-leads.ts";
import type { Table } from "../../shared/data/table.ts";
import type { Client } from "../../shared/domain/client.ts";
import type { Interaction } from "../../shared/domain/interaction.ts";
import type { NewLead, TakenLead } from "../../shared/domain/lead.ts";
import type { NewLeadRouting } from "../../shared/domain/lead-routing.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { operations } from "../answers.ts";
import { meter } from "../bench/meter.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, api, cloud, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { house } from "../properties.ts";
import { makeDue } from "../records.ts";

type Said = z.input<typeof NewLead>;
type Taken = z.output<typeof TakenLead>;

let admin: Awaited<ReturnType<typeof signUp>>;
/** A team of three, in the order of their turns, and somebody who is not in it. */
let agents: SignedIn[];
let other: SignedIn;
let team_id: string;
/** The website's. */
let key: string;

const ids = () => agents.map(({ user }) => user.id as string).sort();
const anEmail = () => `${unique()}@leads.example`;
const aPhone = () => `+1206${String(Math.floor(2_000_000 + Math.random() * 7_999_999))}`;
const lead = (person: Said["person"], more: Partial<Said> = {}): Said => ({
  source: "website",
  person,
  ...more,
});
const post = (body: Said, { token }: Pick<SignedIn, "token"> = admin) => client.createLead({ token, body });
const send = async (body: Said, by?: SignedIn) => (await ok(post(body, by))) as Taken;
const clientAs = ({ token }: SignedIn, client_id: string) =>
  client.getClient({ token, params: { client_id } });
async function notesOf(client_id: string): Promise<Interaction[]> {
  const page = await ok(
    client.listInteractions({ token: admin.token, params: { client_id }, query: { limit: "100" } }),
  );
  return page.items;
}
async function route(body: z.input<typeof NewLeadRouting>) {
  const { token } = admin;
  const { version } = await ok(client.getLeadRouting({ token }));
  return ok(client.putLeadRouting({ token, version, body }));
}
const toTeam = (kind: "round_robin" | "first_to_claim", source: string, more = {}) => ({
  ...{ when: { source }, assign: { kind, team_id } },
  ...more,
});

beforeAll(async () => {
  admin = await signUp();
  const { token } = admin;
  [other, ...agents] = [
    await addUser(admin, "agent"),
    ...[await addUser(admin, "agent"), await addUser(admin, "agent"), await addUser(admin, "agent")],
  ] as [SignedIn, ...SignedIn[]];
  const team = await ok(client.createTeam({ token, body: { name: "Ballard" } }));
  team_id = team.id;
  for (const user_id of ids())
    await ok(client.putTeamMember({ token, params: { team_id, user_id }, body: {} }));
  const grants = ["lead:write:brokerage"];
  key = (await ok(client.createApiKey({ token, body: { name: "Website", grants } }))).key!;
  await route({
    rules: [
      toTeam("round_robin", "portal"),
      toTeam("round_robin", "hurry", { respond_within_minutes: 10 }),
      toTeam("first_to_claim", "offer", { respond_within_minutes: 10 }),
    ],
    fallback_user_id: other.user.id,
  });
});

describe("a lead", () => {
  test("makes a client of whoever is next, with the source, the enquiry and the reason", async () => {
    const email = anEmail();
    const property = await ok(client.createProperty({ token: admin.token, body: house }));
    const body = lead(
      { first_name: "Nora", last_name: "Lindqvist", email, phone: "(206) 555-0142" },
      {
        source: "portal",
        message: "Is it still for sale?",
        property_id: property.id,
        consent: { text: "granted" },
      },
    );
    const { status, body: taken } = await post(body);
    expect(status).toBe(201);
    const { client: made, interaction, ...rest } = taken as Taken;
    expect(rest).toEqual({
      ...{ created: true, assigned_to: ids()[0] },
      reason: "The rule for leads from portal: it is their turn",
    });
    expect(made).toMatchObject({
      ...{ name: "Nora Lindqvist", email, phone: "+12065550142", lead_source: "portal", team_id },
      ...{
        owner_user_id: ids()[0],
        nurture_status: "new",
        first_responded_at: null,
        last_contacted_at: null,
      },
    });
    expect(made.consent.text).toMatchObject({
      status: "granted",
      how: "Enquiry from portal",
      by: admin.user.id,
    });
    expect(interaction).toMatchObject({ type: "note", outcome: rest.reason, client_id: made.id });
    expect(interaction.notes).toBe(
      `Property inquiry from portal\nProperty: ${property.id}\n\nIs it still for sale?`,
    );
    expect((await ok(clientAs(agents.find(({ user }) => user.id === ids()[0])!, made.id))).id).toBe(made.id);
  });

  test("that comes again is the same client, by email and phone together, too", async () => {
    const again = lead({ name: "Nora", email: anEmail(), phone: aPhone() });
    const first = await send(again);
    const { status, body } = await post(again);
    expect([status, (body as Taken).client.id]).toEqual([200, first.client.id]);
  });

  test("of a known client changes nothing of them but the notes", async () => {
    const [email, phone] = [anEmail(), aPhone()];
    const first = await send(
      lead({ name: "Sam Rivera", email }, { consent: { text: { status: "revoked" } } }),
    );
    const again = lead(
      { name: "Sammy", email: email.toUpperCase(), phone },
      { source: "portal", consent: { text: "granted" } },
    );
    const { status, body } = await post(again);
    const known = body as Taken;
    expect([status, known.created, known.assigned_to]).toEqual([200, false, first.assigned_to]);
    // Their score follows from their enquiries by itself.
    const said = ({ version, updated_at, lead_score, nurture_status, nurture_since, ...rest }: Client) =>
      rest;
    expect(said(known.client)).toEqual(said(first.client));
    expect(known.interaction.notes).toBe(
      `General inquiry from portal\nThey also gave: Sammy, ${phone}\nThey said of consent: text granted`,
    );
    expect(said(await ok(clientAs(admin, first.client.id)))).toEqual(said(first.client));
    // Whose phone it is, is not known by this: the next one with it is somebody else.
    expect((await send(lead({ phone }))).created).toBe(true);
  });

  test("finds its client by phone, too, however it is written; the email comes first", async () => {
    const [email, phone] = [anEmail(), aPhone()];
    const byPhone = await send(lead({ phone }));
    expect(byPhone.client.name).toBe(phone);
    const spaced = `(${phone.slice(2, 5)}) ${phone.slice(5, 8)}-${phone.slice(8)}`;
    expect(await send(lead({ phone: spaced }))).toMatchObject({
      created: false,
      client: { id: byPhone.client.id },
    });
    const byEmail = await send(lead({ email }));
    expect(await send(lead({ email, phone }))).toMatchObject({
      created: false,
      client: { id: byEmail.client.id },
    });
  });

  test("of whom a colleague knows tells an agent nothing", async () => {
    const email = anEmail();
    const mine = await send(lead({ email }, { source: "none of the rules" }), agents[0]);
    expect(mine).toMatchObject({ created: true, assigned_to: other.user.id });
    const answer = await post(lead({ email }), agents[0]);
    expect([answer.status, answer.body]).toEqual([202, { received: true }]);
    expect((await post(lead({ email }), other)).status).toBe(200);
    expect(await notesOf(mine.client.id)).toHaveLength(3);
  });

  test("that is older than a day is the fallback's, and no clock runs", async () => {
    const occurred_at = new Date(Date.now() - 25 * 3_600_000).toISOString();
    const {
      client: made,
      interaction,
      ...rest
    } = await send(lead({ email: anEmail() }, { source: "hurry", occurred_at }));
    expect(rest).toMatchObject({ created: true, assigned_to: other.user.id });
    expect(interaction.occurred_at).toBe(occurred_at);
    expect(await table.get(openLeadKey(admin.brokerage.id, made.id))).toBeUndefined();
  });

  test("bad input says which field and why, and nothing is written", async () => {
    const isBad = async (body: object, path: string) => {
      const { errors } = await refused("invalid_input", post(body as Said));
      expect(errors.map((error) => error.path)).toEqual([path]);
    };
    const email = anEmail();
    await isBad(lead({ name: "Nobody" }), "/person");
    await isBad(lead({ email: "none" }), "/person/email");
    await isBad(lead({ email, phone: "call me" }), "/person/phone");
    await isBad(lead({ email }, { property_id: admin.user.id }), "/property_id");
    await isBad(
      lead({ email }, { occurred_at: new Date(Date.now() + 3_600_000).toISOString() }),
      "/occurred_at",
    );
    await isBad(lead({ email }, { type: "complaint" as never }), "/type");
    expect((await send(lead({ email }))).created).toBe(true);
  });
});

describe("many at once", () => {
  const sender = async (operation: Operation = createLead as unknown as Operation) => {
    const call = await inProcess(operation);
    return (body: Said) => call({ token: admin.token, body });
  };
  const twenty = <T>(make: (at: number) => T) => Array.from({ length: 20 }, (_, at) => make(at));
  const clientsIn = (answers: readonly { body: Taken }[]) =>
    new Set(answers.map(({ body }) => body.client.id)).size;

  test.each([
    ["email", () => ({ email: anEmail() })],
    ["phone", () => ({ phone: aPhone() })],
  ])("with the same %s make one client", async (_, reached) => {
    const [call, person] = [await sender(), reached()];
    const answers = await Promise.all(twenty(() => call(lead(person, { source: "portal" }))));
    expect(answers.map(({ status }) => status).sort()).toEqual([...twenty(() => 200).slice(1), 201]);
    expect(clientsIn(answers)).toBe(1);
    expect(await notesOf(answers[0]!.body.client.id)).toHaveLength(20);
  });

  /** How many clients two enquiries make, where the first reads before the second begins, and writes after it has ended. */
  async function clientsOfTwo(change: (table: Table) => Table): Promise<number> {
    const [quick, person] = [await sender(), { phone: aPhone() }];
    let second: ReturnType<typeof quick> | undefined;
    const slow = await sender(
      withTable(createLead as unknown as Operation, (real) => {
        const table = change(real);
        const commit: Table["commit"] = async (writes) => {
          second ??= quick(lead(person));
          await second;
          return table.commit(writes);
        };
        return { ...table, commit };
      }),
    );
    return clientsIn([await slow(lead(person)), await second!]);
  }

  test("sabotage: without the conditions two make two", async () => {
    expect(await clientsOfTwo((table) => table)).toBe(1);
    expect(await clientsOfTwo(unconditional)).toBe(2);
  });

  test("each turn is one lead's", async () => {
    const call = await sender();
    const twelve = twenty(anEmail).slice(8);
    const answers = await Promise.all(twelve.map((email) => call(lead({ email }, { source: "portal" }))));
    const owners = Map.groupBy(answers, ({ body }) => body.assigned_to);
    expect([...owners].map(([id, leads]) => [id, leads.length]).sort()).toEqual(ids().map((id) => [id, 4]));
  });
});

describe("the website's key", () => {
  const asWebsite = (body: Said) => client.createLead({ token: key, body });

  test("sends leads, which find their agent behind its answer", async () => {
    const email = anEmail();
    const answer = await asWebsite(lead({ name: "Nora", email }, { source: "portal", message: "Hello" }));
    expect([answer.status, answer.body]).toEqual([202, { received: true }]);
    const found = await waitFor(async () => {
      const { items } = await ok(client.listClients({ token: admin.token }));
      return items.find((one) => one.email === email);
    });
    expect(found).toMatchObject({ name: "Nora", lead_source: "portal" });
    expect(ids()).toContain(found.owner_user_id);
    expect(await send(lead({ email }))).toMatchObject({ created: false, client: { id: found.id } });
    const notes = await notesOf(found.id);
    expect(notes.at(-1)).toMatchObject({
      user_id: null,
      outcome: "The rule for leads from portal: it is their turn",
    });
  });

  test("learns nothing of what is known, by bytes or by what is asked of the table", async () => {
    const [email, phone] = [anEmail(), aPhone()];
    await send(lead({ email, phone }));
    const property_id = admin.user.id as string;
    const call = await inProcess(createLead as unknown as Operation);
    const ask = async (person: Said["person"], more: Partial<Said> = {}) => {
      const { result, requests } = await meter(() => call({ token: key, body: lead(person, more) }));
      // One in ten uses of a key is noted, whatever it was used for.
      const asked = requests.flatMap(({ action }) => (action === "UpdateItem" ? [] : [action]));
      const { "x-request-id": _, ...headers } = Object.fromEntries(result.headers);
      return { status: result.status, body: result.body, headers, asked };
    };
    const unknown = await ask({ email: anEmail() });
    expect(unknown).toMatchObject({ status: 202, asked: ["BatchGetItem", "PutItem"] });
    for (const person of [{ email }, { phone }, { email: anEmail(), phone }, { phone: aPhone() }])
      expect(await ask(person, { property_id })).toEqual(unknown);
  });

  test("can do nothing else", async () => {
    const needIt = operations.filter(({ permission }) => permission === "lead:write");
    expect(needIt.map(({ id }) => id)).toEqual(["createLead"]);
    const { client: known } = await send(lead({ email: anEmail() }));
    for (const path of [
      "clients",
      "leads",
      "lead-routing",
      "properties",
      "users",
      "me",
      `clients/${known.id}`,
    ])
      expect([path, (await api("GET", `/v1/${path}`, { token: key })).status]).toEqual([path, 403]);
    await refused("forbidden", client.claimClient({ token: key, params: { client_id: known.id } }));
  });
});

describe("what is offered to a team", () => {
  const offered = async ({ token }: SignedIn) =>
    (await ok(client.listLeads({ token, query: { unclaimed: "true", limit: "100" } }))).items;
  const claim = ({ token }: SignedIn, { client: { id } }: Taken) =>
    client.claimClient({ token, params: { client_id: id } });
  const isListed = (by: SignedIn, { client: { id } }: Taken, expected: boolean) =>
    waitFor(
      async () => ((await offered(by)).some((one) => one.client_id === id) === expected ? true : undefined),
      10,
    );
  const offer = () => send(lead({ name: "Nora", email: anEmail(), phone: aPhone() }, { source: "offer" }));

  test("is the fallback's until one of them claims it: one wins", async () => {
    const taken = await offer();
    expect(taken).toMatchObject({
      assigned_to: other.user.id,
      reason: expect.stringContaining("until somebody claims it"),
    });
    for (const agent of agents) await isListed(agent, taken, true);
    await isListed(admin, taken, true);
    const [found] = (await offered(agents[0]!)).filter((one) => one.client_id === taken.client.id);
    expect(found).toMatchObject({ name: "Nora", source: "offer", claim_by: expect.any(String) });
    expect(JSON.stringify(found)).not.toContain(taken.client.phone);
    await refused("not_found", clientAs(agents[0]!, taken.client.id));
    expect(await offered(await addUser(admin, "agent"))).toEqual([]);

    const answers = await Promise.all(
      agents.map(async (agent) => ({ agent, ...(await claim(agent, taken)) })),
    );
    const won = answers.filter(({ status }) => status === 200);
    expect([won.length, answers.filter(({ status }) => status === 409).length]).toEqual([1, 2]);
    const [{ agent }] = won as [(typeof won)[number]];
    expect(await ok(clientAs(agent, taken.client.id))).toMatchObject({
      owner_user_id: agent.user.id,
      team_id,
    });
    await ok(claim(agent, taken));
    await refused("invalid_transition", claim(admin, taken));
    await isListed(admin, taken, false);
  });

  test("is nobody else's to claim", async () => {
    const taken = await offer();
    await refused("not_found", claim(await addUser(admin, "agent"), taken));
    await refused("not_found", claim(await signUp(), taken));
  });

  test("is offered no more once somebody has answered, or its time is over", async () => {
    const [answered, late] = [await offer(), await offer()];
    await isListed(agents[0]!, late, true);
    const params = { client_id: answered.client.id };
    await ok(client.createInteraction({ token: other.token, params, body: { type: "call" } }));
    await isListed(agents[0]!, answered, false);
    await refused("invalid_transition", claim(agents[0]!, answered));
    await timeOver(late);
    await isListed(agents[0]!, late, false);
    const [note] = (await notesOf(late.client.id)).filter(({ notes }) => notes?.startsWith("Nobody"));
    expect(note).toMatchObject({ notes: "Nobody claimed it within 10 minutes", user_id: null });
    expect((await ok(clientAs(other, late.client.id))).owner_user_id).toBe(other.user.id);
  });
});

/** Lets the time of a lead run out. */
async function timeOver({ client: { id } }: Taken): Promise<void> {
  const at = openLeadKey(admin.brokerage.id, id);
  const before = await table.get(at);
  await makeDue(at);
  await waitFor(async () => {
    await cloud.fire("moveUnansweredLeads");
    return (await table.get(at))?.version !== before!.version ? true : undefined;
  });
}

describe("what nobody answers in time", () => {
  const hurry = () => send(lead({ email: anEmail() }, { source: "hurry" }));
  const ownerOf = async ({ client: { id } }: Taken) => (await ok(clientAs(admin, id))).owner_user_id;

  test("goes to the next in turn, each once, and then to the fallback", async () => {
    const taken = await hurry();
    const had = [taken.assigned_to];
    for (let moves = 0; moves < 3; moves++) {
      await timeOver(taken);
      had.push(await ownerOf(taken));
    }
    expect(had.slice(0, 3).sort()).toEqual(ids());
    expect(had[3]).toBe(other.user.id);
    expect(await table.get(openLeadKey(admin.brokerage.id, taken.client.id))).not.toHaveProperty("due_list");
    const notes = (await notesOf(taken.client.id)).filter(({ notes }) => notes?.startsWith("Nobody"));
    expect(notes.map(({ notes, type }) => [notes, type])).toEqual(
      [1, 2, 3].map(() => ["Nobody answered it within 10 minutes", "note"]),
    );
    expect(notes.map(({ outcome }) => outcome)).toContain("It goes to Una agent: it is the fallback's");
  });

  test("is told the team's lead each time, as a task that is due; without a lead the fallback", async () => {
    const tasksOf = async ({ client: { id: client_id } }: Taken) =>
      (await ok(client.listTasks({ token: admin.token, query: { client_id } }))).items;
    const told = async (taken: Taken, count: number) => {
      await waitFor(async () => ((await tasksOf(taken)).length >= count ? true : undefined));
      return tasksOf(taken);
    };
    const [unled, led] = [await hurry(), await hurry()];
    await Promise.all([timeOver(unled), timeOver(unled)]);
    const [first, ...more] = await told(unled, 1);
    expect(more).toEqual([]);
    expect(first).toMatchObject({
      ...{ owner_user_id: other.user.id, category: "follow_up", priority: "high", status: "pending" },
      ...{
        client_id: unled.client.id,
        title: expect.stringMatching(/^Nobody answered .* within 10 minutes$/),
      },
    });
    expect(Date.parse(first!.due_date!)).toBeLessThanOrEqual(Date.now());
    const [user_id] = ids() as [string];
    const member = { token: admin.token, params: { team_id, user_id } };
    await ok(client.putTeamMember({ ...member, body: { is_lead: true } }));
    for (const _ of [1, 2]) await timeOver(led);
    const tasks = await told(led, 2);
    expect(tasks.map(({ owner_user_id, team_id }) => [owner_user_id, team_id])).toEqual(
      [1, 2].map(() => [user_id, team_id]),
    );
    await ok(client.putTeamMember({ ...member, body: {} }));
  });

  test("stays where somebody has answered, or a person has given it to another", async () => {
    const [answered, given] = [await hurry(), await hurry()];
    const { token } = agents.find(({ user }) => user.id === answered.assigned_to)!;
    await ok(
      client.createInteraction({ token, params: { client_id: answered.client.id }, body: { type: "email" } }),
    );
    const [to] = ids().filter((id) => id !== given.assigned_to) as [string];
    const { id, version } = given.client;
    await ok(
      client.updateClient({
        token: admin.token,
        params: { client_id: id },
        version,
        body: { owner_user_id: to },
      }),
    );
    for (const one of [answered, given])
      await waitFor(async () => {
        const lead = await table.get(openLeadKey(admin.brokerage.id, one.client.id));
        return lead?.state === "closed" ? true : undefined;
      });
    expect([await ownerOf(answered), await ownerOf(given)]).toEqual([answered.assigned_to, to]);
  });
});
