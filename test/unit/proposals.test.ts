import { describe, expect, test } from "vitest";
import { areas } from "../../functions/index.ts";
import { assistantTools } from "../../infra/documents/tools.ts";
import { carryOut, takeBack } from "../../shared/ai/carry-out.ts";
import { type Asked, proposalOf } from "../../shared/ai/propose.ts";
import { pathOf } from "../../shared/ai/tools.ts";
import type { Api, ApiAnswer, ApiRequest } from "../../shared/data/api.ts";
import type { Caller } from "../../shared/domain/access.ts";
import { happeningIn } from "../../shared/domain/log.ts";
import { Problem } from "../../shared/domain/problem.ts";
import {
  approval,
  checkAsker,
  ending,
  refuseUndoing,
  rejection,
  type StoredProposal,
  takingBack,
} from "../../shared/domain/proposal.ts";

const tools = assistantTools(areas);
const [client_id, task_id, property_id, other] = ["a", "b", "c", "d"].map(
  (letter) => `019c3b5e-8a40-7d1c-9f2e-${letter.repeat(12)}`,
) as [string, string, string, string];

const records: Readonly<Record<string, object>> = {
  [`/v1/clients/${client_id}`]: {
    ...{ id: client_id, version: 4, name: "Nora Lindqvist", email: null, phone: "+12065550142" },
    ...{ tags: ["relocating"], custom: { budget: 5, school: "Roosevelt" }, owner_user_id: other },
  },
  [`/v1/tasks/${task_id}`]: {
    ...{ id: task_id, version: 2, title: "Call Nora", status: "pending", progress: 40, client_id },
  },
  [`/v1/properties/${property_id}`]: {
    ...{ id: property_id, version: 7, title: "Craftsman", status: "under_offer", price: 700_000 },
    ...{ contract_status: "pending", contract_date: "2026-01-05", close_price: null, close_date: null },
    location: { lat: 47.6, lng: -122.3 },
  },
};

/** An API that has these records, and answers all else as said; what it was asked. */
function apiThat(answers: (request: ApiRequest) => ApiAnswer = () => ({ status: 204, body: undefined })) {
  const asked: ApiRequest[] = [];
  const api: Api = {
    async call(request) {
      asked.push(request);
      const record = request.method === "GET" && records[request.path];
      if (request.method !== "GET") return answers(request);
      return record
        ? { status: 200, body: record }
        : { status: 404, body: { code: "not_found", detail: "Not found" } };
    },
  };
  return { api, asked };
}

const propose = (asked: Asked, api = apiThat().api) =>
  proposalOf({ api, authorization: "Bearer assistant", tools }, asked);
async function fieldsOf(asked: Asked) {
  const made = await propose(asked);
  if (!made.ok) throw new Error(made.problem);
  return made.fields;
}
async function problemOf(asked: Asked, api?: Api): Promise<string> {
  const made = await propose(asked, api);
  return made.ok ? "" : made.problem;
}

