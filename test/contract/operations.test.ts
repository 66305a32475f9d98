import { beforeAll, describe, expect, test } from "vitest";
import { defaultGrants, roles } from "../../shared/domain/access.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { bodyTypes, maxBodyBytes, needsIfMatch } from "../../shared/entry/request.ts";
import { document, operations } from "../answers.ts";
import { type Answer, api, type Request } from "../cloud.ts";
import * as inside from "./inside.ts";
import { filled } from "./makers.ts";
import { bodyFor, makeWorld, rowOf, type World } from "./rows.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});

const absent = "019c3b5e-8a40-7d1c-9f2e-000000000000";

test("the document has every operation and no other", () => {
  const documented = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(
      ([method, { operationId }]) => `${method.toUpperCase()} ${path} ${operationId}`,
    ),
  );
  expect(documented.sort()).toEqual(
    operations.map(({ method, path, id }) => `${method} ${path} ${id}`).sort(),
  );
});

describe.each(operations.map((operation) => [operation.id, operation] as const))("%s", (_, operation) => {
  const row = rowOf(operation);
  const { method, permission, path } = operation;
  const isPublic = permission === "public";
  // A grantee that is absent is 422: the path names whom to share with, and no record.
  const pathIds = [...path.matchAll(/\{(\w+_id)\}/g)]
    .map(([, name = ""]) => name)
    .filter((name) => name !== "grantee_id" || method !== "PUT");

  if (!isPublic) {
    test("401 without a session", async () => {
      await refused(401, "unauthenticated", await call(operation, { token: undefined }));
      await refused(401, "unauthenticated", await call(operation, { token: "not.a.token" }));
    });
  }

  if (!isPublic) {
    test("401 for an API key that was revoked, 403 for one that may not do this", async () => {
      const { revoked, reader, tasks } = await apiKeys();
      const narrow = permission === "task:read" ? reader : tasks;
      await refused(401, "unauthenticated", await call(operation, { token: revoked }));
      await refused(403, "forbidden", await call(operation, { token: narrow }));
    });
  }

  if (!isPublic && permission !== "session") {
    test("403 for every role without the permission", async () => {
      for (const role of roles) {
        if (defaultGrants[role].some((grant) => grant.startsWith(`${permission}:`))) continue;
        await refused(403, "forbidden", await call(operation, { token: world.home.users[role].token }));
      }
    });
  }

  if (pathIds.length > 0) {
    test("404 for what is absent, malformed or another brokerage's", async () => {
      const params = await paramsOf(operation);
      for (const name of pathIds)
        for (const wrong of [absent, "1", "..%2f..", "%00", absent.toUpperCase()])
          await refused(404, "not_found", await call(operation, { params: { ...params, [name]: wrong } }));
      if (isPublic) return;
      await refused(
        404,
        "not_found",
        await call(operation, { params, token: world.foreign.users.admin.token }),
      );
    });
  }

  test("400 for a query parameter it does not know, by name", async () => {
    const { body } = await refused(400, "invalid_input", await call(operation, { query: { no_such: "1" } }));
    expect(body.errors).toEqual([{ path: "?no_such", message: expect.any(String) }]);
  });

  if (operation.body) {
    test("400 for an unknown field, by name, and for wrong types", async () => {
      const body = { ...(await bodyFor(operation, world, world.home.users.admin)), no_such: 1 };
      const { body: problem } = await refused(400, "invalid_input", await call(operation, { body }));
      expect(problem.errors).toContainEqual({ path: "/no_such", message: expect.any(String) });
      for (const wrong of [[], "text", 7, null, true])
        await refused(400, "invalid_input", await call(operation, { body: wrong }));
    });

    test("400, 413, 415 for what is no JSON, too large, or of another type", async () => {
      const json = bodyTypes[method]?.[0] ?? "";
      const raw = (text: string | Uint8Array<ArrayBuffer>, type = json) =>
        call(operation, { raw: text, headers: { "content-type": type } });
      for (const text of ["", "{", "{'a':1}", "undefined", "[1,]"])
        await refused(400, "invalid_json", await raw(text));
      const latin1 = await raw(Uint8Array.from(Buffer.from('{"title":"Straße"}', "latin1")));
      const { body: problem } = await refused(400, "invalid_json", latin1);
      expect(problem.detail).toBe("The body is not UTF-8");
      await refused(413, "too_large", await raw(`"${"x".repeat(maxBodyBytes)}"`));
      for (const type of ["text/plain", "application/xml", "application/json-seq", "multipart/form-data"])
        await refused(415, "unsupported_media_type", await raw("{}", type));
    });
  } else if (method !== "GET" && !operation.protocol) {
    test("400 for a body, since it takes none", async () => {
      await refused(400, "invalid_input", await call(operation, { body: { a: 1 } }));
    });
  }

  if (needsIfMatch(operation)) {
    test("428 without If-Match, 412 with another version, 400 with what is none", async () => {
      await refused(428, "if_match_required", await call(operation, { version: undefined }));
      for (const version of ["0", "999"])
        await refused(412, "stale_version", await call(operation, { version }));
      await refused(400, "invalid_input", await call(operation, { version: "*" }));
    });
  }

  test("does what it says with the document's example", async () => {
    const answer = await call(operation, {}, await row.caller?.(world), api);
    expect(answer.status, JSON.stringify(answer.body)).toBe(operation.answer.status);
  });
});

