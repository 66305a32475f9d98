import { describe, expect, test } from "vitest";
import { changePassword } from "../../functions/identity/change-password.ts";
import { login as loginOperation } from "../../functions/identity/login.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { ConditionFailed, type UpdateWrite } from "../../shared/data/table.ts";
import { emailKey, updateHash } from "../../shared/data/users.ts";
import { Problem } from "../../shared/domain/problem.ts";
import { userRecord } from "../../shared/domain/user.ts";
import {
  countAttempt,
  failedAddressKey,
  isRemembered,
  uncountAttempt,
} from "../../shared/identity/guesses.ts";
import { addressHash, signingSecret } from "../../shared/identity/tokens.ts";
import { api, cloud, expectStatus, signIn, signUp, unique } from "../cloud.ts";
import { refresh } from "../identity-attacks.ts";
import { inProcess, table } from "../in-process.ts";
import { overwrite, stored } from "../records.ts";

const login = (email: string, password: string, address = "10.1.2.3") =>
  api("POST", "/v1/auth/login", { body: { email, password }, headers: { "x-forwarded-for": address } });
const statusOf = async (token: string) => (await api("GET", "/v1/me", { token })).status;

describe("sessions", () => {
  test("sign-in answers the tokens; a wrong password, an unknown email and a deactivated user the same problem", async () => {
    const { email, password, user, brokerage } = await signUp();
    const { status, body } = await login(email.toUpperCase(), password);
    expect(status).toBe(200);
    expect(body).toMatchObject({ token_type: "Bearer", expires_in: 900, user: { email } });
    const known = await login(email, "not the password");
    const unknown = await login(`${unique()}@nobody.example`, "not the password");
    expect(known.status).toBe(401);
    await overwrite(userRecord, { ...(await stored(userRecord, brokerage.id, user.id))!, is_active: false });
    const deactivated = await login(email, password);
    const { instance: _, ...problem } = known.body;
    for (const { body } of [unknown, deactivated])
      expect(body).toEqual({ ...problem, instance: body.instance });
    expect(problem.code).toBe("wrong_credentials");
  });

  test("a refresh token is good once; sent again at once, it gets the same successor", async () => {
    const { refresh_token } = await signUp();
    const first = await refresh(refresh_token);
    expect(first.body.refresh_token).not.toBe(refresh_token);
    expect((await refresh(refresh_token)).body.refresh_token).toBe(first.body.refresh_token);
    expect(await statusOf(first.body.session_token)).toBe(200);
  });

  test("an older refresh token ends the session for everybody", async () => {
    const { refresh_token } = await signUp();
    const second = (await refresh(refresh_token)).body;
    const third = (await refresh(second.refresh_token)).body;
    expect((await refresh(refresh_token)).status).toBe(401);
    expect((await refresh(third.refresh_token)).status).toBe(401);
    expect(await statusOf(third.session_token)).toBe(401);
  });

  test("what is no refresh token of ours is 401, and a session token is none", async () => {
    const { refresh_token, token } = await signUp();
    for (const wrong of [token, "x", `${refresh_token}x`, refresh_token.replace(".", "..")])
      expect((await refresh(wrong)).body.code).toBe("unauthenticated");
    expect(await statusOf(refresh_token)).toBe(401);
  });

  test("one sees the own sessions and ends one; sign-out ends the one in use", async () => {
    const one = await signUp();
    const other = await signIn(one.email, one.password);
    const list = async () =>
      (await expectStatus(200, "GET", "/v1/auth/sessions", { token: one.token })).items;
    const [newest, oldest] = await list();
    expect([newest.is_current, oldest.is_current]).toEqual([false, true]);
    expect(oldest).toMatchObject({ user_id: one.user.id, is_active: true });
    expect(JSON.stringify(await list())).not.toMatch(/token|rotation/);

    await expectStatus(204, "DELETE", `/v1/auth/sessions/${newest.id}`, { token: one.token });
    expect(await statusOf(other.token)).toBe(401);
    await expectStatus(404, "DELETE", `/v1/auth/sessions/${newest.id}`, { token: one.token });
    expect(await list()).toHaveLength(1);
    await expectStatus(204, "POST", "/v1/auth/logout", { token: one.token });
    expect(await statusOf(one.token)).toBe(401);
    expect((await refresh(one.refresh_token)).status).toBe(401);
  });

  test("nobody ends another's session", async () => {
    const [ada, bob] = [await signUp(), await signUp()];
    const { items } = await expectStatus(200, "GET", "/v1/auth/sessions", { token: bob.token });
    await expectStatus(404, "DELETE", `/v1/auth/sessions/${items[0].id}`, { token: ada.token });
    expect(await statusOf(bob.token)).toBe(200);
  });

  test("a list of sessions goes on where the cursor says", async () => {
    const { email, password, token } = await signUp();
    await signIn(email, password);
    const first = await expectStatus(200, "GET", "/v1/auth/sessions?limit=1", { token });
    const next = await expectStatus(200, "GET", `/v1/auth/sessions?limit=1&cursor=${first.next_cursor}`, {
      token,
    });
    expect(next.items[0].id < first.items[0].id).toBe(true);
    const stranger = await signUp();
    const stolen = await api("GET", `/v1/auth/sessions?cursor=${first.next_cursor}`, {
      token: stranger.token,
    });
    expect(stolen.body.code).toBe("invalid_cursor");
  });

  test("a new password ends all other sessions, and the old one is good for nothing", async () => {
    const { email, password, token } = await signUp();
    const other = await signIn(email, password);
    const change = (current_password: string, new_password: string) =>
      api("POST", "/v1/auth/password", { token, body: { current_password, new_password } });
    const wrong = await change("not the password", "another long password");
    expect([wrong.status, wrong.body.errors[0].path]).toEqual([400, "/current_password"]);
    expect((await change(password, "too short")).status).toBe(400);
    expect((await change(password, "another long password")).status).toBe(204);
    expect(await statusOf(token)).toBe(200);
    expect(await statusOf(other.token)).toBe(401);
    expect((await refresh(other.refresh_token)).status).toBe(401);
    expect((await login(email, password)).status).toBe(401);
    expect((await login(email, "another long password")).status).toBe(200);
  });

  test("a hash of a lesser cost is raised at the next sign-in, and never put over a newer password", async () => {
    const { email, user, brokerage } = await signUp();
    const key = recordKey(brokerage.id, userRecord, user.id);
    // "password" by the reference implementation: two passes.
    const old = "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    await table.commit([
      {
        Update: {
          Key: key,
          UpdateExpression: "SET detail.password_hash = :hash",
          ExpressionAttributeValues: { ":hash": old },
        },
      },
    ]);
    expect((await login(email, "password")).status).toBe(200);
    const raised = await stored(userRecord, brokerage.id, user.id);
    expect(raised?.password_hash).toContain("m=65536,t=3,p=1");
    expect(raised?.version).toBe(1);
    expect((await login(email, "password")).status).toBe(200);
    const late = updateHash({ ...raised!, password_version: raised!.password_version - 1 }, old);
    await expect(table.commit([late])).rejects.toThrow(ConditionFailed);
  });
});

