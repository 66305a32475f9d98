import { describe, expect, test, vi } from "vitest";
import { confirmPasswordReset } from "../../functions/identity/confirm-password-reset.ts";
import { login } from "../../functions/identity/login.ts";
import { requestPasswordReset } from "../../functions/identity/request-password-reset.ts";
import { sendMail } from "../../functions/identity/send-mail.ts";
import { policyKey } from "../../shared/data/brokerages.ts";
import { signMailedToken } from "../../shared/data/mailed-links.ts";
import type { Table } from "../../shared/data/table.ts";
import { emailKey } from "../../shared/data/users.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, api, cloud, type SignedIn, signIn, signUp, unique, waitFor } from "../cloud.ts";
import { inParallel } from "../identity-attacks.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { askForResetOverHttp, invite, mailsTo, mailTo, tokenFor, tokenIn } from "../mail.ts";
import { overwrite, stored } from "../records.ts";

const newPassword = "nine copper kettles at dawn";
const confirm = (token: string, password = newPassword) =>
  client.confirmPasswordReset({ body: { token, password } });
const someAddress = () => `10.${[1, 2, 3].map(() => Math.floor(Math.random() * 256)).join(".")}`;
const askForReset = (email: string) => askForResetOverHttp(email, someAddress());
const statusOf = async (token: string) => (await api("GET", "/v1/me", { token })).status;

/** The begin of the next window in which attempts are counted: it does not end while a test runs. */
function aWindow() {
  const start = Math.ceil(Date.now() / 900_000) * 900_000;
  return { now: new Date(start + 1000), end: new Date(start + 900_000).toISOString() };
}

/** Writes a counter in which so many attempts are counted. */
const plant = (pk: string, name: string, count: number, end: string) => {
  const guesses = new Set(Array.from({ length: count }, unique));
  const ttl = Math.ceil(Date.parse(end) / 1000);
  return table.commit([{ Put: { Item: { pk, sk: `${name}#${end}`, schema: 1, guesses, ttl } } }]);
};

/** What a request for a reset asks of the table: keys that are read, and expressions that are written. */
async function callsFor(operation: typeof requestPasswordReset, email: string): Promise<unknown[]> {
  const calls: unknown[] = [];
  const noting = (table: Table): Table => ({
    ...table,
    get: (key) => {
      calls.push(["get", key.sk]);
      return table.get(key);
    },
    commit: (writes) => {
      calls.push(["commit", ...writes.map((write) => "Update" in write && write.Update.UpdateExpression)]);
      return table.commit(writes);
    },
  });
  const call = await inProcess(withTable(operation, noting));
  // The read that warms up is not of the request.
  calls.length = 0;
  expect((await call({ body: { email }, address: someAddress() })).status).toBe(202);
  return calls;
}

/** Someone who registered as a client, and the link that was mailed for it. */
async function register(brokerage: { slug: string }) {
  const email = `reg-${unique()}@clients.example`;
  const person = { email, password: "a long enough password", first_name: "Rea", last_name: "Registered" };
  const user = await ok(client.registerClient({ body: { ...person, brokerage_slug: brokerage.slug } }));
  return { ...person, user };
}

describe("an invitation", () => {
  test("is mailed, sets a password once, and begins the account", async () => {
    const admin = await signUp({ name: "Smith & Sons\n<Realty>" });
    const { email, user } = await invite(admin);
    expect(user).toMatchObject({ email, is_active: true, email_verified_at: null });
    await refused("wrong_credentials", client.login({ body: { email, password: newPassword } }));

    const mail = await mailTo(email);
    expect(mail).toMatchObject({ to: email, subject: "Smith & Sons <Realty>: your account" });
    expect(mail.html).toContain("Smith &#38; Sons &#60;Realty&#62;");
    expect(mail.text).toContain(`${cloud.url}/accept-invitation/`);
    const token = tokenIn(mail);
    expect(mail.html).toContain(token);

    const easy = await refused("invalid_input", confirm(token, "passwordpassword1"));
    expect(easy.errors[0]?.path).toBe("/password");
    await ok(confirm(token));
    const signedIn = await signIn(email, newPassword);
    expect(signedIn.user.email_verified_at).toEqual(expect.any(String));
    const { detail } = await refused("invalid_token", confirm(token, "another long password"));
    for (const wrong of ["x", `${token}x`, token.slice(0, -1), "A".repeat(token.length)])
      expect((await refused("invalid_token", confirm(wrong))).detail).toBe(detail);
    expect(await mailsTo(email)).toHaveLength(1);
    expect(await statusOf(signedIn.token)).toBe(200);
  });

  test("is for users without a password alone: others are not mailed", async () => {
    const admin = await signUp();
    const agent = await addUser(admin, "agent");
    const { email } = await invite(admin);
    await mailTo(email);
    expect(await mailsTo(agent.email)).toEqual([]);
  });

  test("used many times at once sets one password; without the condition of the write, several", async () => {
    const admin = await signUp();
    const attempt = async (change: (table: Table) => Table) => {
      const { user } = await invite(admin);
      const token = await tokenFor(admin.brokerage.id, user.id, "password");
      const call = await inProcess(withTable(confirmPasswordReset, change));
      const answers = await inParallel(3, 3, (at) =>
        call({ body: { token, password: `${newPassword} ${at}` } }),
      );
      return answers.filter(({ status }) => status === 204).length;
    };
    expect(await attempt((table) => table)).toBe(1);
    expect(await attempt(unconditional)).toBeGreaterThan(1);
  });
});

