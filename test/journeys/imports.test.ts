import { beforeAll, describe, expect, test } from "vitest";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { ended, importFile, startImport, undo } from "../imports.ts";
import { readAll } from "../properties.ts";
import { send } from "../uploads.ts";

const header =
  "id,date,price,bedrooms,bathrooms,sqft_living,sqft_lot,condition,grade,yr_built,zipcode,lat,long";
const sale = (id: string, date: string, price: number, bedrooms = 3) =>
  `"${id}","${date}T000000",${price},${bedrooms},2.25,1180,5650,3,7,1955,"98178",47.5112,-122.257`;
const file = (...rows: string[]) => [header, ...rows, ""].join("\n");

const soldTwice = [sale("7129300520", "20141013", 221900), sale("7129300520", "20150310", 305000)];
const five = file(
  ...soldTwice,
  sale("6414100192", "20141209", 538000, 0),
  sale("5631500400", "20150225", 180000, 33),
  sale("2487200875", "20141209", 604000),
);

let office: Awaited<ReturnType<typeof signUp>>;
let token: string;
beforeAll(async () => {
  office = await signUp();
  token = office.token;
});

/** A brokerage of its own, for what counts properties. */
const fresh = async () => (await signUp()).token;

describe("an import of sales", () => {
  test("a dry run counts, lists what it ignores and writes nothing", async () => {
    const token = await fresh();
    const job = await importFile(token, five, { dry_run: true });
    expect(job).toMatchObject({
      status: "completed",
      dry_run: true,
      progress: 100,
      rows_total: 5,
      rows_created: 5,
      rows_updated: 0,
      rows_failed: 0,
      columns_ignored: ["grade"],
    });
    expect(await readAll("/v1/properties", token)).toEqual([]);
    expect((await api("POST", `/v1/imports/${job.id}/undo`, { token })).body.code).toBe("invalid_transition");
  });

  test("a sale becomes a sold property; a house sold twice is two; odd values are kept", async () => {
    const token = await fresh();
    const job = await importFile(token, five, { defaults: { city: "Seattle", state_or_province: "WA" } });
    expect(job).toMatchObject({ status: "completed", rows_created: 5, errors: [], reason: null });
    const properties = await readAll("/v1/properties", token);
    expect(properties).toHaveLength(5);
    expect(properties.map(({ bedrooms }) => bedrooms).sort()).toEqual([0, 3, 3, 3, 33]);
    const twice = properties.filter(({ title }) => title === "7129300520");
    expect(twice.map(({ close_date }) => close_date).sort()).toEqual(["2014-10-13", "2015-03-10"]);
    const { id } = twice.find(({ close_date }) => close_date === "2015-03-10");
    expect(await expectStatus(200, "GET", `/v1/properties/${id}`, { token })).toMatchObject({
      status: "sold",
      property_type: "house",
      price: 305000,
      close_price: 305000,
      contract_date: "2015-03-10",
      city: "Seattle",
      postal_code: "98178",
      location: { lat: 47.5112, lng: -122.257 },
      size_sqft: 1180,
      year_built: 1955,
      bathrooms: 2.25,
      source_key: "7129300520",
    });
  });

  test("stands behind a task, in the list, and is nobody's business but the office's", async () => {
    const started = await startImport(token, five);
    expect(started).toMatchObject({ status: "awaiting_upload", progress: 0 });
    const job = await ended(token, started.id);
    expect(await expectStatus(200, "GET", `/v1/tasks/${job.task_id}`, { token })).toMatchObject({
      status: "completed",
      progress: 100,
      category: "import",
      owner_user_id: office.user.id,
    });
    const { errors, columns_ignored, types_unknown, undo_skipped, ...summary } = job;
    await waitFor(async () => {
      const page = await expectStatus(200, "GET", "/v1/imports", { token });
      return page.items.find(({ version }: { version: number }) => version === job.version);
    }).then((listed) => expect(listed).toEqual(summary));

    const agent = await addUser(office, "agent");
    expect((await api("GET", `/v1/imports/${job.id}`, { token: agent.token })).status).toBe(403);
    expect((await api("GET", `/v1/tasks/${job.task_id}`, { token: agent.token })).status).toBe(404);
    expect((await api("GET", `/v1/imports/${job.id}`, { token: await fresh() })).status).toBe(404);
  });

  test("is made and undone by who may write all properties; who may import and not that tries one", async () => {
    const { user, token } = await addUser(office, "agent");
    const by = { token: office.token };
    const permit = async (...names: string[]) => {
      const { id } = await expectStatus(201, "POST", "/v1/roles", { ...by, body: { name: unique() } });
      const permissions = names.map((name) => {
        const [resource, action] = name.split(":");
        return { resource, action, scope: "brokerage" };
      });
      const put = async (path: string, part: string, body: object) => {
        const { version } = await expectStatus(200, "GET", path, by);
        const headers = { "if-match": `"${version}"` };
        await expectStatus(200, "PUT", `${path}/${part}`, { ...by, headers, body });
      };
      await put(`/v1/roles/${id}`, "permissions", { permissions });
      await put(`/v1/users/${user.id}`, "roles", { role_ids: [id] });
    };
    await permit("import:read", "import:write");
    const body = { resource: "property", format: "csv", size_bytes: 100 };
    const refused = await api("POST", "/v1/imports", { token, body });
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      "property:write is needed for the whole brokerage",
    ]);
    expect((await importFile(token, five, { dry_run: true })).rows_total).toBe(5);
    const { id } = await importFile(office.token, `title,price\n${unique()},500000\n`);
    expect((await api("POST", `/v1/imports/${id}/undo`, { token })).status).toBe(403);
    await permit("import:read", "import:write", "property:write");
    expect((await undo(token, id)).undo_removed).toBe(1);
    expect((await importFile(token, `title,price\n${unique()},500000\n`)).rows_created).toBe(1);
  });

  test("writes nothing once its maker may not import any more, or the API key has ended", async () => {
    const by = { token: office.token };
    const row = () => `title,price\n${unique()},500000\n`;
    const announce = async (token: string, text: string) => {
      const body = { resource: "property", format: "csv", size_bytes: text.length };
      return (await expectStatus(201, "POST", "/v1/imports", { token, body })) as Awaited<
        ReturnType<typeof expectStatus>
      >;
    };
    const arrives = async (
      { upload, import: { id } }: Awaited<ReturnType<typeof announce>>,
      text: string,
    ) => {
      expect((await send(upload, Buffer.from(text))).status).toBe(200);
      const { status, reason, rows_created } = await ended(office.token, id);
      return [status, reason, rows_created];
    };
    const over = ["failed", "Whoever asked for the import may not import any more", 0];

    const leaver = await addUser(office, "employee");
    const text = row();
    const announced = await announce(leaver.token, text);
    const path = `/v1/users/${leaver.user.id}`;
    const { version } = await expectStatus(200, "GET", path, by);
    await expectStatus(204, "DELETE", path, { ...by, headers: { "if-match": `"${version}"` } });
    expect(await arrives(announced, text)).toEqual(over);

    const grants = ["import:read:brokerage", "import:write:brokerage", "property:write:brokerage"];
    const {
      id,
      key,
      version: made,
    } = await expectStatus(201, "POST", "/v1/api-keys", {
      ...by,
      body: { name: unique(), grants },
    });
    const [first, second] = [row(), row()];
    const [kept, late] = [await announce(key, first), await announce(key, second)];
    expect(await arrives(kept, first)).toEqual(["completed", null, 1]);
    await expectStatus(204, "DELETE", `/v1/api-keys/${id}`, {
      ...by,
      headers: { "if-match": `"${made}"` },
    });
    expect(await arrives(late, second)).toEqual(over);
  });

  test("the same file twice changes nothing; a changed row changes its property and nothing else", async () => {
    const token = await fresh();
    await importFile(token, five);
    const before = await readAll("/v1/properties", token);
    expect(await importFile(token, five)).toMatchObject({
      rows_created: 0,
      rows_updated: 0,
      rows_unchanged: 5,
    });
    expect(await readAll("/v1/properties", token)).toEqual(before);

    const corrected = file(soldTwice[0]!, sale("7129300520", "20150310", 310000));
    expect(await importFile(token, corrected)).toMatchObject({ rows_updated: 1, rows_unchanged: 1 });
    const after = await readAll("/v1/properties", token);
    expect(after.filter(({ price }) => price === 310000)).toMatchObject([
      { version: 2, close_price: 310000 },
    ]);
    expect(after.filter(({ version }) => version === 1)).toHaveLength(4);
  });

  test("rows that cannot be taken are listed with row and column, the others are imported", async () => {
    const token = await fresh();
    const job = await importFile(
      token,
      file(
        soldTwice[0]!,
        sale("1", "20141209", -5),
        sale("2", "someday", 100),
        '"3","20141209T000000",1,2,2.25,1180,5650,3,7,1955,"98178",47.5112,-122.257,more',
        sale("4", "20141309", 100),
        soldTwice[1]!,
      ),
    );
    expect(job).toMatchObject({ status: "completed", rows_total: 6, rows_created: 2, rows_failed: 4 });
    expect(job.errors).toEqual([
      { row: 2, path: "/price", message: "must be at least 0.01" },
      { row: 3, path: "/date", message: 'must be a date, not "somedayT000000"' },
      { row: 4, path: "", message: "has 14 values for 13 columns" },
      { row: 5, path: "/date", message: 'must be a date, not "20141309T000000"' },
    ]);
  });

  test("JSON rows, a mapping of their columns, and a status that is no sale", async () => {
    const token = await fresh();
    const rows = [
      { ref: "a1", street: "1 Pike St", asking: 500000, location: { lat: 47.6, lng: -122.3 }, rooms: 3 },
      { ref: "a2", street: "2 Pike St", asking: "$1,250,000", StandardStatus: "Pending", rooms: null },
      { ref: "a3", street: "3 Pike St" },
    ];
    const job = await importFile(token, JSON.stringify(rows, null, 1), {
      format: "json",
      mapping: { ref: "source_key", street: "address", asking: "price", rooms: "bedrooms" },
      defaults: { property_type: "condo", city: "Seattle" },
    });
    expect(job).toMatchObject({ status: "completed", rows_total: 3, rows_created: 2, rows_failed: 1 });
    expect(job.errors).toEqual([{ row: 3, path: "/price", message: "is required" }]);
    const properties = await readAll("/v1/properties", token);
    expect(
      properties
        .map(({ title, status, price }) => ({ title, status, price }))
        .sort((a, b) => a.price - b.price),
    ).toEqual([
      { title: "1 Pike St", status: "active", price: 500000 },
      { title: "2 Pike St", status: "under_offer", price: 1250000 },
    ]);
  });
});