describe("what is proposed is one exact request, checked and not done", () => {
  test("a change: at the version that was read, with what it changes before and after", async () => {
    const { api, asked } = apiThat();
    const body = { title: "Call Nora on Monday", status: "completed" };
    const made = await propose({ operation_id: "updateTask", params: { task_id }, body }, api);
    expect(
      asked.map(({ method, path, ifMatch, idempotencyKey }) => [method, path, ifMatch, idempotencyKey]),
    ).toEqual([
      ["GET", `/v1/tasks/${task_id}`, undefined, undefined],
      ["PATCH", `/v1/tasks/${task_id}`, 2, undefined],
    ]);
    expect(new Set(asked.map(({ authorization }) => authorization))).toEqual(new Set(["Bearer assistant"]));
    expect(made).toEqual({
      ok: true,
      fields: {
        operation_id: "updateTask",
        request: { params: { task_id }, query: {}, body },
        preview: {
          title: "Change a task: Call Nora",
          before: { title: "Call Nora", status: "pending" },
          after: body,
          undo: "updateTask",
        },
        route: { method: "PATCH", path: "/v1/tasks/{task_id}" },
        based_on: 2,
        taken_back: {
          ...{
            operation_id: "updateTask",
            method: "PATCH",
            path: "/v1/tasks/{task_id}",
            needs_version: true,
          },
          // A new status has set the progress, too.
          body: { title: "Call Nora", status: "pending", progress: 40 },
        },
        about_client_id: client_id,
      },
    });
  });

  test("a creation and a deletion; tools are known by both their names", async () => {
    const body = { title: "Call Nora", client_id };
    const created = await fieldsOf({ operation_id: "tasks_create_task", body });
    expect(created).toMatchObject({
      ...{ operation_id: "createTask", based_on: null, about_client_id: client_id },
      preview: {
        title: "Add a task: Call Nora, Nora Lindqvist",
        before: null,
        after: body,
        undo: "deleteTask",
      },
    });
    const deleted = await fieldsOf({ operation_id: "deleteTask", params: { task_id } });
    expect(deleted).toMatchObject({
      ...{ based_on: 2, request: { body: null }, taken_back: { operation_id: "restoreTask", body: null } },
      preview: {
        title: "Delete a task: Call Nora",
        before: { title: "Call Nora", status: "pending" },
        after: null,
        undo: "restoreTask",
      },
    });
  });

  test("what is beside a record has no version; what nothing takes back says so", async () => {
    const noted = await fieldsOf({
      ...{
        operation_id: "createInteraction",
        params: { client_id },
        body: { type: "call", notes: "Likes it" },
      },
    });
    expect(noted).toMatchObject({ based_on: null, preview: { before: null, undo: "deleteInteraction" } });
    expect(noted.preview.title).toBe("Note an email, a call, a meeting or a note: Nora Lindqvist");
    const interest = await fieldsOf({
      ...{
        operation_id: "putClientProperty",
        params: { client_id, property_id },
        body: { interest: "favorite" },
      },
    });
    expect(interest).toMatchObject({ taken_back: null, preview: { undo: null } });
    expect(interest.preview.title).toBe("Note what a client thinks of a property: Nora Lindqvist, Craftsman");
  });

  test("of fields within fields only those that are named are shown, and taken back", async () => {
    const body = { custom: { school: "Garfield", pets: "a dog" }, tags: [], email: "nora@lindqvist.example" };
    const { preview, taken_back } = await fieldsOf({
      operation_id: "updateClient",
      params: { client_id },
      body,
    });
    const before = { custom: { school: "Roosevelt", pets: null }, tags: ["relocating"], email: null };
    expect(preview.before).toEqual(before);
    expect(taken_back?.body).toEqual(before);
    const moved = await fieldsOf({
      ...{ operation_id: "updateProperty", params: { property_id }, body: { location: null } },
    });
    expect(moved.taken_back?.body).toEqual({ location: { lat: 47.6, lng: -122.3 } });
  });

  test("a status from which no way leads back cannot be undone; one that does brings its facts back", async () => {
    const to = async (status: string) =>
      (await fieldsOf({ operation_id: "updateProperty", params: { property_id }, body: { status } }))
        .taken_back;
    expect(await to("rented")).toBeNull();
    expect((await to("active"))?.body).toEqual({
      ...{ status: "under_offer", contract_status: "pending", contract_date: "2026-01-05" },
      ...{ close_price: null, close_date: null },
    });
    expect(await to("sold")).not.toBeNull();
  });

  test("whoever is given the record is in the title", async () => {
    const title = async (body: object) =>
      (await fieldsOf({ operation_id: "updateClient", params: { client_id }, body })).preview.title;
    expect(await title({ owner_user_id: other })).toBe(
      `Change a client: Nora Lindqvist (it is given to user ${other})`,
    );
    expect(await title({ team_id: other })).toContain(`(it is given to team ${other})`);
    expect(await title({ team_id: null })).toContain("(it leaves its team)");
    expect(await title({ email: null })).toBe("Change a client: Nora Lindqvist");
  });
});

