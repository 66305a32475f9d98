import { beforeAll, describe, expect, test } from "vitest";
import { exportRecord } from "../../shared/domain/export.ts";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { exportEnded, exportFile, fileAt, rowsIn, startExport } from "../exports.ts";
import { importFile } from "../imports.ts";
import { fill, readAll } from "../properties.ts";
import { overwrite, stored } from "../records.ts";
import { versionsOf } from "../uploads.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
});

const add = (path: string, body: object, { token }: SignedIn = agent) =>
  expectStatus(201, "POST", path, { token, body });

/** A key of an agent. */
const aKey = async (grants: string[], { token }: SignedIn = admin) =>
  (await add("/v1/api-keys", { name: unique(), grants }, { token } as SignedIn)).key as string;

describe("an export is its list, read to the end", () => {
  test("as its caller may read it, with whole records and no formula, behind a task and in the log", async () => {
    const nasty = '=HYPERLINK("http://x.example","open")';
    await expectStatus(200, "PUT", "/v1/custom-fields", {
      token: admin.token,
      headers: { "if-match": '"1"' },
      body: { fields: [{ name: "pet", label: "Pet", type: "text" }] },
    });
    const own = await add("/v1/clients", {
      custom: { pet: "@cat" },
      name: nasty,
      phone: "+12065550142",
      tags: ["-1", "b"],
    });
    await add("/v1/clients", { name: "A colleague's" }, colleague);
    const shared = await add("/v1/clients", { name: "Shared, with a comma" }, colleague);
    await expectStatus(200, "PUT", `/v1/clients/${shared.id}/shares/user/${agent.user.id}`, {
      token: colleague.token,
      body: { access: "read" },
    });
    await waitFor(async () => ((await readAll("/v1/clients", agent.token)).length === 2 ? true : undefined));

    const { job, headers, text } = await exportFile(agent.token, { resource: "client" });
    expect(job).toMatchObject({
      ...{ owner_user_id: agent.user.id, resource: "client", filters: {}, status: "completed" },
      ...{ progress: 100, rows: 2, size_bytes: Buffer.byteLength(text), reason: null },
    });
    expect(Date.parse(job.expires_at) - Date.parse(job.completed_at)).toBe(86_400_000);
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8");
    expect(headers.get("content-disposition")).toContain(`clients-${job.created_at.slice(0, 10)}.csv`);
    expect(text.startsWith("\ufeffid,version,")).toBe(true);
    const rows = rowsIn(text);
    expect(rows.map(({ id }) => id)).toEqual([shared.id, own.id]);
    expect(rows[1]).toMatchObject({
      ...{ name: `'${nasty}`, phone: "'+12065550142", tags: "'-1; b", lead_score: "0", email: "" },
      ...{ custom_pet: "'@cat", consent_email_status: "unknown", owner_user_id: agent.user.id },
    });

    const { items } = JSON.parse(
      `{"items":${(await exportFile(agent.token, { resource: "client", format: "json" })).text}}`,
    );
    const answers = items.map(({ id }: { id: string }) =>
      expectStatus(200, "GET", `/v1/clients/${id}`, { token: agent.token }),
    );
    expect(items).toEqual(await Promise.all(answers));

    const task = await expectStatus(200, "GET", `/v1/tasks/${job.task_id}`, { token: agent.token });
    expect(task).toMatchObject({ title: "Export clients as CSV", status: "completed", progress: 100 });
    const logged = await waitFor(async () => {
      const path = `/v1/audit-events?entity=export&id=${job.id}&type=exported`;
      return (await expectStatus(200, "GET", path, { token: admin.token })).items[0];
    });
    expect(logged).toMatchObject({ by: agent.user.id, entity: "export", id: job.id });
    expect(logged.changes).toEqual([
      { field: "resource", before: null, after: "client" },
      { field: "format", before: null, after: "csv" },
      { field: "filters", before: null, after: {} },
    ]);
    expect((await expectStatus(200, "GET", "/v1/exports", { token: agent.token })).items).toHaveLength(2);
  });

  test("of what was said with the clients that the caller may read, or with one of them", async () => {
    const say = (client: string, notes: string, who = agent) =>
      add(`/v1/clients/${client}/interactions`, { type: "note", notes }, who);
    const [one, other, theirs] = [
      await add("/v1/clients", { name: `One ${unique()}` }),
      await add("/v1/clients", { name: `Other ${unique()}` }),
      await add("/v1/clients", { name: `Theirs ${unique()}` }, colleague),
    ];
    const notes = ["first", "second", "third"];
    for (const note of notes) await say(one.id, note);
    await say(other.id, "to the other");
    await say(theirs.id, "not for you", colleague);
    const listed = async (filters: object) => {
      const asked = { resource: "interaction", format: "json", filters };
      const all = JSON.parse((await exportFile(agent.token, asked)).text);
      return all.map(({ notes }: { notes: string }) => notes);
    };
    // Lists lag a little behind.
    await waitFor(async () => {
      const { items } = await expectStatus(200, "GET", `/v1/clients/${other.id}/interactions`, agent);
      return items.length === 1 ? true : undefined;
    });
    expect(await listed({})).toEqual(["to the other", ...notes.toReversed()]);
    expect(await listed({ client_id: one.id })).toEqual(notes.toReversed());
    for (const client_id of [theirs.id, admin.user.id]) {
      const body = { resource: "interaction", format: "csv", filters: { client_id } };
      const { status } = await api("POST", "/v1/exports", { token: agent.token, body });
      expect(status).toBe(404);
    }
  });

  test("filtered as the list is; nothing found is a header", async () => {
    const prices = Array.from({ length: 12 }, (_, at) => ({ price: 100_000 + at, title: `House ${at}` }));
    await fill(admin, prices);
    const filters = { min_price: 100_002, status: "active" };
    const { job, text } = await exportFile(agent.token, { resource: "property", filters });
    expect([job.rows, job.filters]).toEqual([10, filters]);
    const rows = rowsIn(text);
    const listed = await readAll("/v1/properties?min_price=100002&status=active", agent.token);
    expect(rows.map(({ id }) => id)).toEqual(listed.map(({ id }) => id));
    expect(rows[0]).toHaveProperty("location_lat", "");

    const none = await exportFile(agent.token, { resource: "property", filters: { city: "Nowhere" } });
    expect([none.job.rows, rowsIn(none.text)]).toEqual([0, []]);
    expect(none.text).toMatch(/^\ufeffid,.+\r\n$/);
  });

  test("of audit events for admins alone", async () => {
    const body = { resource: "audit_event", format: "json", filters: { type: "exported" } };
    const employee = await addUser(admin, "employee");
    for (const { token } of [agent, employee])
      expect((await api("POST", "/v1/exports", { token, body })).body.code).toBe("forbidden");
    const { text } = await exportFile(admin.token, body);
    const events = JSON.parse(text);
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ type }: { type: string }) => type))).toEqual(new Set(["exported"]));
  });

  test("filters that the list would refuse are refused, by their names", async () => {
    const refused = async (resource: string, filters: object) => {
      const { status, body } = await api("POST", "/v1/exports", {
        token: admin.token,
        body: { resource, format: "csv", filters },
      });
      return [status, body.errors?.map(({ path }: { path: string }) => path)];
    };
    expect(await refused("property", { min_price: "much" })).toEqual([400, ["/filters/min_price"]]);
    expect(await refused("property", { limit: 5 })).toEqual([400, ["/filters/limit"]]);
    expect(await refused("audit_event", { id: "x" })).toEqual([400, ["/filters/id"]]);
    expect(await refused("user", {})).toEqual([400, ["/resource"]]);
  });
});

