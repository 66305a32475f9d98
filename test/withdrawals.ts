import { listUsers } from "../functions/identity/list-users.ts";
import { listRoles } from "../functions/roles/list-roles.ts";
import { getTask } from "../functions/tasks/get-task.ts";
import { apiKeyItemKey } from "../shared/data/api-keys.ts";
import { recordKey } from "../shared/data/record-item.ts";
import type { Table } from "../shared/data/table.ts";
import { taskRecord } from "../shared/domain/task.ts";
import { userRecord } from "../shared/domain/user.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { api, expectStatus, signUp, unique } from "./cloud.ts";
import { plantUser, set } from "./identity-attacks.ts";
import { inProcess, table, withTable } from "./in-process.ts";

/** A request whose answer tells whether a right holds. */
interface Question {
  readonly operation: keyof typeof asked;
  readonly token: string;
  readonly params?: Record<string, string>;
}
const asked = { listUsers, listRoles, getTask };

/** Asks; over HTTP unless a test has another way. */
type Ask = (question: Question) => Promise<number>;
const askOverHttp: Ask = async ({ operation, token, params = {} }) => {
  const { method, path } = asked[operation] as unknown as Operation;
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!);
  return (await api(method, filled, { token })).status;
};

/** A right that is given and withdrawn, again and again. */
interface Right {
  give(): Promise<Question>;
  withdraw(): Promise<unknown>;
}

type Admin = Awaited<ReturnType<typeof signUp>>;
interface Withdrawal {
  /** What is answered from the next request on. */
  readonly refusal: 401 | 403 | 404;
  right(admin: Admin): Promise<Right>;
}

/** Every way in which a right ends. */
export const withdrawals = {
  "a key that is revoked": {
    refusal: 401,
    async right({ token }) {
      let id = "";
      return {
        async give() {
          const made = await newKey(token);
          id = made.id;
          return { operation: "listUsers", token: made.key };
        },
        withdraw: () => expectStatus(204, "DELETE", `/v1/api-keys/${id}`, { token }),
      };
    },
  },
  "a key that expires": {
    refusal: 401,
    async right({ token, brokerage }) {
      const { id, key } = await newKey(token);
      const expire = (at: string) =>
        table.commit([
          set(apiKeyItemKey({ brokerage_id: brokerage.id, api_key_id: id }), "listed.expires_at", at),
        ]);
      return {
        async give() {
          await expire("2099-01-01T00:00:00.000Z");
          return { operation: "listUsers", token: key };
        },
        withdraw: () => expire(new Date().toISOString()),
      };
    },
  },
  "a key whose maker is deactivated": {
    refusal: 401,
    right: ({ brokerage }) => ofUser(brokerage.id, "listed.is_active", [true, false], "key"),
  },
  "a key whose maker has another role": {
    refusal: 403,
    right: ({ brokerage }) => ofUser(brokerage.id, "listed.role", ["admin", "agent"], "key"),
  },
  "a user who is deactivated": {
    refusal: 401,
    right: ({ brokerage }) => ofUser(brokerage.id, "listed.is_active", [true, false], "session"),
  },
  "a user with another built-in role": {
    refusal: 403,
    right: ({ brokerage }) => ofUser(brokerage.id, "listed.role", ["admin", "agent"], "session"),
  },
  "a session that is ended": {
    refusal: 401,
    async right({ brokerage }) {
      let token = "";
      return {
        async give() {
          ({ token } = await plantUser(brokerage.id, "admin"));
          return { operation: "listUsers", token };
        },
        withdraw: () => expectStatus(204, "POST", "/v1/auth/logout", { token }),
      };
    },
  },
  "a role that is taken from a user": {
    refusal: 403,
    async right(admin) {
      const { user, token } = await plantUser(admin.brokerage.id, "agent");
      const { id } = await newRole(admin);
      await permit(admin, id, [reading]);
      const assign = (role_ids: string[]) => put(admin, `/v1/users/${user.id}`, "roles", { role_ids });
      return {
        async give() {
          await assign([id]);
          return { operation: "listRoles", token };
        },
        withdraw: () => assign([]),
      };
    },
  },
  "a grant that is taken from a role": {
    refusal: 403,
    async right(admin) {
      const { user, token } = await plantUser(admin.brokerage.id, "agent");
      const { id } = await newRole(admin);
      await put(admin, `/v1/users/${user.id}`, "roles", { role_ids: [id] });
      return {
        async give() {
          await permit(admin, id, [reading]);
          return { operation: "listRoles", token };
        },
        withdraw: () => permit(admin, id, []),
      };
    },
  },
  "a share with a user that is removed": {
    refusal: 404,
    async right(admin) {
      const { user, token } = await plantUser(admin.brokerage.id, "agent");
      const task_id = await newTask(admin);
      const path = `/v1/tasks/${task_id}/shares/user/${user.id}`;
      return {
        async give() {
          await expectStatus(200, "PUT", path, { token: admin.token, body: { access: "read" } });
          return { operation: "getTask", token, params: { task_id } };
        },
        withdraw: () => expectStatus(204, "DELETE", path, { token: admin.token }),
      };
    },
  },
  "a share that ends": {
    refusal: 404,
    async right(admin) {
      const { user, token } = await plantUser(admin.brokerage.id, "agent");
      const task_id = await newTask(admin);
      const share = (until: string) => ({ access: "read", until });
      const item = recordKey(admin.brokerage.id, taskRecord, task_id);
      return {
        async give() {
          const body = share("2099-01-01T00:00:00Z");
          const path = `/v1/tasks/${task_id}/shares/user/${user.id}`;
          await expectStatus(200, "PUT", path, { token: admin.token, body });
          return { operation: "getTask", token, params: { task_id } };
        },
        withdraw: () =>
          table.commit([set(item, "shares", { [`user:${user.id}`]: share(new Date().toISOString()) })]),
      };
    },
  },
  "a share with a team that is removed": {
    refusal: 404,
    async right(admin) {
      const { token, task_id, share, member } = await sharedWithATeam(admin);
      await expectStatus(200, "PUT", member, { token: admin.token, body: {} });
      return {
        async give() {
          await expectStatus(200, "PUT", share, { token: admin.token, body: { access: "read" } });
          return { operation: "getTask", token, params: { task_id } };
        },
        withdraw: () => expectStatus(204, "DELETE", share, { token: admin.token }),
      };
    },
  },
  "a member who leaves the team it is shared with": {
    refusal: 404,
    async right(admin) {
      const { token, task_id, share, member } = await sharedWithATeam(admin);
      await expectStatus(200, "PUT", share, { token: admin.token, body: { access: "read" } });
      return {
        async give() {
          await expectStatus(200, "PUT", member, { token: admin.token, body: {} });
          return { operation: "getTask", token, params: { task_id } };
        },
        withdraw: () => expectStatus(204, "DELETE", member, { token: admin.token }),
      };
    },
  },
} satisfies Record<string, Withdrawal>;