describe("a model that asks for what it must not is told so, and nothing is sent", () => {
  const body = { title: "T" };
  test.each<[string, Asked, RegExp]>([
    [
      "no tool",
      { operation_id: "createApiKey", body },
      /no operation "createApiKey": what can be proposed is .*createTask/,
    ],
    ["no name", { operation_id: { toString: "createTask" }, body }, /no operation/],
    ["what is called", { operation_id: "getTask", params: { task_id } }, /changes nothing/],
    [
      "another path",
      { operation_id: "deleteTask", params: { task_id: ".." } },
      /params.task_id must be the id/,
    ],
    [
      "a path within",
      { operation_id: "deleteTask", params: { task_id: `${task_id}/shares` } },
      /must be the id/,
    ],
    ["no parameter", { operation_id: "deleteTask" }, /params.task_id must be the id/],
    [
      "another parameter",
      { operation_id: "deleteTask", params: { task_id, client_id } },
      /params."client_id" is not known/,
    ],
    [
      "a strange query",
      { operation_id: "createClient", query: { role: "admin" }, body: { name: "N" } },
      /query."role" is not known/,
    ],
    [
      "a list for a query",
      { operation_id: "createClient", query: { allow_duplicate: ["true"] }, body: { name: "N" } },
      /must be a text/,
    ],
    ["no body", { operation_id: "createTask" }, /needs a body/],
    ["a body that is none", { operation_id: "createTask", body: [body] }, /body must be an object/],
    ["a body where none is", { operation_id: "deleteTask", params: { task_id }, body }, /takes no body/],
    [
      "a body that is too long",
      { operation_id: "createTask", body: { title: "T".repeat(20_000) } },
      /more than 20000 bytes/,
    ],
    [
      "a consent",
      {
        operation_id: "updateClient",
        params: { client_id },
        body: { consent: { call: { status: "granted" } } },
      },
      /consents/,
    ],
  ])("%s", async (_, asked, problem) => {
    const { api, asked: sent } = apiThat();
    expect(await problemOf(asked, api)).toMatch(problem);
    expect(sent).toEqual([]);
  });

  test("what does not exist for the person: in the path, and in the body", async () => {
    for (const asked of [
      { operation_id: "deleteTask", params: { task_id: other } },
      { operation_id: "createTask", body: { title: "T", client_id: other } },
    ]) {
      const { api, asked: sent } = apiThat();
      expect(await problemOf(asked, api)).toMatch(/_id: not_found: Not found/);
      expect(sent.map(({ method }) => method)).toEqual(["GET"]);
    }
  });

  test("what the API refuses, in its words", async () => {
    const errors = [{ path: "/titel", message: "is not a known field" }];
    const refusing = apiThat(() => ({
      status: 400,
      body: { code: "invalid_input", detail: "The body is wrong", errors },
    }));
    expect(await problemOf({ operation_id: "createTask", body: { titel: "T" } }, refusing.api)).toBe(
      "invalid_input: The body is wrong: /titel is not a known field",
    );
  });

  test("an API that did what was only to be checked is an error", async () => {
    const doing = apiThat(() => ({ status: 201, body: { id: task_id } }));
    await expect(propose({ operation_id: "createTask", body: { title: "T" } }, doing.api)).rejects.toThrow(
      "answered 201 to what was only proposed",
    );
  });
});

const proposal = {
  ...{ id: other, version: 1, status: "proposed", operation_id: "updateTask", based_on: 2, result: null },
  ...{ request: { params: { task_id }, query: {}, body: { title: "New" } }, preview: { undo: "updateTask" } },
  route: { method: "PATCH", path: "/v1/tasks/{task_id}" },
  taken_back: {
    ...{ operation_id: "updateTask", method: "PATCH", path: "/v1/tasks/{task_id}", needs_version: true },
    body: { title: "Old" },
  },
} as unknown as StoredProposal;
const as = (changes: object) => ({ ...proposal, ...changes }) as StoredProposal;
const now = new Date("2026-03-02T12:00:00.000Z");
const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
  return "none";
};

