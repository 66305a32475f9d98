import { beforeAll, describe, expect, test } from "vitest";
import { updateProperty } from "../../functions/properties/update-property.ts";
import type { Table } from "../../shared/data/table.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { inProcess, unconditional, withTable } from "../in-process.ts";
import { fill, house, readAll } from "../properties.ts";

type Admin = Awaited<ReturnType<typeof signUp>>;

const create = (token: string, body: object = {}) =>
  expectStatus(201, "POST", "/v1/properties", { token, body: { ...house, ...body } });
const at = (version: number) => ({ "if-match": `"${version}"` });
const patch = (token: string, id: string, version: number, body: object) =>
  api("PATCH", `/v1/properties/${id}`, { token, body, headers: at(version) });

describe("one property", () => {
  let admin: Admin;
  beforeAll(async () => {
    admin = await signUp();
  });

  test("is read as it was created, by its own address and in the list", async () => {
    const { token, user } = admin;
    const full = {
      ...house,
      description: "Two blocks from the lake.\nNew roof.",
      address: "7420 Woodlawn Ave NE",
      city: "Seattle",
      state_or_province: "WA",
      postal_code: "98115",
      country: "US",
      location: { lat: 47.6826, lng: -122.3275 },
      bedrooms: 33,
      bathrooms: 1.75,
      size_sqft: 1620,
      lot_sqft: 6000,
      year_built: 1947,
      condition: 5,
      source_system: "NWMLS",
      source_key: "2402100895",
    };
    const created = await create(token, full);
    expect(created).toMatchObject({
      ...full,
      status: "active",
      currency: "USD",
      owner_user_id: user.id,
      version: 1,
    });
    const read = await api("GET", `/v1/properties/${created.id}`, { token });
    expect(read.body).toEqual(created);
    expect(read.headers.get("etag")).toBe('"1"');
    const listed = await waitFor(async () => {
      const { items } = await expectStatus(200, "GET", "/v1/properties?city=seattle", { token });
      return items[0];
    });
    expect({ ...created, photo: null }).toMatchObject(listed);
  });

  test("changes by merge patch, at the version read, one writer at a time", async () => {
    const { token } = admin;
    const { id } = await create(token, { bedrooms: 3, location: { lat: 47.5, lng: -122.2 } });
    const unmatched = await api("PATCH", `/v1/properties/${id}`, { token, body: { price: 1 } });
    expect([unmatched.status, unmatched.body.code]).toEqual([428, "if_match_required"]);

    const merged = await api("PATCH", `/v1/properties/${id}`, {
      token,
      raw: JSON.stringify({ bedrooms: null, location: { lat: 47.6 } }),
      headers: { ...at(1), "content-type": "application/merge-patch+json" },
    });
    expect(merged.status).toBe(200);
    expect(merged.body).toMatchObject({ version: 2, bedrooms: null, location: { lat: 47.6, lng: -122.2 } });
    expect((await patch(token, id, 1, { price: 1 })).status).toBe(412);

    const raced = await Promise.all(
      Array.from({ length: 10 }, (_, n) => patch(token, id, 2, { price: 100 + n })),
    );
    expect(raced.map(({ status }) => status).sort()).toEqual([200, ...Array(9).fill(412)]);
    const winner = raced.find(({ status }) => status === 200)!;
    expect(await expectStatus(200, "GET", `/v1/properties/${id}`, { token })).toEqual(winner.body);
  });

  test("sabotage: without the condition on the version, writers overwrite each other", async () => {
    const { token } = admin;
    const { id } = await create(token);
    const prices = [1, 2, 3, 4];
    const all = Promise.withResolvers<void>();
    let writing = 0;
    // None writes before all have read.
    const together = (table: Table): Table => ({
      ...unconditional(table),
      async commit(writes) {
        if (++writing === prices.length) all.resolve();
        await all.promise;
        await unconditional(table).commit(writes);
      },
    });
    const loose = await inProcess(withTable(updateProperty, together));
    const write = (price: number) =>
      loose({ token, params: { property_id: id }, body: { price }, headers: at(1) });
    const raced = await Promise.all(prices.map(write));
    expect(raced.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
  });

  test("is gone after DELETE, and needs the version for it", async () => {
    const { token } = admin;
    const { id, title } = await create(token, { title: "Soon gone" });
    const path = `/v1/properties/${id}`;
    expect((await api("DELETE", path, { token })).status).toBe(428);
    expect((await api("DELETE", path, { token, headers: at(2) })).status).toBe(412);
    expect((await api("DELETE", path, { token, headers: at(1) })).status).toBe(204);
    for (const [method, sub, more] of [
      ["GET", "", {}],
      ["GET", "/history", {}],
      ["DELETE", "", { headers: at(1) }],
      ["PATCH", "", { headers: at(1), body: { price: 1 } }],
    ] as const)
      expect((await api(method, path + sub, { token, ...more })).status).toBe(404);
    await waitFor(async () => {
      const found = await readAll("/v1/properties", token);
      return found.some((item) => item.title === title) ? undefined : true;
    });
  });

  test("goes through its statuses; a wrong step is 409 and writes nothing; its history says it all", async () => {
    const { token, user } = admin;
    const { id } = await create(token, { price: 500_000 });
    const steps: [object, number][] = [
      [{ status: "under_offer" }, 200],
      [{ status: "sold", close_price: 495_000 }, 200],
      [{ status: "active" }, 409],
      [{ status: "rented" }, 409],
      [{ status: "under_offer", price: 490_000 }, 200],
      [{ title: "Renamed" }, 200],
      [{ close_price: 1 }, 400],
      [{ price: 480_000 }, 200],
      [{ status: "active" }, 200],
      [{ status: "gone" }, 400],
    ];
    let version = 1;
    for (const [body, status] of steps) {
      const answer = await patch(token, id, version, body);
      expect([body, answer.status]).toEqual([body, status]);
      if (status === 409) expect(answer.body.code).toBe("invalid_transition");
      if (status === 200) version = answer.body.version;
    }
    const history = await waitFor(async () => {
      const items = await readAll(`/v1/properties/${id}/history`, token, 2);
      return items.length === 5 ? items : undefined;
    });
    const short = history.map((step) => [
      step.version,
      step.previous_status,
      step.status,
      step.previous_price,
      step.price,
    ]);
    expect(short.reverse()).toEqual([
      [2, "active", "under_offer", 500_000, 500_000],
      [3, "under_offer", "sold", 500_000, 500_000],
      [4, "sold", "under_offer", 500_000, 490_000],
      [6, "under_offer", "under_offer", 490_000, 480_000],
      [7, "under_offer", "active", 480_000, 480_000],
    ]);
    expect(history.every((step) => step.changed_by === user.id)).toBe(true);
  });

  test("names the field that is wrong", async () => {
    const { token } = admin;
    for (const [body, path] of [
      [{ price: -1 }, "/price"],
      [{ location: { lat: 100, lng: 0 } }, "/location/lat"],
      [{ bathrooms: 1.1 }, "/bathrooms"],
      [{ no_such: 1 }, "/no_such"],
      [{ close_price: 1 }, "/close_price"],
      [{ owner_user_id: "019c3b5e-8a40-7d1c-9f2e-000000000000" }, "/owner_user_id"],
    ] as const) {
      const { code, errors } = await expectStatus(400, "POST", "/v1/properties", {
        token,
        body: { ...house, ...body },
      });
      expect([code, errors.map((error: { path: string }) => error.path)]).toEqual(["invalid_input", [path]]);
    }
    const { errors } = await expectStatus(400, "POST", "/v1/properties", { token, body: {} });
    expect(errors.map((error: { path: string }) => error.path)).toEqual([
      "/title",
      "/property_type",
      "/price",
    ]);
  });
});

describe("who may do what", () => {
  let admin: Admin;
  let [agent, other, employee, client]: SignedIn[] = [];
  beforeAll(async () => {
    admin = await signUp();
    [agent, other, employee, client] = [
      await addUser(admin, "agent"),
      await addUser(admin, "agent"),
      await addUser(admin, "employee"),
      await addUser(admin, "client"),
    ];
  });

  test("an agent writes own properties and reads all; an employee writes on an agent's behalf", async () => {
    const { id } = await create(agent!.token);
    expect((await patch(other!.token, id, 1, { price: 2 })).status).toBe(404);
    expect(
      (await api("DELETE", `/v1/properties/${id}`, { token: other!.token, headers: at(1) })).status,
    ).toBe(404);
    expect((await api("GET", `/v1/properties/${id}`, { token: other!.token })).status).toBe(200);
    const given = await create(employee!.token, { owner_user_id: other!.user.id });
    expect(given.owner_user_id).toBe(other!.user.id);
    expect((await patch(other!.token, given.id, 1, { price: 2 })).status).toBe(200);
    expect((await patch(employee!.token, id, 1, { owner_user_id: other!.user.id })).body.owner_user_id).toBe(
      other!.user.id,
    );
    const back = { owner_user_id: agent!.user.id };
    expect((await patch(other!.token, given.id, 2, back)).status).toBe(403);
    expect((await patch(employee!.token, given.id, 2, { owner_user_id: client!.user.id })).status).toBe(400);
    const toAnother = { ...house, owner_user_id: other!.user.id };
    await expectStatus(403, "POST", "/v1/properties", { token: agent!.token, body: toAnother });
    const toClient = { ...house, owner_user_id: client!.user.id };
    await expectStatus(400, "POST", "/v1/properties", { token: employee!.token, body: toClient });
  });

  test("a client reads what is listed, in lists and one by one, and nothing else", async () => {
    const statuses = ["active", "under_offer", "sold", "rented"];
    const place = { location: { lat: 47.5, lng: -122.2 }, bedrooms: 3 };
    const made = [];
    for (const status of statuses)
      made.push(await create(agent!.token, { status, ...place, title: "For clients" }));
    for (const { id, status } of made) {
      const listed = status === "active" || status === "under_offer";
      expect((await api("GET", `/v1/properties/${id}`, { token: client!.token })).status).toBe(
        listed ? 200 : 404,
      );
    }
    const { token } = client!;
    for (const query of [
      "",
      "?sort=price",
      "?sort=-bedrooms",
      "?sort=updated_at",
      "?near=47.5,-122.2",
      "?q=clients",
    ]) {
      const found = await waitFor(async () => {
        const items = await readAll(`/v1/properties${query}`, token, 3);
        return items.filter(({ title }) => title === "For clients").length === 2 ? items : undefined;
      });
      expect([query, found.filter(({ status }) => status === "sold" || status === "rented")]).toEqual([
        query,
        [],
      ]);
    }
    expect(await readAll("/v1/properties?status=sold", token)).toEqual([]);
    await expectStatus(403, "POST", "/v1/properties", { token, body: house });
  });

  test("another brokerage finds nothing, whatever it does", async () => {
    const foreign = await signUp();
    const { id } = await create(admin.token, { location: { lat: 10, lng: 10 } });
    const { token } = foreign;
    expect((await api("GET", `/v1/properties/${id}`, { token })).status).toBe(404);
    expect((await api("GET", `/v1/properties/${id}/history`, { token })).status).toBe(404);
    expect((await patch(token, id, 1, { price: 2 })).status).toBe(404);
    expect((await api("DELETE", `/v1/properties/${id}`, { token, headers: at(1) })).status).toBe(404);
    for (const query of [
      "",
      "?status=active",
      "?sort=price",
      "?near=10,10",
      "?updated_since=2000-01-01T00:00:00Z",
    ])
      expect(await readAll(`/v1/properties${query}`, token)).toEqual([]);
  });
});

describe("an Idempotency-Key", () => {
  test("makes 100 parallel POSTs one property", async () => {
    const { token } = await signUp();
    const send = (body: object = house) =>
      api("POST", "/v1/properties", { token, body, headers: { "idempotency-key": "once" } });
    const answers = await Promise.all(Array.from({ length: 100 }, () => send()));
    const created = answers.filter(({ status }) => status === 201);
    expect(created.length).toBeGreaterThan(0);
    expect(new Set(created.map(({ body }) => body.id)).size).toBe(1);
    for (const { status, body } of answers)
      if (status !== 201) expect([status, body.code]).toEqual([409, "request_in_progress"]);
    expect((await send()).body).toEqual(created[0]!.body);
    expect((await send({ ...house, price: 1 })).status).toBe(422);
    await waitFor(async () => ((await readAll("/v1/properties", token)).length > 0 ? true : undefined));
    expect(await readAll("/v1/properties", token)).toHaveLength(1);
  });
});

test("a page of a list is one page of its filters, sort and caller alone", async () => {
  const admin = await signUp();
  await fill(admin, Array(5).fill({ status: "active" }));
  const { token } = admin;
  const page = (query: string, as = token) => api("GET", `/v1/properties?limit=2${query}`, { token: as });
  const cursor = (await waitFor(async () => (await page("")).body.next_cursor ?? undefined)) as string;
  expect((await page(`&cursor=${cursor}`)).status).toBe(200);
  const changed = `${cursor.slice(0, 9)}${cursor[9] === "A" ? "B" : "A"}${cursor.slice(10)}`;
  const foreign = await signUp();
  for (const answer of [
    await page(`&cursor=${changed}`),
    await page("&cursor=x"),
    await page(`&cursor=${cursor}&sort=price`),
    await page(`&cursor=${cursor}&status=active`),
    await page(`&cursor=${cursor}&near=1,1`),
    await page(`&cursor=${cursor}`, (await addUser(admin, "client")).token),
    await page(`&cursor=${cursor}`, foreign.token),
  ])
    expect([answer.status, answer.body.code]).toEqual([400, "invalid_cursor"]);
});
