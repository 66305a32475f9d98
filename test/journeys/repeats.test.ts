import { beforeAll, describe, expect, test } from "vitest";
import type { Table } from "../../shared/data/table.ts";
import { answerKey } from "../../shared/data/users.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { needsIfMatch, takesIdempotencyKey } from "../../shared/entry/request.ts";
import { document, named, operations } from "../answers.ts";
import { type Answer, addUser, api, expectStatus, type SignedIn, unique } from "../cloud.ts";
import { makeWorld, type World } from "../contract/rows.ts";
import { type Known, Subject } from "../contract/subject.ts";
import { inProcess, table, withTable } from "../in-process.ts";
import { house } from "../properties.ts";
import { anotherSession } from "../sessions.ts";

let world: World;
/** The admin, who calls each of them, in a session that has ended. */
let ended: SignedIn;
beforeAll(async () => {
  world = await makeWorld();
  ended = await anotherSession(world.home.users.admin);
  await expectStatus(204, "POST", "/v1/auth/logout", { token: ended.token });
});

const pathOf = ({ path }: Operation, params: Known["params"]) =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!);
const at = (version: string | undefined): Record<string, string> =>
  version === undefined ? {} : { "if-match": `"${version}"` };
const keyed = (key: string, version: string | undefined) => ({ "idempotency-key": key, ...at(version) });

/** Without what is signed afresh each time, or shown the first time only. */
const lasting = ({ status, headers, body }: Answer) => {
  const { upload: _, key: __, ...kept } = body || {};
  return { status, etag: headers.get("etag"), body: kept };
};

