/** Bars 5 to 7 in small: `npm run prove` runs them at full size. */
import { describe, expect, test } from "vitest";
import { registerClient } from "../../functions/identity/register-client.ts";
import { sessionKey } from "../../shared/data/sessions.ts";
import { api, signUp } from "../cloud.ts";
import {
  age,
  askWithCache,
  countRotations,
  endRights,
  loseAnswers,
  plantUser,
  refresh,
  refreshAtOnce,
  registerAtOnce,
  set,
} from "../identity-attacks.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";

describe("refreshing", () => {
  test("one token sent a hundred times at once rotates once, to one successor", async () => {
    expect(await refreshAtOnce(100)).toEqual({ statuses: [200], successors: 1, rotation: 1 });
    expect(await countRotations(50, (table) => table)).toBe(1);
  });

  test("sabotage: without the write's condition it rotates more than once", async () => {
    expect(await countRotations(50, unconditional)).toBeGreaterThan(1);
  });

  test("lost answers recover by asking again", async () => {
    expect(await loseAnswers(20)).toEqual({ recovered: 20, status: 200 });
  });

  test("sabotage: past ten seconds nothing recovers, and the session has ended", async () => {
    expect(await loseAnswers(3, (user) => age(user, 11))).toEqual({ recovered: 0, status: 401 });
  });

  test("a stolen token that was refreshed ends the session of thief and owner", async () => {
    const { brokerage } = await signUp();
    const { user, refresh_token, token } = await plantUser(brokerage.id, "agent");
    const thief = await refresh(refresh_token);
    await age(user, 11);
    expect((await refresh(refresh_token)).status).toBe(401);
    expect((await refresh(thief.body.refresh_token)).status).toBe(401);
    for (const held of [token, thief.body.session_token])
      expect((await api("GET", "/v1/me", { token: held })).status).toBe(401);
  });
});

test("a session that is used every day ends ninety days after its sign-in", async () => {
  const { brokerage } = await signUp();
  const { user, session, refresh_token } = await plantUser(brokerage.id, "agent");
  const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
  const key = sessionKey(brokerage.id, user.id, session.id);
  await table.commit([set(key, "created_at", daysAgo(75))]);
  const { body } = await refresh(refresh_token);
  const daysLeft = (Date.parse(String((await table.get(key))!.expires_at)) - Date.now()) / 86_400_000;
  expect(daysLeft).toBeCloseTo(15, 1);
  await table.commit([set(key, "expires_at", daysAgo(0))]);
  expect((await api("GET", "/v1/me", { token: body.session_token })).status).toBe(401);
  expect((await refresh(body.refresh_token)).status).toBe(401);
});

describe("rights that end", () => {
  test("are gone with the next request: sign-out, deactivation, another role", async () => {
    expect(await endRights(30)).toBe(30);
  });

  test("sabotage: with a cache of sessions and users the next request knows nothing", async () => {
    expect(await endRights(6, await askWithCache())).toBe(0);
  });
});

describe("registering", () => {
  test("one email twenty times at once makes one user", async () => {
    expect(await registerAtOnce(20)).toEqual({ created: 1, taken: 19, users: 1 });
  });

  test("sabotage: without the guard's condition more than one wins", async () => {
    const call = await inProcess(withTable(registerClient, unconditional));
    const { created, users } = await registerAtOnce(6, (body) => call({ body }));
    expect(created).toBeGreaterThan(1);
    expect(users).toBeGreaterThan(1);
  });
});