interface Variation extends Request {
  readonly params?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
  readonly version?: string | undefined;
}

/** Path parameters of each operation's record: refusals leave it as it is, so it is made once. */
const made = new Map<string, Promise<Readonly<Record<string, string>>>>();
function paramsOf(operation: Operation): Promise<Readonly<Record<string, string>>> {
  const known = made.get(operation.id) ?? rowOf(operation).params?.(world) ?? Promise.resolve({});
  made.set(operation.id, known);
  return known;
}

/** The query that each operation demands, made once. */
const queries = new Map<string, Promise<Readonly<Record<string, string>>>>();
function demandedBy(operation: Operation): Promise<Readonly<Record<string, string>>> {
  const known = queries.get(operation.id) ?? rowOf(operation).query?.(world) ?? Promise.resolve({});
  queries.set(operation.id, known);
  return known;
}

/** Keys of the home brokerage, made once: a revoked one, and two that may do little. */
let keys: Promise<Readonly<Record<"revoked" | "reader" | "tasks", string>>> | undefined;
function apiKeys() {
  keys ??= (async () => {
    const { token } = world.home.users.admin;
    const make = (grant: string) =>
      inside.expectStatus(201, "POST", "/v1/api-keys", {
        token,
        body: { name: "Contract", grants: [grant] },
      });
    const revoked = await make("property:read:brokerage");
    await inside.expectStatus(204, "DELETE", `/v1/api-keys/${revoked.id}`, { token });
    const [reader, tasks] = [await make("property:read:brokerage"), await make("task:read:brokerage")];
    return { revoked: revoked.key, reader: reader.key, tasks: tasks.key };
  })();
  return keys;
}

/** Calls the operation so that it succeeds, but for what the variation says; in this process unless `through` HTTP. */
async function call(
  operation: Operation,
  variation: Variation,
  caller = world.home.users.admin,
  through = inside.refusing,
): Promise<Answer> {
  const params = variation.params ?? (await paramsOf(operation));
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => params[name] ?? absent);
  const token = "token" in variation ? variation.token : caller.token;
  const version = "version" in variation ? variation.version : await versionOf(operation);
  const isSaid = "body" in variation || variation.raw !== undefined;
  const body = isSaid ? variation.body : await bodyFor(operation, world, caller);
  const demanded = await demandedBy(operation);
  const query = new URLSearchParams({ ...demanded, ...variation.query }).toString();
  return through(operation.method, query ? `${path}?${query}` : path, {
    ...(operation.permission === "public" ? {} : { token }),
    ...(variation.raw === undefined ? { body } : { raw: variation.raw }),
    headers: { ...(version === undefined ? {} : { "if-match": `"${version}"` }), ...variation.headers },
  });
}

/** The version to send in If-Match: what the record's own GET says, asked once, since refusals leave it as it is. */
const versions = new Map<string, Promise<string>>();
async function versionOf(operation: Operation): Promise<string | undefined> {
  if (!needsIfMatch(operation)) return undefined;
  const known = versions.get(operation.id) ?? readVersion(operation);
  versions.set(operation.id, known);
  return known;
}

async function readVersion(operation: Operation): Promise<string> {
  // The record itself, where a part of it is replaced.
  const [record = operation.path] = /^.*}/.exec(operation.path) ?? [];
  const path = filled(record, await paramsOf(operation));
  const { body } = await inside.api("GET", path, { token: world.home.users.admin.token });
  return String(body.version ?? 1);
}

async function refused(status: number, code: string, answer: Answer): Promise<Answer> {
  expect([answer.status, answer.body.code], JSON.stringify(answer.body)).toEqual([status, code]);
  return answer;
}
