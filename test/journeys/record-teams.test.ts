import { beforeAll, describe, expect, test } from "vitest";
import { onlyTeam } from "../../shared/domain/ownership.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { importFile } from "../imports.ts";
import { house } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let ballard: string;
let fremont: string;
beforeAll(async () => {
  admin = await signUp();
  [ballard, fremont] = [await aTeam(), await aTeam()];
});

async function aTeam(): Promise<string> {
  const { token } = admin;
  return (await expectStatus(201, "POST", "/v1/teams", { token, body: { name: unique() } })).id;
}

async function anAgent(...teams: string[]): Promise<SignedIn> {
  const agent = await addUser(admin, "agent");
  const { token } = admin;
  for (const team of teams)
    await expectStatus(200, "PUT", `/v1/teams/${team}/members/${agent.user.id}`, { token, body: {} });
  return agent;
}

const location = { lat: 47.69, lng: -122.37 };
const patch = (path: string, token: string, version: number, body: object) =>
  api("PATCH", path, { token, body, headers: { "if-match": `"${version}"` } });

/** Makes a record of each kind that has an owner; answers their teams, as made and as read again. */
async function teamsOfNew({ token }: SignedIn, body: object = {}) {
  const made = await Promise.all([
    expectStatus(201, "POST", "/v1/properties", { token, body: { ...house, location, ...body } }),
    expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call", ...body } }),
  ]);
  const cmas = `/v1/properties/${made[0].id}/cmas`;
  const cma = await expectStatus(202, "POST", cmas, { token, body });
  const read = await Promise.all([
    expectStatus(200, "GET", `/v1/properties/${made[0].id}`, { token }),
    expectStatus(200, "GET", `/v1/tasks/${made[1].id}`, { token }),
    expectStatus(200, "GET", `/v1/cmas/${cma.id}`, { token }),
  ]);
  const teams = [...made, cma].map(({ team_id }) => team_id);
  expect(read.map(({ team_id }) => team_id)).toEqual(teams);
  return teams;
}

describe("the team of a record", () => {
  test("is the owner's only team, and none where they are in none or in several", async () => {
    expect(await teamsOfNew(await anAgent(ballard))).toEqual([ballard, ballard, ballard]);
    expect(await teamsOfNew(await anAgent())).toEqual([null, null, null]);
    const both = await anAgent(ballard, fremont);
    expect(await teamsOfNew(both)).toEqual([null, null, null]);
    expect(await teamsOfNew(both, { team_id: fremont })).toEqual([fremont, fremont, fremont]);
    expect(await teamsOfNew(await anAgent(ballard), { team_id: null })).toEqual([null, null, null]);
  });

  test("must be one of the owner's", async () => {
    const agent = await anAgent(ballard);
    const { token } = agent;
    const { id: property } = await expectStatus(201, "POST", "/v1/properties", { token, body: house });
    const { id: task } = await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call" } });
    for (const team_id of [fremont, admin.user.id])
      for (const answer of [
        await api("POST", "/v1/properties", { token, body: { ...house, team_id } }),
        await api("POST", "/v1/tasks", { token, body: { title: "Call", team_id } }),
        await api("POST", `/v1/properties/${property}/cmas`, { token, body: { team_id } }),
        await patch(`/v1/properties/${property}`, token, 1, { team_id }),
        await patch(`/v1/tasks/${task}`, admin.token, 1, { team_id }),
      ])
        expect([answer.status, answer.body.errors[0].path]).toEqual([400, "/team_id"]);
    const moved = await patch(`/v1/tasks/${task}`, admin.token, 1, { team_id: null });
    expect([moved.status, moved.body.team_id]).toEqual([200, null]);
  });

  test("follows a new owner unless the patch names one of theirs", async () => {
    const [from, to] = [await anAgent(ballard), await anAgent(ballard, fremont)];
    const { token } = admin;
    const { id } = await expectStatus(201, "POST", "/v1/tasks", {
      token: from.token,
      body: { title: "Call" },
    });
    const path = `/v1/tasks/${id}`;
    const given = await patch(path, token, 1, { owner_user_id: to.user.id });
    expect(given.body).toMatchObject({ owner_user_id: to.user.id, team_id: null });
    const back = await patch(path, token, 2, { owner_user_id: from.user.id });
    expect(back.body).toMatchObject({ owner_user_id: from.user.id, team_id: ballard });
    const named = await patch(path, token, 3, { owner_user_id: to.user.id, team_id: fremont });
    expect(named.body).toMatchObject({ owner_user_id: to.user.id, team_id: fremont });
  });

  test("is shown by every list", async () => {
    const agent = await anAgent(ballard);
    const { token } = agent;
    const { id } = await expectStatus(201, "POST", "/v1/properties", {
      token,
      body: { ...house, bedrooms: 3 },
    });
    for (const query of ["", "sort=price", "sort=bedrooms", "sort=updated_at", "status=active&sort=-price"]) {
      const list = `/v1/properties?limit=100&owner_user_id=${agent.user.id}&${query}`;
      const items = await waitFor(async () => {
        const page = await expectStatus(200, "GET", list, { token: admin.token });
        return page.items.length > 0 ? page.items : undefined;
      });
      expect(items, query).toMatchObject([{ id, team_id: ballard }]);
    }
    const all = await expectStatus(200, "GET", "/v1/properties?status=active", { token: admin.token });
    expect(all.items.find((one: { id: string }) => one.id === id).team_id).toBe(ballard);
  });

  test("is that of an import's owner for what it creates", async () => {
    const office = await addUser(admin, "employee");
    await expectStatus(200, "PUT", `/v1/teams/${fremont}/members/${office.user.id}`, {
      token: admin.token,
      body: {},
    });
    const { rows_created, task_id } = await importFile(office.token, `title,price\n${unique()},500000\n`);
    expect(rows_created).toBe(1);
    const { token } = admin;
    const list = `/v1/properties?owner_user_id=${office.user.id}`;
    const { items } = await waitFor(async () => {
      const page = await expectStatus(200, "GET", list, { token });
      return page.items.length > 0 ? page : undefined;
    });
    expect(items).toMatchObject([{ team_id: fremont }]);
    expect((await expectStatus(200, "GET", `/v1/tasks/${task_id}`, { token })).team_id).toBe(fremont);
  });
});