describe("how a file is written", () => {
  const german = [
    "id;Kaufdatum;Preis;Fläche;Typ;Status",
    "a;03.04.2024;275.000;1.104;Wohnung;",
    "b;13.02.2024;1.050.000,50;96,4;Baumhaus;",
    "c;;1.000;50,5;Haus;Withdrawn",
    "",
  ].join("\r\n");
  const mapping = { Kaufdatum: "close_date", Preis: "price", Fläche: "size_sqm", Typ: "property_type" };

  test("is found by its columns, once for all rows, in UTF-16 with semicolons", async () => {
    const token = await fresh();
    const job = await importFile(token, Buffer.from(`\ufeff${german}`, "utf16le"), { mapping });
    expect(job).toMatchObject({
      ...{
        status: "completed",
        rows_total: 3,
        rows_created: 2,
        rows_skipped: 1,
        rows_failed: 0,
        progress: 100,
      },
      ...{ rows_type_unknown: 1, types_unknown: ["Baumhaus"] },
    });
    const properties = await readAll("/v1/properties", token);
    const [a, b] = properties.sort((one, other) => one.price - other.price);
    expect(a).toMatchObject({
      price: 275_000,
      size_sqft: 11_883.36,
      close_date: "2024-04-03",
      property_type: "condo",
    });
    expect(b).toMatchObject({
      price: 1_050_000.5,
      size_sqft: 1037.64,
      close_date: "2024-02-13",
      property_type: "other",
    });
    expect(await undo(token, job.id)).toMatchObject({ status: "undone", undo_removed: 2 });
    expect(await readAll("/v1/properties", token)).toEqual([]);
  });

  test("is what the options say; a file with no header takes its names from them", async () => {
    const token = await fresh();
    const options = { decimal: ".", date_order: "dmy", units: "metric", delimiter: "|" };
    const header = ["id", "date", "price", "house size"];
    const job = await importFile(token, "a|03/04/2024|275.50|96\n", { ...options, header });
    expect(job).toMatchObject({ status: "completed", rows_created: 1 });
    expect(await readAll("/v1/properties", token)).toMatchObject([
      { price: 275.5, size_sqft: 1033.34, close_date: "2024-04-03" },
    ]);
  });

  test("a refused file can be undone: there is nothing to undo", async () => {
    const job = await importFile(token, 'id,price,lot_sqft\n1,2,"12,500"\n');
    expect(job).toMatchObject({ status: "failed", rows_total: 0 });
    expect(await undo(token, job.id)).toMatchObject({ status: "undone", undo_removed: 0 });
  });
});