describe("a password reset", () => {
  test("ends all sessions, works once and verifies the email", async () => {
    const { brokerage } = await signUp();
    const { email, password } = await register(brokerage);
    const { token: older, refresh_token } = await signIn(email, password);
    expect(await askForReset(email.toUpperCase())).toEqual({ status: 202, text: '{"received":true}' });
    // The first mail verifies the email.
    const mail = await mailTo(email, 2);
    expect(mail.subject).toBe(`${brokerage.name}: reset your password`);
    expect(mail.text).toContain("for 30 minutes");
    await ok(confirm(tokenIn(mail)));
    expect(await statusOf(older)).toBe(401);
    await refused("unauthenticated", client.refreshSession({ body: { refresh_token } }));
    await refused("wrong_credentials", client.login({ body: { email, password } }));
    const { user } = await signIn(email, newPassword);
    expect(user.email_verified_at).toEqual(expect.any(String));
    await refused("invalid_token", confirm(tokenIn(mail)));
  });

  test("lets in at once who had guessed too often before it", async () => {
    const { brokerage, user, email } = await signUp();
    const token = await tokenFor(brokerage.id, user.id, "password");
    const [signingIn, confirming] = [await inProcess(login), await inProcess(confirmPasswordReset)];
    const { now, end } = aWindow();
    await plant(emailKey(email).pk, "guesses", 4, end);
    const signInNow = async () =>
      (await signingIn({ body: { email, password: newPassword }, address: someAddress(), now })).status;
    const body = { token, password: newPassword };
    await plant(emailKey(email).pk, "guesses-of-new", 6, end);
    expect(await signInNow()).toBe(429);
    expect((await confirming({ body, now })).status).toBe(204);
    expect(await signInNow()).toBe(200);
  });

  test("answers everybody the same, and mails active users alone, once a minute", async () => {
    const admin = await signUp();
    const [unknown, agent] = [`${unique()}@nobody.example`, await addUser(admin, "agent")];
    const inactive = await addUser(admin, "agent");
    const record = await stored(userRecord, admin.brokerage.id, inactive.user.id);
    await overwrite(userRecord, { ...record!, is_active: false });
    const { email: invited } = await invite(admin);
    await mailTo(invited);

    const answers: unknown[] = [];
    for (const email of [unknown, inactive.email, agent.email, agent.email, invited, admin.email])
      answers.push(await askForReset(email));
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    await mailTo(admin.email);
    expect((await mailTo(agent.email)).subject).toContain("reset your password");
    const fresh = await mailTo(invited, 2);
    expect(fresh.subject).toContain("your account");
    await ok(confirm(tokenIn(fresh)));
    expect(await mailsTo(agent.email)).toHaveLength(1);
    for (const email of [unknown, inactive.email]) expect(await mailsTo(email)).toEqual([]);
  });

  test("asks the same of the table for any email; one that looks who has it would not", async () => {
    const { email } = await signUp();
    const nobody = `${unique()}@nobody.example`;
    const looking = {
      ...requestPasswordReset,
      async run(context) {
        if (await context.table.get(emailKey(context.body.email))) return requestPasswordReset.run(context);
        return { received: true as const };
      },
    } satisfies typeof requestPasswordReset;
    expect(await callsFor(requestPasswordReset, email)).toEqual(await callsFor(requestPasswordReset, nobody));
    expect(await callsFor(looking, email)).not.toEqual(await callsFor(looking, nobody));
  });

  test("can be asked for thirty times in fifteen minutes from an address", async () => {
    const call = await inProcess(requestPasswordReset);
    const address = someAddress();
    const { now, end } = aWindow();
    const ask = (address: string) => call({ body: { email: `${unique()}@nobody.example` }, address, now });
    await plant(`address#${address}`, "resets", 29, end);
    expect((await ask(address)).status).toBe(202);
    const { status, headers } = await ask(address);
    expect([status, headers.get("retry-after")]).toEqual([429, "899"]);
    expect((await ask(someAddress())).status).toBe(202);
  });
});