/** The same JSON, written in another way. */
const respelled = (body: object) =>
  JSON.stringify(Object.fromEntries(Object.entries(body).reverse()), null, 2)
    .replace(/: (\d+)(?=,?\n)/g, ": $1.0")
    .replace(/"([a-z])/gi, (_, letter: string) => `"\\u00${letter.charCodeAt(0).toString(16)}`);

test("the document has the header for every write of a signed-in caller outside /v1/auth, and for nothing else", () => {
  const takesKey = { $ref: "#/components/parameters/IdempotencyKey" };
  for (const { id, method, path, permission, protocol } of operations) {
    const { parameters } = document.paths[path]![method.toLowerCase()]!;
    const writes = method !== "GET" && permission !== "public" && !path.startsWith("/v1/auth/") && !protocol;
    expect(
      parameters.some((one) => JSON.stringify(one) === JSON.stringify(takesKey)),
      id,
    ).toBe(writes);
  }
});

describe.each(operations.filter(takesIdempotencyKey).map((operation) => [operation.id, operation] as const))(
  "%s",
  (id, operation) => {
    test("repeated with its key gets the first answer again, and nothing else does", async () => {
      const subject = new Subject(operation, world);
      const { caller, params, version } = await subject.current();
      const [body, path, key] = [await subject.example(), pathOf(operation, params), unique()];
      const type = operation.method === "PATCH" ? "application/merge-patch+json" : "application/json";
      const send = (
        raw: string | undefined,
        headers: Record<string, string> = keyed(key, version),
        { token } = caller,
      ) =>
        api(operation.method, path, {
          token,
          ...(raw === undefined ? {} : { raw }),
          headers: { ...(raw === undefined ? {} : { "content-type": type }), ...headers },
        });
      const first = await send(body && JSON.stringify(body));
      expect(first.status, JSON.stringify(first.body)).toBe(operation.answer.status);
      expect(lasting(await send(body && JSON.stringify(body)))).toEqual(lasting(first));
      expect(lasting(await send(body && respelled(body)))).toEqual(lasting(first));

      const other = await send(JSON.stringify({ ...body, title: "Another" }));
      expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
      if (needsIfMatch(operation)) {
        const later = await send(body && JSON.stringify(body), keyed(key, "99"));
        expect([later.status, later.body.code]).toEqual([422, "idempotency_key_reused"]);
      }
      const unprintable = await send(undefined, keyed("x".repeat(256), version));
      expect(unprintable.body.errors).toEqual([{ path: "Idempotency-Key", message: expect.any(String) }]);

      expect(ended.user.id).toBe(caller.user.id);
      expect((await send(body && JSON.stringify(body), keyed(key, version), ended)).status).toBe(401);

      const { brokerage, users } = world.home;
      const kept = JSON.stringify(
        await table.get(answerKey({ brokerage_id: brokerage.id, user_id: users.admin.user.id }, id, key)),
      );
      expect(kept).toContain("fingerprint");
      const { url, key: apiKey } = first.body || {};
      const secrets = [body && (body as { password?: string }).password, url?.split("/").at(-1), apiKey];
      for (const secret of ["password_hash", "X-Amz-", "eyJ", ...secrets.filter(Boolean)])
        expect(kept).not.toContain(secret);
    });
  },
);

async function aHome({ token }: SignedIn): Promise<{ property_id: string; path: string }> {
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token, body: house });
  return { property_id: id, path: `/v1/properties/${id}` };
}

test("a change repeated after a later one gets its own answer and version; a delete repeated is done", async () => {
  const { token } = world.home.users.admin;
  const { path } = await aHome(world.home.users.admin);
  const [change, remove] = [unique(), unique()];
  const send = (key: string) =>
    api("PATCH", path, { token, body: { price: 600_000 }, headers: keyed(key, "1") });
  const first = await send(change);
  await expectStatus(200, "PATCH", path, { token, body: { price: 700_000 }, headers: at("2") });
  const again = await send(change);
  expect(again.body).toEqual(first.body);
  expect(again.headers.get("etag")).toBe('"2"');
  expect(await expectStatus(200, "GET", path, { token })).toMatchObject({ version: 3, price: 700_000 });
  expect((await send(unique())).status).toBe(412);

  for (let times = 0; times < 2; times++)
    await expectStatus(204, "DELETE", path, { token, headers: keyed(remove, "3") });
  expect((await send(change)).body).toEqual(first.body);
  await expectStatus(404, "DELETE", path, { token, headers: at("3") });
  await expectStatus(404, "DELETE", path, { token, headers: keyed(unique(), "3") });
});

test("an answer is not told to whose role lacks the permission, nor of a record that is another's by now", async () => {
  const { admin } = world.home.users;
  const agent = await addUser(admin, "agent");
  const { path, property_id } = await aHome(agent);
  const headers = keyed(unique(), "1");
  const request = { token: agent.token, body: { price: 600_000 }, headers };
  await expectStatus(200, "PATCH", path, request);

  const demoted = await inProcess(
    withTable(named("updateProperty"), (table) => ({
      ...table,
      getMany: async (keys) =>
        (await table.getMany(keys)).map((item) =>
          item?.entity === "user"
            ? { ...item, listed: { ...(item.listed as object), role: "client" } }
            : item,
        ),
    })),
  );
  expect(await demoted({ ...request, params: { property_id }, path })).toMatchObject({ status: 403 });
  await expectStatus(200, "PATCH", path, request);

  const body = { owner_user_id: admin.user.id };
  await expectStatus(200, "PATCH", path, { token: admin.token, body, headers: at("2") });
  await expectStatus(404, "PATCH", path, request);
});

describe.each([
  ["updateProperty", { price: 600_000 }],
  ["deleteProperty", undefined],
])("%s", (id, body) => {
  /** Repeats a request whose first is done between the repeat's reading of the kept answer and of the record. */
  async function race(change: (table: Table) => Table) {
    const { token } = world.home.users.admin;
    const { property_id, path } = await aHome(world.home.users.admin);
    const headers = keyed(unique(), "1");
    const [first, lookedFor] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const repeat = await inProcess(
      withTable(named(id), (opened) => {
        const table = change(opened);
        const get: Table["get"] = async (key) => {
          if (key.pk.includes("#property#")) await first.promise;
          return table.get(key);
        };
        const getMany: Table["getMany"] = async (keys) => {
          const found = await table.getMany(keys);
          lookedFor.resolve();
          return found;
        };
        return { ...table, get, getMany };
      }),
    );
    const repeated = repeat({ token, body, headers, path, params: { property_id } });
    await lookedFor.promise;
    const answer = await api(named(id).method, path, { token, body, headers });
    first.resolve();
    return { answer, repeated: await repeated };
  }

  test("a repeat that reads the record after the first has changed it, gets the first answer", async () => {
    const { answer, repeated } = await race((table) => table);
    expect(answer.status).toBe(named(id).answer.status);
    expect(repeated.status).toBe(answer.status);
    if (answer.body) expect(repeated.body).toEqual(answer.body);
  });

  test("sabotage: where the kept answer is not looked at again, it does not", async () => {
    const { repeated } = await race((table) => ({
      ...table,
      get: async (key) => (key.sk.startsWith("answer#") ? undefined : table.get(key)),
    }));
    expect(repeated.status).toBe(body ? 412 : 404);
  });
});
