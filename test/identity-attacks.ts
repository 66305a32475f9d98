import { listUsers } from "../functions/identity/list-users.ts";
import { refreshSession } from "../functions/identity/refresh-session.ts";
import { recordKey } from "../shared/data/record-item.ts";
import { create, createRecord } from "../shared/data/records.ts";
import { readSecret } from "../shared/data/secret.ts";
import { newSession, sessionItem, sessionKey } from "../shared/data/sessions.ts";
import type { Table, UpdateWrite } from "../shared/data/table.ts";
import type { Role } from "../shared/domain/access.ts";
import { newUser, type StoredUser, userRecord } from "../shared/domain/user.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { issueTokens, signingSecret } from "../shared/identity/tokens.ts";
import { type Answer, api, cloud, expectStatus, signUp, unique } from "./cloud.ts";
import { inProcess, table, withTable } from "./in-process.ts";

/** Calls `work` for 0..times-1, `width` at once. */
export async function inParallel<T>(
  times: number,
  width: number,
  work: (at: number) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const worker = async () => {
    for (let at = next++; at < times; at = next++) results[at] = await work(at);
  };
  await Promise.all(Array.from({ length: Math.min(width, times) }, worker));
  return results;
}

export const refresh = (refresh_token: string): Promise<Answer> =>
  api("POST", "/v1/auth/refresh", { body: { refresh_token } });

/** Someone of a role with a live session, written straight to the table: no password, so no hash to wait for. */
export async function plantUser(brokerageId: string, role: Role) {
  const invoked = invocation("test", null);
  const person = { email: `${unique()}@planted.example`, first_name: "Pia", last_name: "Planted" };
  const planted = newUser({ ...person, role }, "none");
  const { record: user, writes } = createRecord(userRecord, brokerageId, planted, invoked);
  const session = newSession(user, null, invoked);
  await table.commit([...writes, create(sessionItem(session))]);
  const secret = await signingSecret(readSecret("signing").open(cloud.signingSecret));
  const { session_token, refresh_token } = await issueTokens(secret, session, new Date());
  return { user, session, token: session_token, refresh_token };
}

/** Bar 5: one refresh token sent many times at once, over HTTP. */
export async function refreshAtOnce(times: number) {
  const { brokerage } = await signUp();
  const { session, refresh_token } = await plantUser(brokerage.id, "agent");
  const answers = await inParallel(times, times, () => refresh(refresh_token));
  const stands = await table.get(sessionKey(brokerage.id, session.user_id, session.id));
  return {
    statuses: [...new Set(answers.map(({ status }) => status))],
    successors: new Set(answers.map(({ body }) => body.refresh_token)).size,
    rotation: stands?.rotation,
  };
}

/** Bar 5: how many of `times` refreshes at once rotate the session, on a table that `change` may weaken. */
export async function countRotations(times: number, change: (table: Table) => Table) {
  const { brokerage } = await signUp();
  const { refresh_token } = await plantUser(brokerage.id, "agent");
  let rotations = 0;
  const counting = (real: Table): Table => ({
    ...real,
    async commit(writes) {
      await real.commit(writes);
      rotations++;
    },
  });
  const call = await inProcess(withTable(refreshSession, (real) => counting(change(real))));
  await inParallel(times, times, () => call({ body: { refresh_token } }));
  return rotations;
}

/** Bar 5: a chain of refreshes whose first answer is lost each time; how many recovered by asking again. */
export async function loseAnswers(
  times: number,
  beforeAsking: (user: StoredUser) => Promise<void> = async () => {},
) {
  const { brokerage } = await signUp();
  const planted = await plantUser(brokerage.id, "agent");
  let { refresh_token, token } = planted;
  let recovered = 0;
  for (let at = 0; at < times; at++) {
    await refresh(refresh_token);
    await beforeAsking(planted.user);
    const again = await refresh(refresh_token);
    if (again.status !== 200) break;
    ({ refresh_token, session_token: token } = again.body);
    recovered++;
  }
  return { recovered, status: (await api("GET", "/v1/me", { token })).status };
}