/** Bar 28: a right that is withdrawn, `times` over; how often the very next request was refused. */
export async function withdrawn(
  kind: keyof typeof withdrawals,
  times: number,
  ask: Ask = askOverHttp,
): Promise<number> {
  const { refusal, right }: Withdrawal = withdrawals[kind];
  const { give, withdraw } = await right(await signUp());
  let refused = 0;
  for (let time = 0; time < times; time++) {
    const question = await give();
    const before = await ask(question);
    if (before !== 200) throw new Error(`${kind}: ${before} before it was withdrawn`);
    await withdraw();
    if ((await ask(question)) === refusal) refused++;
  }
  return refused;
}

/** Asks in this process, with every item remembered from the first time: what a cache would do. */
export async function askWithCache(): Promise<Ask> {
  const remembered = new Map<string, Promise<unknown>>();
  const once = <T>(name: string, read: () => Promise<T>): Promise<T> => {
    if (!remembered.has(name)) remembered.set(name, read());
    return remembered.get(name) as Promise<T>;
  };
  const caching = (real: Table): Table => ({
    ...real,
    get: (key) => once(JSON.stringify(key), () => real.get(key)) as never,
    getMany: (keys) => once(JSON.stringify(keys), () => real.getMany(keys)),
  });
  const calls = Object.fromEntries(
    await Promise.all(
      Object.entries(asked).map(async ([id, operation]) => [
        id,
        await inProcess(withTable(operation as unknown as Operation, caching)),
      ]),
    ),
  );
  return async ({ operation, token, params }) => (await calls[operation]({ token, params })).status;
}

const reading = { resource: "role", action: "read", scope: "brokerage" };

const newKey = (token: string) =>
  expectStatus(201, "POST", "/v1/api-keys", {
    token,
    body: { name: unique(), grants: ["user:read:brokerage", "role:read:brokerage"] },
  });

const newRole = ({ token }: Admin) =>
  expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });

const newTask = async ({ token }: Admin): Promise<string> =>
  (await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call back" } })).id;

/** An agent, a task and a team: the paths by which the task is shared with the team, and the agent is its member. */
async function sharedWithATeam(admin: Admin) {
  const { user, token } = await plantUser(admin.brokerage.id, "agent");
  const task_id = await newTask(admin);
  const team = await expectStatus(201, "POST", "/v1/teams", { token: admin.token, body: { name: unique() } });
  return {
    ...{ token, task_id },
    share: `/v1/tasks/${task_id}/shares/team/${team.id}`,
    member: `/v1/teams/${team.id}/members/${user.id}`,
  };
}

/** Replaces a part of a record at its version. */
async function put({ token }: Admin, record: string, part: string, body: object) {
  const { version } = await expectStatus(200, "GET", record, { token });
  await expectStatus(200, "PUT", `${record}/${part}`, {
    token,
    body,
    headers: { "if-match": `"${version}"` },
  });
}

const permit = (admin: Admin, role: string, permissions: object[]) =>
  put(admin, `/v1/roles/${role}`, "permissions", { permissions });

/** A right that an attribute of a planted admin's user decides, by a session or an API key of theirs. */
async function ofUser(
  brokerageId: string,
  attribute: string,
  [given, ended]: readonly [unknown, unknown],
  by: "session" | "key",
): Promise<Right> {
  const { user, token } = await plantUser(brokerageId, "admin");
  const write = (value: unknown) =>
    table.commit([set(recordKey(brokerageId, userRecord, user.id), attribute, value)]);
  const sent = by === "key" ? (await newKey(token)).key : token;
  return {
    async give() {
      await write(given);
      return { operation: "listRoles", token: sent };
    },
    withdraw: () => write(ended),
  };
}