describe("what is imported again is what was exported", () => {
  test.each(["csv", "json"] as const)("as %s", async (format) => {
    const [here, there] = [await signUp(), await signUp()];
    const rows = [
      [
        '"=Nice, ""old"" house"',
        "7420 Woodlawn Ave NE",
        "Seattle",
        "3",
        "2.25",
        "725000",
        "47.6826",
        "-122.3275",
        "",
        "",
      ],
      ["Sold one", "1 Main St", "Seattle", "0", "1", "500000", "47.5", "-122.2", "2025-03-01", "490000"],
    ];
    const header = "title,address,city,bedrooms,bathrooms,price,latitude,longitude,close_date,close_price";
    await importFile(here.token, [header, ...rows.map((row) => row.join(",")), ""].join("\r\n"));
    const { job, text } = await exportFile(here.token, { resource: "property", format });
    expect(job.rows).toBe(2);
    const again = await importFile(here.token, text, { format });
    expect(again).toMatchObject({ status: "completed", rows_failed: 0, rows_created: 0, rows_unchanged: 2 });
    const elsewhere = await importFile(there.token, text, { format });
    expect(elsewhere).toMatchObject({ status: "completed", rows_failed: 0, rows_created: 2 });
    const facts = async ({ token }: SignedIn) => {
      const all = JSON.parse((await exportFile(token, { resource: "property", format: "json" })).text);
      return all
        .map(
          ({
            id: _,
            version: __,
            created_at,
            updated_at,
            owner_user_id,
            source_key,
            ...rest
          }: Record<string, unknown>) => rest,
        )
        .sort((a: { title: string }, b: { title: string }) => (a.title < b.title ? -1 : 1));
    };
    expect(await facts(there)).toEqual(await facts(here));
  });
});