/** Makes all rotations of a user's sessions older, as if time had passed. */
export async function age(user: StoredUser, seconds: number): Promise<void> {
  const { items } = await table.query({
    KeyConditionExpression: "pk = :pk AND begins_with(sk, :session)",
    ExpressionAttributeValues: {
      ":pk": recordKey(user.brokerage_id, userRecord, user.id).pk,
      ":session": "session#",
    },
    ConsistentRead: true,
  });
  const rotated_at = new Date(Date.now() - seconds * 1000).toISOString();
  for (const { pk, sk } of items) await table.commit([set({ pk, sk }, "rotated_at", rotated_at)]);
}

/** Sets one attribute of an item, past every condition. */
export const set = (Key: { pk: string; sk: string }, name: string, value: unknown): UpdateWrite => ({
  Update: {
    Key,
    UpdateExpression: `SET ${name
      .split(".")
      .map((part) => `#${part}`)
      .join(".")} = :value`,
    ExpressionAttributeNames: Object.fromEntries(name.split(".").map((part) => [`#${part}`, part])),
    ExpressionAttributeValues: { ":value": value },
  },
});

/** How someone's rights can end, and what the next request then gets. */
const endings = {
  logout: 401,
  deactivation: 401,
  "role change": 403,
} as const;

/** Asks for the brokerage's users with a token; over HTTP unless a test has another way. */
type Ask = (token: string) => Promise<number>;
const askOverHttp: Ask = async (token) => (await api("GET", "/v1/users", { token })).status;

/** Bar 6: rights that end, `times` over; how many of them the very next request knew of. */
export async function endRights(times: number, ask: Ask = askOverHttp) {
  const { brokerage } = await signUp();
  const kinds = Object.keys(endings) as (keyof typeof endings)[];
  const known = await inParallel(times, 8, async (at) => {
    const { user, token } = await plantUser(brokerage.id, "admin");
    if ((await ask(token)) !== 200) throw new Error("The planted session does not work");
    const kind = kinds[at % kinds.length]!;
    if (kind === "logout") await expectStatus(204, "POST", "/v1/auth/logout", { token });
    else
      await table.commit([
        kind === "deactivation"
          ? set(recordKey(brokerage.id, userRecord, user.id), "listed.is_active", false)
          : set(recordKey(brokerage.id, userRecord, user.id), "listed.role", "client"),
      ]);
    return (await ask(token)) === endings[kind];
  });
  return known.filter(Boolean).length;
}

/** Asks in this process, with session, user and policy remembered from the first time: what a cache would do. */
export async function askWithCache(): Promise<Ask> {
  const remembered = new Map<string, ReturnType<Table["getMany"]>>();
  const caching = (real: Table): Table => ({
    ...real,
    getMany(keys) {
      const name = JSON.stringify(keys);
      if (!remembered.has(name)) remembered.set(name, real.getMany(keys));
      return remembered.get(name)!;
    },
  });
  const call = await inProcess(withTable(listUsers, caching));
  return async (token) => (await call({ token })).status;
}

/** Bar 7: one email registered many times at once; over HTTP unless a test has another way. */
export async function registerAtOnce(
  times: number,
  register: (body: unknown) => Promise<{ status: number }> = (body) =>
    api("POST", "/v1/auth/register", { body }),
) {
  const { brokerage, token } = await signUp();
  const email = `${unique()}@wanted.example`;
  const body = { brokerage_slug: brokerage.slug, email, first_name: "Will", last_name: "Win" };
  const answers = await inParallel(times, times, (at) =>
    register({ ...body, password: `a password of ${at} letters` }),
  );
  const { items } = await expectStatus(200, "GET", "/v1/users?role=client&limit=100", { token });
  const counted = (status: number) => answers.filter((answer) => answer.status === status).length;
  return { created: counted(201), taken: counted(409), users: items.length };
}