describe("decisions", () => {
  test("are its asker's, in a session of theirs", () => {
    const caller = { user_id: "u", session_id: "s" } as unknown as Caller;
    const may = (who: object) => codeOf(() => checkAsker({ user_id: "u" }, who as Caller));
    expect(may(caller)).toBe("none");
    expect(may({ user_id: "u", api_key_id: "k" })).toBe("forbidden");
    expect(may({ ...caller, ai_request_id: "a" })).toBe("forbidden");
    expect(may({ ...caller, user_id: "admin" })).toBe("forbidden");
  });

  test("are about the version that was shown, and possible in one status each", () => {
    expect(approval(proposal, 1, now)).toEqual({ status: "approved", approved_at: now.toISOString() });
    expect(rejection(proposal, 1)).toEqual({ status: "rejected" });
    const done = as({ version: 3, status: "done", result: { id: task_id, version: 3 } });
    expect(takingBack(done, 3)).toBe(proposal.taken_back);
    for (const act of [
      () => approval(proposal, 2, now),
      () => rejection(proposal, 2),
      () => takingBack(done, 1),
    ])
      expect(codeOf(act)).toBe("stale_version");
    for (const status of ["approved", "done", "rejected", "failed", "undone"]) {
      if (status !== "approved")
        expect(codeOf(() => approval(as({ status }), 1, now))).toBe("invalid_transition");
      expect(codeOf(() => rejection(as({ status }), 1))).toBe("invalid_transition");
      if (status !== "done") expect(codeOf(() => takingBack(as({ status }), 1))).toBe("invalid_transition");
    }
    expect(codeOf(() => takingBack({ ...done, taken_back: null }, 3))).toBe("invalid_transition");
  });

  test("an approval whose end is not known is repeated for 23 hours, at the version that was approved, too", () => {
    const after = (hours: number, shown: number) =>
      codeOf(() => {
        const approved_at = new Date(now.getTime() - hours * 3_600_000).toISOString();
        expect(approval(as({ status: "approved", version: 2, approved_at }), shown, now)).toBeUndefined();
      });
    expect([after(0, 2), after(22.9, 2), after(0, 1), after(23.1, 2), after(0, 3)]).toEqual([
      ...["none", "none", "none", "invalid_transition", "stale_version"],
    ]);
  });
});