describe("guessing", () => {
  const limitedAs = (answer: Awaited<ReturnType<typeof login>>) =>
    Object.fromEntries(
      ["retry-after", "ratelimit-limit", "ratelimit-remaining", "ratelimit-reset"].map((name) => [
        name,
        answer.headers.get(name),
      ]),
    );

  test("is stopped for known and unknown emails alike, and the owner still gets in", async () => {
    // The window is by the clock, and must not end in between.
    const now = new Date(Math.ceil(Date.now() / 900_000) * 900_000 + 1000);
    const call = await inProcess(loginOperation);
    const login = (email: string, password: string, address: string) =>
      call({ body: { email, password }, address, now });
    const { email, password } = await signUp();
    const home = "10.200.0.1";
    expect((await login(email, password, home)).status).toBe(200);
    const guess = (who: string) =>
      Promise.all(Array.from({ length: 20 }, (_, at) => login(who, "not the password", `10.77.0.${at}`)));
    const known = await guess(email);
    const unknown = await guess(`${unique()}@nobody.example`);
    for (const answers of [known, unknown]) {
      // Four for all strangers, and one in this minute.
      const hashed = answers.filter(({ status }) => status === 401).length;
      expect(hashed).toBe(5);
      const limited = answers.find(({ status }) => status === 429)!;
      expect(limitedAs(limited)).toMatchObject({ "ratelimit-limit": "10", "ratelimit-remaining": "0" });
      const seconds = Number(limited.headers.get("retry-after"));
      expect(seconds).toBeGreaterThan(0);
      expect(seconds).toBeLessThanOrEqual(60);
    }
    expect((await login(email, password, home)).status).toBe(200);
  });

  test("locks out the addresses that guessed wrong; a new one costs others a minute at most", async () => {
    const { email, password } = await signUp();
    const call = await inProcess(loginOperation);
    const start = Math.ceil(Date.now() / 900_000) * 900_000;
    const at = async (seconds: number, secret: string, address: string) => {
      const now = new Date(start + seconds * 1000);
      return (await call({ body: { email, password: secret }, address, now })).status;
    };
    const strangers = Array.from({ length: 5 }, (_, at) => `10.78.0.${at}`);
    for (const address of strangers) expect(await at(1, "not the password", address)).toBe(401);
    for (const minute of [1, 2]) {
      // Who guessed wrong before is out, whatever they send; one more stranger uses the minute up.
      for (const address of strangers) expect(await at(minute * 60, password, address)).toBe(429);
      expect(await at(minute * 60 + 1, "not the password", `10.79.0.${minute}`)).toBe(401);
      expect(await at(minute * 60 + 2, password, "10.80.0.1")).toBe(429);
    }
    for (const address of strangers) expect(await at(180, password, address)).toBe(429);
    expect(await at(181, password, "10.80.0.1")).toBe(200);
    // What was refused was not compared, and is no failure of the address.
    const end = new Date(start + 900_000).toISOString();
    const ofAddress = await table.get({ pk: "address#10.80.0.1", sk: `guesses#${end}` });
    expect(ofAddress?.guesses).toBeUndefined();
    // New addresses have six of these minutes in a window, and no more: ten attempts of the account in all.
    for (const minute of [4, 5])
      expect(await at(minute * 60, "not the password", `10.79.0.${minute}`)).toBe(401);
    expect(await at(360, password, "10.79.0.6")).toBe(429);
  });

  test("an address that guessed wrong is as good as another once its owner signed in from it", async () => {
    const { email, password } = await signUp();
    const secret = await signingSecret(readSecret("signing").open(cloud.signingSecret));
    const failed = async () =>
      isRemembered(
        await table.get(failedAddressKey(email, addressHash("10.82.0.1", email, secret))),
        new Date(),
      );
    expect((await login(email, "not the password", "10.82.0.1")).status).toBe(401);
    expect(await failed()).toBe(true);
    expect((await login(email, password, "10.82.0.1")).status).toBe(200);
    expect(await failed()).toBe(false);
  });

  test("given back twice leaves the failures of others counted", async () => {
    const email = `${unique()}@nobody.example`;
    const commit = (writes: readonly UpdateWrite[]) =>
      table.commit(writes).catch(() => Promise.reject(new Problem("too_many_requests")));
    const now = new Date();
    const guess = (id: string) => ({ id, email, address: "10.81.0.1", standing: "wrong" }) as const;
    const ids = Array.from({ length: 3 }, unique);
    for (const id of ids) await countAttempt(commit, guess(id), now);
    // Written again because its answer was lost: no guess more.
    await countAttempt(commit, guess(ids[0]!), now);
    for (let times = 0; times < 3; times++) await uncountAttempt(commit, guess(ids[0]!), now);
    await countAttempt(commit, guess(unique()), now);
    await countAttempt(commit, guess(unique()), now);
    await expect(countAttempt(commit, guess(unique()), now)).rejects.toThrow("Too many password attempts");
  });

  test("at the current password, by whoever has a session token, is stopped like sign-in", async () => {
    const { email, password, token } = await signUp();
    const now = new Date();
    const end = new Date((Math.floor(now.getTime() / 900_000) + 1) * 900_000).toISOString();
    const counter = { pk: emailKey(email).pk, sk: `guesses#${end}` };
    const guesses = new Set(Array.from({ length: 10 }, unique));
    await table.commit([
      { Put: { Item: { ...counter, schema: 1, guesses, ttl: Math.ceil(now.getTime() / 1000) + 900 } } },
    ]);
    const call = await inProcess(changePassword);
    const body = { current_password: password, new_password: "another long password" };
    expect((await call({ token, now, body })).status).toBe(429);
  });

  test("from one address ends at a hundred failures; what was right does not count", async () => {
    const { email, password } = await signUp();
    const address = `10.250.${Math.floor(Math.random() * 256)}.9`;
    const end = new Date(Math.ceil((Date.now() + 1) / 900_000) * 900_000).toISOString();
    const counter = { pk: `address#${address}`, sk: `guesses#${end}` };
    const guesses = new Set(Array.from({ length: 99 }, unique));
    await table.commit([
      { Put: { Item: { ...counter, schema: 1, guesses, ttl: Math.ceil(Date.now() / 1000) + 900 } } },
    ]);
    expect((await login(email, password, address)).status).toBe(200);
    expect((await table.get(counter))?.guesses).toEqual(guesses);
    expect((await login(`${unique()}@nobody.example`, "x", address)).status).toBe(401);
    expect((await login(`${unique()}@nobody.example`, "x", address)).status).toBe(429);
    expect((await login(email, password, "10.251.0.1")).status).toBe(200);
  });

  test("the addresses that an account is known by are not readable, and five at most", async () => {
    const { email, password } = await signUp();
    for (const at of [1, 2, 3, 4, 5, 6])
      expect((await login(email, password, `10.99.0.${at}`)).status).toBe(200);
    const lookup = await table.get(emailKey(email));
    expect(lookup?.addresses).toHaveLength(5);
    expect(JSON.stringify(lookup?.addresses)).not.toContain("10.99");
  });
});