describe("what a file or a caller says is bounded where it is kept", () => {
  test("names of columns of 450,000 characters, many long names, and errors at them", async () => {
    const long = "x".repeat(450_000);
    const rows = [
      { id: "1", price: 1, [long]: 1, [`p${"-".repeat(400_000)}rice`]: "x" },
      ...Array.from({ length: 900 }, (_, at) => ({
        id: `${at}`,
        ...Object.fromEntries(Array.from({ length: 20 }, (_, one) => [`${one}${"€".repeat(190)}${at}`, "x"])),
      })),
    ];
    const job = await importFile(await fresh(), JSON.stringify(rows), { format: "json" });
    expect(job).toMatchObject({ status: "completed", rows_created: 1, rows_failed: 900 });
    expect(Buffer.byteLength(JSON.stringify(job))).toBeLessThan(120_000);
    const wide = `id,price,${"x".repeat(450_000)}\n1,2,3\n`;
    expect((await importFile(token, wide)).reason).toBe(
      "The header has a column name of more than 200 characters",
    );
  });

  const bodies: [string, string][] = [
    ["an empty name", '{"":null}'],
    ["a name of blanks", '{" ":null}'],
    ["half a character", '{"\\ud800":null}'],
    ["a name of 100 KB", `{"${"x".repeat(100_000)}":null}`],
    ["a control character", '{"\\u0000":null}'],
  ];
  test.for(bodies)("a mapping of %s is a 400", async ([, mapping]) => {
    const text = `{"resource":"property","format":"csv","size_bytes":10,"mapping":${mapping}}`;
    const answer = await fetch(`${cloud.url}/v1/imports`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: text,
    });
    expect(answer.status).toBe(400);
  });

  test("names that mean something to JavaScript are names", async () => {
    const file = "constructor,__proto__,toString\n5,1,2\n";
    const mapping = { constructor: "price", toString: "source_key" };
    expect(await importFile(await fresh(), file, { mapping })).toMatchObject({
      rows_created: 1,
      columns_ignored: ["__proto__"],
    });
  });
});

