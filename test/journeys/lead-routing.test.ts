import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import type { NewLeadRouting } from "../../shared/domain/lead-routing.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, type SignedIn, signUp, waitFor } from "../cloud.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
/** In the order in which they were added, which is that of their turns. */
let agents: SignedIn[];
let team_id: string;

beforeAll(async () => {
  admin = await signUp();
  agents = [await addUser(admin, "agent"), await addUser(admin, "agent"), await addUser(admin, "agent")];
  const team = await ok(client.createTeam({ token: admin.token, body: { name: "Ballard" } }));
  team_id = team.id;
  for (const user_id of ids().slice(1))
    await ok(client.putTeamMember({ token: admin.token, params: { team_id, user_id }, body: {} }));
});

const ids = () => agents.map(({ user }) => user.id as string);
const read = () => client.getLeadRouting({ token: admin.token });
async function route(body: z.input<typeof NewLeadRouting>) {
  const { version } = await ok(read());
  return client.putLeadRouting({ token: admin.token, version, body });
}
const preview = (query: object = {}, { token }: SignedIn = agents[0]!) =>
  ok(client.previewLeadRouting({ token, query }));
async function pause({ token }: SignedIn, accepts_leads: boolean) {
  const { version } = await ok(client.getMe({ token }));
  await ok(client.updateMe({ token, version, body: { accepts_leads } }));
}

describe("without rules", () => {
  test("a lead goes in turn to the agents who take leads; without any, to the first admin", async () => {
    expect(await ok(read())).toMatchObject({ version: 1, rules: [], fallback_user_id: null });
    // The list of users follows a new one within a second.
    const first = await waitFor(async () => {
      const found = await preview();
      return found.assigned_to === ids()[0] ? found : undefined;
    });
    expect(first).toEqual({ assigned_to: ids()[0], rule: null, reason: expect.stringContaining("turn") });
    await pause(agents[0]!, false);
    expect((await preview()).assigned_to).toBe(ids()[1]);
    for (const agent of agents.slice(1)) await pause(agent, false);
    expect(await preview()).toMatchObject({ assigned_to: admin.user.id, rule: null });
    for (const agent of agents) await pause(agent, true);
  });
});

describe("rules", () => {
  beforeAll(async () => {
    await ok(
      route({
        rules: [
          {
            when: { source: "Zillow", min_price: 1_000_000 },
            assign: { kind: "user", user_ids: [ids()[0]!] },
          },
          { when: { city: "seattle" }, assign: { kind: "round_robin", team_id } },
          { when: { type: "seller_inquiry" }, assign: { kind: "first_to_claim", team_id } },
        ],
        fallback_user_id: ids()[0]!,
        office_hours: { days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" },
      }),
    );
  });

  test("the first that fits decides, and says so; what fits none is the fallback's", async () => {
    const [first, second] = ids();
    expect(await preview({ source: " zillow", city: "Seattle", price: "1000000" })).toEqual({
      assigned_to: first,
      rule: 0,
      reason: "The rule for leads from Zillow, at 1000000 or more names them",
    });
    expect(await preview({ source: "zillow", city: "Seattle", price: "999999" })).toEqual({
      assigned_to: second,
      rule: 1,
      reason: "The rule for leads in seattle: it is their turn",
    });
    expect(await preview({ type: "seller_inquiry" })).toMatchObject({ assigned_to: first, rule: 2 });
    expect(await preview({ source: "zillow" })).toEqual({
      assigned_to: first,
      rule: null,
      reason: "No rule is for it: it is the fallback's",
    });
  });

  test("who pauses is left out; where nobody is left, the fallback gets it", async () => {
    const query = { city: "Seattle" };
    await pause(agents[1]!, false);
    expect(await preview(query)).toMatchObject({ assigned_to: ids()[2], rule: 1 });
    await pause(agents[2]!, false);
    expect(await preview(query)).toMatchObject({ assigned_to: ids()[0], rule: 1 });
    for (const agent of agents) await pause(agent, true);
  });

  test("are the admin's to say, on the version that was read", async () => {
    const body = { rules: [] };
    const { version } = await ok(read());
    await refused("forbidden", client.putLeadRouting({ token: agents[0]!.token, version, body }));
    await refused("if_match_required", client.putLeadRouting({ token: admin.token, body }));
    await refused("stale_version", client.putLeadRouting({ token: admin.token, version: 1, body }));
  });

  test("by which leads would go to nobody are refused, with what to do, and nothing is written", async () => {
    const before = await ok(read());
    const gone = await addUser(admin, "agent");
    await ok(
      client.deactivateUser({
        token: admin.token,
        params: { user_id: gone.user.id },
        version: gone.user.version,
      }),
    );
    const buyer = await addUser(admin, "client");
    const stranger = await signUp();
    const empty = await ok(client.createTeam({ token: admin.token, body: { name: "Empty" } }));
    const isRefused = async (rule: object, path: string, more = {}) => {
      const rules = Object.keys(rule).length === 0 ? [] : [{ when: {}, ...rule }];
      const { detail } = await refused("cannot_route", route({ rules, ...more } as never));
      expect(detail).toContain(`${path}: `);
    };
    const assign = (said: object) => ({ assign: { kind: "round_robin", ...said } });
    await isRefused(assign({}), "/rules/0/assign");
    await isRefused(assign({ user_ids: [] }), "/rules/0/assign");
    await isRefused(assign({ team_id: empty.id }), "/rules/0/assign/team_id");
    await isRefused(assign({ team_id: admin.user.id }), "/rules/0/assign/team_id");
    for (const { user } of [gone, buyer, stranger])
      await isRefused(assign({ user_ids: [ids()[0], user.id] }), "/rules/0/assign/user_ids/1");
    await isRefused(assign({ kind: "user", team_id }), "/rules/0/assign");
    await isRefused(assign({ kind: "user", user_ids: ids() }), "/rules/0/assign");
    await isRefused(
      { when: { min_price: 2, max_price: 1 }, ...assign({ team_id }) },
      "/rules/0/when/max_price",
    );
    await isRefused({}, "/fallback_user_id", { fallback_user_id: gone.user.id });
    await isRefused({}, "/office_hours/to", { office_hours: { days: [1], from: "09:00", to: "09:00" } });
    expect(await ok(read())).toEqual(before);
  });
});