describe("the email of a registered client", () => {
  test("is verified by a mailed link, however often it is opened", async () => {
    const { brokerage } = await signUp();
    const { email, password, user } = await register(brokerage);
    expect(user.email_verified_at).toBeNull();
    const mail = await mailTo(email);
    expect(mail.subject).toBe(`${brokerage.name}: confirm your email address`);
    expect(mail.text, "whoever registers may use somebody else's email").not.toContain("Rea");
    const verify = () => client.verifyEmail({ body: { token: tokenIn(mail) } });
    await ok(verify());
    const { token } = await signIn(email, password);
    const verified = await ok(client.getMe({ token }));
    expect(verified.email_verified_at).toEqual(expect.any(String));
    await ok(verify());
    expect(await ok(client.getMe({ token }))).toEqual(verified);
  });

  test("is not verified by a link to another address", async () => {
    const { brokerage } = await signUp();
    const { user } = await register(brokerage);
    const token = await tokenFor(brokerage.id, user.id, "email");
    const record = (await stored(userRecord, brokerage.id, user.id))!;
    await overwrite(userRecord, { ...record, email: `${unique()}@elsewhere.example` });
    await refused("invalid_token", client.verifyEmail({ body: { token } }));
  });
});

describe("an email that an admin changes", () => {
  const change = async (admin: SignedIn, { id: user_id }: { readonly id: string }) => {
    const email = `moved-${unique()}@users.example`;
    const { version } = await ok(client.getUser({ token: admin.token, params: { user_id } }));
    await ok(client.updateUser({ token: admin.token, params: { user_id }, version, body: { email } }));
    return email;
  };

  test("is verified anew by a client; the address before gets a notice without a link or the new one", async () => {
    const admin = await signUp();
    const { email: before, password, user } = await register(admin.brokerage);
    await ok(client.verifyEmail({ body: { token: tokenIn(await mailTo(before)) } }));
    const email = await change(admin, user);
    const notice = await mailTo(before, 2);
    expect(notice.subject).toBe(`${admin.brokerage.name}: the email address of your account was changed`);
    for (const text of [notice.text, notice.html]) expect(text).not.toMatch(/https?:|moved-/);

    const mail = await mailTo(email);
    expect(mail.subject).toContain("confirm your email address");
    const { token } = await signIn(email, password);
    expect((await ok(client.getMe({ token }))).email_verified_at).toBeNull();
    await ok(client.verifyEmail({ body: { token: tokenIn(mail) } }));
    expect((await ok(client.getMe({ token }))).email_verified_at).toEqual(expect.any(String));
    expect([await mailsTo(before), await mailsTo(email)].map(({ length }) => length)).toEqual([2, 1]);
  });

  test("gets the invitation of who has not accepted it, else a link to confirm it, of staff too", async () => {
    const admin = await signUp();
    const [invited, agent] = [await invite(admin), await addUser(admin, "agent")];
    const { text } = await mailTo(invited.email);
    const [moved, movedAgent] = [await change(admin, invited.user), await change(admin, agent.user)];
    await refused("invalid_token", confirm(tokenIn({ text } as never)));
    await ok(confirm(tokenIn(await mailTo(moved))));
    expect((await mailTo(agent.email)).subject).toContain("was changed");
    const { text: link } = await mailTo(movedAgent);
    await ok(client.verifyEmail({ body: { token: tokenIn({ text: link } as never) } }));
    const params = { user_id: agent.user.id as string };
    const { email_verified_at } = await ok(client.getUser({ token: admin.token, params }));
    expect(email_verified_at).toEqual(expect.any(String));
    // Each address before gets its own notice, however fast the next change follows.
    const next = await change(admin, agent.user);
    await change(admin, agent.user);
    for (const [address, nth] of [
      [movedAgent, 2],
      [next, 1],
    ] as const)
      await waitFor(async () =>
        (await mailsTo(address)).slice(nth - 1).find(({ subject }) => subject.includes("was changed")),
      );
  });
});