describe("who gets the file", () => {
  test("is who asked for it, while they may read as much", async () => {
    const employee = await addUser(admin, "employee");
    const { job } = await exportFile(employee.token, { resource: "task" });
    const link = async (token: string) => {
      const { status, body } = await api("GET", `/v1/exports/${job.id}`, { token });
      return status === 200 ? body.url : status;
    };
    // Who may read it otherwise sees that it was made.
    expect(await link(admin.token)).toBeNull();
    expect(await link(agent.token)).toBe(404);
    const key = await aKey(["export:read:brokerage", "task:read:brokerage"], admin);
    expect(await link(key)).toBeNull();
    expect(typeof (await link(employee.token))).toBe("string");
    // An agent reads own tasks only: no longer all that the file says.
    await expectStatus(200, "PATCH", `/v1/users/${employee.user.id}`, {
      token: admin.token,
      body: { role: "agent" },
      headers: { "if-match": '"1"' },
    });
    expect(await link(employee.token)).toBeNull();
  });

  test("an API key gets what it asked for itself, and its maker does", async () => {
    const grants = ["export:write:own", "export:read:own", "task:read:own"];
    const [key, other] = [await aKey(grants, admin), await aKey(grants, admin)];
    const { job, text } = await exportFile(key, { resource: "task", format: "json" });
    const owners = JSON.parse(text).map(({ owner_user_id }: { owner_user_id: string }) => owner_user_id);
    expect(new Set(owners)).toEqual(new Set([admin.user.id]));
    const link = async (token: string) =>
      (await expectStatus(200, "GET", `/v1/exports/${job.id}`, { token })).url;
    expect(await link(other)).toBeNull();
    expect(await link(admin.token)).not.toBeNull();
  });
});

test("what the caller holds when it runs decides", async () => {
  const employee = await addUser(admin, "employee");
  const gone = await addUser(admin, "employee");
  await add("/v1/tasks", { title: "The employee's" }, employee);
  // The worker waits for the lease of another.
  const held = async ({ token }: SignedIn) => {
    const { id } = await startExport(token, { resource: "task", format: "json" });
    const record = (await stored(exportRecord, admin.brokerage.id, id))!;
    return { id, record };
  };
  const until = new Date(Date.now() + 3000).toISOString();
  const asked = { resource: "task", format: "json", filters: {} } as const;
  const { record } = await held(colleague);
  const place = async (who: SignedIn) => {
    const id = `${record.id.slice(0, -12)}${unique().slice(0, 12)}`;
    const its = { ...record, ...asked, id, owner_user_id: who.user.id, status: "queued" as const };
    await overwrite(exportRecord, { ...its, lease: { by: "another", until } });
    return id;
  };
  const [narrowed, ended] = [await place(employee), await place(gone)];
  await expectStatus(200, "PATCH", `/v1/users/${employee.user.id}`, {
    token: admin.token,
    body: { role: "agent" },
    headers: { "if-match": '"1"' },
  });
  await expectStatus(204, "DELETE", `/v1/users/${gone.user.id}`, {
    token: admin.token,
    headers: { "if-match": '"1"' },
  });
  const job = await exportEnded(employee.token, narrowed);
  const titles = JSON.parse((await fileAt(job.url)).text).map(({ title }: { title: string }) => title);
  expect(titles).toEqual(["The employee's"]);
  const failed = await exportEnded(admin.token, ended);
  expect(failed).toMatchObject({ status: "failed", url: null, rows: 0 });
  expect(failed.reason).toContain("may not export this any more");
});

test("after a day the file is gone, and the export says so", async () => {
  const { job } = await exportFile(agent.token, { resource: "task" });
  expect(await versionsOf(admin.brokerage.id, job.id)).toHaveLength(1);
  const record = (await stored(exportRecord, admin.brokerage.id, job.id))!;
  await overwrite(exportRecord, { ...record, expires_at: new Date(Date.now() - 1000).toISOString() });
  const read = () => expectStatus(200, "GET", `/v1/exports/${job.id}`, { token: agent.token });
  // From the moment on, whenever the schedule runs.
  expect(await read()).toMatchObject({ status: "expired", url: null });
  await cloud.fire("expireUnfinished");
  await waitFor(async () => ((await versionsOf(admin.brokerage.id, job.id)).length === 0 ? true : undefined));
  await waitFor(async () => ((await read()).version > record.version ? true : undefined));
  expect(await read()).toMatchObject({ status: "expired", url: null, rows: job.rows });
});