describe("what is done", () => {
  const carriedOut = async (answer: ApiAnswer, what = proposal) => {
    const { api, asked } = apiThat(() => answer);
    const came = await carryOut(api, what, { authorization: "Bearer person" });
    return { asked, end: ending(what, came) as { status: string; reason: string | null; result?: unknown } };
  };
  const refused = (status: number, code: string, detail = "Because") =>
    carriedOut({ status, body: { code, detail } });

  test("is the request as it was proposed, at its version, under its own key, as the person", async () => {
    const { asked, end } = await carriedOut({ status: 200, body: { id: task_id, version: 3, title: "New" } });
    expect(asked).toMatchObject([
      {
        ...{ method: "PATCH", path: `/v1/tasks/${task_id}`, body: { title: "New" }, ifMatch: 2 },
        ...{ idempotencyKey: `proposal-${other}`, authorization: "Bearer person" },
      },
    ]);
    expect(end).toEqual({ status: "done", reason: null, result: { id: task_id, version: 3, title: "New" } });
  });

  test("is kept without signed URLs, and of a long answer its name", async () => {
    const signed = "https://files.example/x?X-Amz-Expires=900&X-Amz-Signature=90be";
    const { end } = await carriedOut({
      status: 200,
      body: { id: task_id, version: 3, photos: [{ url: signed }] },
    });
    expect(end.result).toEqual({ id: task_id, version: 3, photos: [{}] });
    const long = await carriedOut({
      status: 200,
      body: { id: task_id, version: 3, notes: "n".repeat(20_001) },
    });
    expect(long.end.result).toEqual({ id: task_id, version: 3 });
    const deleting = as({
      request: { params: { task_id }, query: {}, body: null },
      route: { method: "DELETE", path: "/v1/tasks/{task_id}" },
    });
    expect((await carriedOut({ status: 204, body: undefined }, deleting)).end.result).toEqual({
      id: task_id,
    });
  });

  test("fails with its reason, where asking again would not help", async () => {
    const reason = async (...[status, code]: [number, string]) => (await refused(status, code)).end;
    expect(await reason(412, "stale_version")).toEqual({
      ...{ status: "failed", reason: "The record has changed since it was proposed" },
    });
    expect((await reason(404, "not_found")).status).toBe("failed");
    for (const [status, code] of [
      [400, "invalid_input"],
      [403, "forbidden"],
      [409, "duplicate"],
      [422, "cannot_share"],
    ] as const)
      expect(await reason(status, code)).toEqual({ status: "failed", reason: "Because" });
  });

  test("is not known where the API is busy, away or at it: then it is asked again", async () => {
    const thrown = (status: number, code: string) =>
      refused(status, code).then(
        () => "none",
        (error: Problem) => error.code,
      );
    expect(await thrown(409, "request_in_progress")).toBe("request_in_progress");
    expect(await thrown(401, "unauthenticated")).toBe("unauthenticated");
    for (const [status, code] of [
      [409, "conflict"],
      [429, "too_many_requests"],
      [500, "internal"],
      [503, "busy"],
    ] as const)
      expect(await thrown(status, code)).toBe("busy");
    const away: Api = { call: () => Promise.reject(new Error("ECONNRESET")) };
    await expect(carryOut(away, proposal, { authorization: "" })).rejects.toMatchObject({ code: "busy" });
  });

  test("is taken back from the version in which it was left, or not at all", async () => {
    const { api, asked } = apiThat();
    const done = as({ version: 3, status: "done", result: { id: task_id, version: 3 } });
    expect(await takeBack(api, done, proposal.taken_back!, { authorization: "Bearer person" })).toMatchObject(
      {
        isDone: true,
      },
    );
    const created = as({
      ...done,
      request: { params: { client_id }, query: {}, body: {} },
      result: { id: other, version: 1 },
    });
    const remove = {
      operation_id: "deleteInteraction",
      method: "DELETE",
      path: "/v1/interactions/{interaction_id}",
    };
    await takeBack(
      api,
      created,
      { ...remove, needs_version: true, body: null },
      { authorization: "Bearer person" },
    );
    expect(asked).toMatchObject([
      ...[{ method: "PATCH", body: { title: "Old" }, ifMatch: 3, idempotencyKey: `undo-${other}` }],
      ...[{ method: "DELETE", path: `/v1/interactions/${other}`, ifMatch: 1 }],
    ]);
    const refusal = (status: number) =>
      codeOf(() => refuseUndoing({ isDone: false, status, detail: "Because" }));
    expect([412, 404, 409, 403].map(refusal)).toEqual([
      ...["invalid_transition", "invalid_transition", "invalid_transition", "forbidden"],
    ]);
  });
});

test("a path keeps its parts, whatever a parameter says", () => {
  const path = (task_id: string) => pathOf("/v1/tasks/{task_id}", { params: { task_id }, query: {} });
  expect(path("a/b?c#d")).toBe("/v1/tasks/a%2Fb%3Fc%23d");
  for (const wrong of ["", ".", ".."]) expect(() => path(wrong)).toThrow(/task_id is (required|no id)/);
});

test("the log says what was proposed, without values", () => {
  const written = { by: other, ip: null, operation_id: other };
  const item = {
    ...{ pk: "b", sk: "record", entity: "proposal", id: other, brokerage_id: other, version: 1, written },
    ...{ updated_at: now.toISOString(), listed: { operation_id: "updateTask", ai_request_id: client_id } },
    detail: { request: { params: { task_id }, body: { title: "Call Nora Lindqvist" } } },
  };
  const said = happeningIn(undefined, item)!;
  expect(said).toMatchObject({ type: "ai_proposed", by: other });
  expect(said.particulars.changes).toEqual([
    { field: "operation_id", before: null, after: "updateTask" },
    { field: "ai_request_id", before: null, after: client_id },
    { field: "params", before: null, after: { task_id } },
  ]);
});