describe("a file that is none", () => {
  const failing: [string, string | Buffer, object, RegExp][] = [
    ["no column of prices", "a,b\n1,2\n", {}, /^The header has no price column/],
    [
      "a mapping of a column that is not there",
      "id,price\n1,2\n",
      { mapping: { cost: "price" } },
      /^The header lacks .*cost/,
    ],
    [
      "a column that can be read in two ways",
      'id,price,lot_sqft\n1,2,"12,500"\n',
      {},
      /^The column "lot_sqft" can be read in two ways, .* `decimal`/,
    ],
    ["two columns of one name", "id,price,price\n1,2,3\n", {}, /^The header has two columns/],
    ["no header", "7129300520,20141013,221900\n", {}, /^The header is missing.*`header`/],
    ["Latin-1", Buffer.from("id,pr\xeece\n1,2\n", "latin1"), {}, /^The header is not UTF-8/],
    ["JSON cut short", '[{"id":"1","price":5},{"id":', { format: "json" }, /^Row 2 is not closed/],
    ["no objects", '["a"]', { format: "json" }, /^Row 1 is not an object/],
  ];
  test.for(failing)("%s fails with the reason", async ([, bytes, over, reason]) => {
    const job = await importFile(token, bytes, over);
    expect(job.status).toBe("failed");
    expect(job.reason).toMatch(reason);
    expect((await expectStatus(200, "GET", `/v1/tasks/${job.task_id}`, { token })).status).toBe("failed");
  });

  test("what comes before a row that never ends is imported, and the rest is not", async () => {
    const token = await fresh();
    const job = await importFile(token, `${five}"8","20141209T000000,5\n`);
    expect(job).toMatchObject({ status: "failed", rows_total: 5, rows_created: 5 });
    expect(job.reason).toBe("Row 6 opens a quote that is not closed before the file ends");
    expect(await undo(token, job.id)).toMatchObject({ status: "undone", undo_removed: 5 });
    expect(await readAll("/v1/properties", token)).toEqual([]);
  });

  test("a header alone is an import of no rows", async () => {
    expect(await importFile(token, header)).toMatchObject({
      status: "completed",
      rows_total: 0,
      progress: 100,
    });
  });

  test("other bytes in the place of the first are refused, and its undo finds the first", async () => {
    const token = await fresh();
    const bytes = Buffer.from(five);
    const body = { resource: "property", format: "csv", size_bytes: bytes.length };
    const { import: job, upload } = await expectStatus(201, "POST", "/v1/imports", { token, body });
    expect((await send(upload, bytes)).status).toBe(200);
    const others = Buffer.from(five.replaceAll("2014", "2013"));
    expect((await send(upload, others)).status).toBe(412);
    expect(await ended(token, job.id)).toMatchObject({ status: "completed", rows_created: 5 });
    expect((await send(upload, others)).status).toBe(412);
    expect(await undo(token, job.id)).toMatchObject({ status: "undone", undo_removed: 5, undo_left: 0 });
  });

  test("other bytes than announced are refused at the upload", async () => {
    const { upload } = await expectStatus(201, "POST", "/v1/imports", {
      token,
      body: { resource: "property", format: "csv", size_bytes: 10 },
    });
    expect((await send(upload, Buffer.from("eleven byte"))).status).toBeGreaterThanOrEqual(400);
  });
});