test("an address gets ten mails a day, whoever makes users or changes emails; a message sent again is one", async () => {
  const admin = await signUp();
  const { user, email } = await invite(admin);
  await mailTo(email);
  let sent = 0;
  const send = (at: string) =>
    sendMail.run({
      ...invocation("sendMail", null),
      ...{ message: { mail: "invitation", brokerage_id: admin.brokerage.id, id: user.id, at } },
      ...{ table, origin: cloud.url, lastTry: false, secondsLeft: 30 },
      mailer: { send: async () => void sent++ },
    } as never);
  const lines = vi.spyOn(console, "log").mockReturnValue();
  const moments = Array.from({ length: 11 }, (_, at) => new Date(Date.now() + at).toISOString());
  for (const at of [moments[0]!, ...moments]) await send(at);
  const said = lines.mock.calls.map(([line]) => JSON.parse(line));
  lines.mockRestore();
  // The first was the invitation's own, and one was delivered twice.
  expect(sent).toBe(10);
  expect(said).toHaveLength(2);
  expect(said[0]).toMatchObject({ code: "mail_not_sent", user_id: user.id });
});

test("a mail that SES refuses for good is not tried again; one that it refuses for now is", async () => {
  const { brokerage } = await signUp();
  const { user } = await register(brokerage);
  const at = new Date().toISOString();
  const message = { mail: "verification", brokerage_id: brokerage.id, id: user.id, at } as const;
  const sending = (name: string) =>
    sendMail.run({
      ...invocation("sendMail", null),
      ...{ message, table, origin: cloud.url, lastTry: false, secondsLeft: 30 },
      mailer: { send: () => Promise.reject(Object.assign(new Error("refused"), { name })) },
    });
  const lines = vi.spyOn(console, "log").mockReturnValue();
  await sending("BadRequestException");
  expect(lines.mock.calls.map(([line]) => JSON.parse(line))).toMatchObject([
    { code: "mail_not_sent", user_id: user.id, why: "SES refused it" },
  ]);
  lines.mockRestore();
  // A sender that is not verified yet is MessageRejected.
  for (const name of ["MessageRejected", "TooManyRequestsException"])
    await expect(sending(name)).rejects.toThrow("refused");
});

describe("a link is refused", () => {
  const verify = (token: string) => client.verifyEmail({ body: { token } });
  const tokensOf = async (admin: SignedIn & { brokerage: { id: string } }, userId: string) =>
    Promise.all((["password", "email"] as const).map((each) => tokenFor(admin.brokerage.id, userId, each)));

  test("for another purpose", async () => {
    const admin = await signUp();
    const [password, email] = await tokensOf(admin, admin.user.id);
    await refused("invalid_token", verify(password!));
    await refused("invalid_token", confirm(email!));
    await ok(verify(email!));
  });

  test("when it was signed with another brokerage's key, or for a user who is not active", async () => {
    const [admin, attacker] = [await signUp(), await signUp()];
    const user = (await stored(userRecord, admin.brokerage.id, admin.user.id))!;
    const moved = { ...user, brokerage_id: attacker.brokerage.id };
    const until = new Date(Date.now() + 60_000);
    const theirs = String((await table.get(policyKey(attacker.brokerage.id)))!.cursor_key);
    for (const target of [user, moved])
      await refused("invalid_token", confirm(signMailedToken("password", target, until, theirs)));
    const [password, email] = await tokensOf(admin, admin.user.id);
    await overwrite(userRecord, { ...user, is_active: false });
    await refused("invalid_token", confirm(password!));
    await refused("invalid_token", verify(email!));
  });

  test("when it has expired", async () => {
    const admin = await signUp();
    const past = new Date(Date.now() - 1000);
    await refused(
      "invalid_token",
      confirm(await tokenFor(admin.brokerage.id, admin.user.id, "password", past)),
    );
  });
});

test("the outbox is a page to a browser, and says nothing of what is in a mail but as text", async () => {
  const admin = await signUp({ name: "<script>alert(1)</script>" });
  const { email } = await invite(admin);
  await mailTo(email);
  const answer = await fetch(`${cloud.url}/_local/outbox?to=${email}`, { headers: { accept: "text/html" } });
  expect(answer.headers.get("content-type")).toContain("text/html");
  const page = await answer.text();
  expect(page).toContain(`To ${email}`);
  expect(page).toMatch(/<a href="http[^"]+\/accept-invitation\/[\w-]+">/);
  expect(page).not.toContain("<script>");
});