describe("a permission of scope team", () => {
  test("reaches the records of the team, and those alone, read and listed", async () => {
    const { token } = admin;
    const role = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
    await expectStatus(200, "PUT", `/v1/roles/${role.id}/permissions`, {
      token,
      headers: { "if-match": '"1"' },
      body: {
        permissions: [
          { resource: "task", action: "write", scope: "team" },
          { resource: "task", action: "read", scope: "team" },
        ],
      },
    });
    const [owner, member, other] = [
      await anAgent(ballard, fremont),
      await anAgent(ballard),
      await anAgent(fremont),
    ];
    for (const { user } of [member, other]) {
      const { version } = await expectStatus(200, "GET", `/v1/users/${user.id}`, { token });
      await expectStatus(200, "PUT", `/v1/users/${user.id}/roles`, {
        token,
        headers: { "if-match": `"${version}"` },
        body: { role_ids: [role.id] },
      });
    }
    const body = { title: "Call", team_id: ballard };
    const { id } = await expectStatus(201, "POST", "/v1/tasks", { token: owner.token, body });
    const sees = async (who: SignedIn) => {
      const { status } = await api("GET", `/v1/tasks/${id}`, { token: who.token });
      const { items } = await expectStatus(200, "GET", "/v1/tasks?limit=100", { token: who.token });
      return [status, items.some((task: { id: string }) => task.id === id)];
    };
    const reaches = async (who: SignedIn, seen: boolean) =>
      waitFor(async () =>
        (await sees(who)).join() === (seen ? "200,true" : "404,false") ? true : undefined,
      );
    await reaches(member, true);
    await reaches(other, false);
    // Who reaches it by the team may not take it over.
    const taken = await patch(`/v1/tasks/${id}`, member.token, 1, { owner_user_id: member.user.id });
    expect([taken.status, taken.body.code]).toEqual([403, "forbidden"]);
    expect((await patch(`/v1/tasks/${id}`, member.token, 1, { team_id: fremont })).status).toBe(200);
    await reaches(other, true);
    await reaches(member, false);
  });
});

test("who may write a record because it is shared with them cannot take it over, nor move it to another team", async () => {
  const [owner, colleague] = [await anAgent(ballard, fremont), await anAgent(ballard)];
  const { token } = owner;
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token, body: house });
  await expectStatus(200, "PUT", `/v1/properties/${id}/shares/user/${colleague.user.id}`, {
    token,
    body: { access: "write" },
  });
  for (const body of [{ owner_user_id: colleague.user.id }, { team_id: ballard }]) {
    const { status, body: problem } = await patch(`/v1/properties/${id}`, colleague.token, 2, body);
    expect([status, problem.code]).toEqual([403, "forbidden"]);
  }
  // What says nothing new is no change of it.
  const same = { owner_user_id: owner.user.id, team_id: null, price: 510_000 };
  expect((await patch(`/v1/properties/${id}`, colleague.token, 2, same)).body.price).toBe(510_000);
});

test("the only team of a user", () => {
  expect([onlyTeam([]), onlyTeam(["a"]), onlyTeam(["a", "b"])]).toEqual([null, "a", null]);
});