describe("undo", () => {
  test("removes what was created and restores what was changed, unless written since, and lists the rest", async () => {
    const token = await fresh();
    const first = await importFile(token, file(...soldTwice));
    const changed = [sale("7129300520", "20141013", 230000), sale("7129300520", "20150310", 310000)];
    const second = await importFile(
      token,
      file(...changed, sale("2", "20150101", 100000), sale("3", "20150102", 100000)),
    );
    expect(second).toMatchObject({ rows_updated: 2, rows_created: 2 });
    const find = async (price: number, date: string) =>
      (await readAll("/v1/properties", token)).find((one) => one.price === price && one.close_date === date);

    const edited = await find(310000, "2015-03-10");
    await expectStatus(200, "PATCH", `/v1/properties/${edited.id}`, {
      token,
      body: { description: "Looked at again" },
      headers: { "if-match": `"${edited.version}"` },
    });
    const kept = await find(100000, "2015-01-01");
    await expectStatus(200, "PATCH", `/v1/properties/${kept.id}`, {
      token,
      body: { bedrooms: 4 },
      headers: { "if-match": `"${kept.version}"` },
    });

    const undone = await undo(token, second.id);
    expect(undone).toMatchObject({
      status: "undone",
      progress: 100,
      undo_removed: 1,
      undo_restored: 1,
      undo_left: 2,
    });
    expect(undone.undo_skipped).toEqual([
      { row: 2, property_id: edited.id, reason: "edited" },
      { row: 3, property_id: kept.id, reason: "edited" },
    ]);
    const restored = await find(221900, "2014-10-13");
    expect(restored).toMatchObject({ version: 3, close_price: 221900 });
    expect(await readAll("/v1/properties", token)).toHaveLength(3);

    const again = await undo(token, first.id);
    expect(again).toMatchObject({ undo_removed: 1, undo_restored: 0, undo_left: 1 });
    expect(again.undo_skipped).toEqual([{ row: 2, property_id: edited.id, reason: "imported_again" }]);
    expect((await api("POST", `/v1/imports/${first.id}/undo`, { token })).status).toBe(409);
  });

  test("what was undone can be imported again", async () => {
    const token = await fresh();
    const job = await importFile(token, five);
    await undo(token, job.id);
    expect(await readAll("/v1/properties", token)).toEqual([]);
    expect(await importFile(token, five)).toMatchObject({ rows_created: 5 });
    expect(await readAll("/v1/properties", token)).toHaveLength(5);
  });

  test("rows about one property, side by side and chunks apart, are one property", async () => {
    const token = await fresh();
    // Rows of this width fill a chunk with five: the last row is in the next.
    const wide = "x".repeat(900_000);
    const row = (id: string, price: number, more = {}) => ({ id, date: "2015-01-01", price, ...more });
    const others = Array.from({ length: 6 }, (_, at) => row(`x${at}`, 1000 + at, { wide }));
    const rows = [row("same", 1), row("same", 2), row("same", 2), ...others, row("same", 3)];
    const job = await importFile(token, JSON.stringify(rows), { format: "json" });
    expect(job).toMatchObject({ rows_total: 10, rows_created: 7, rows_updated: 2, rows_unchanged: 1 });
    expect((await readAll("/v1/properties?max_price=10", token)).map(({ price }) => price)).toEqual([3]);
    expect(await undo(token, job.id)).toMatchObject({ undo_removed: 7, undo_left: 0 });
  });
});

const roles = ["client", "agent"] as const;
test.for(roles)("a %s may not import", async (role) => {
  const user: SignedIn = await addUser(office, role);
  const body = { resource: "property", format: "csv", size_bytes: 10 };
  expect((await api("POST", "/v1/imports", { token: user.token, body })).status).toBe(403);
});
