import { beforeAll, describe, expect, test } from "vitest";
import { addUser, api, expectStatus, signUp, unique } from "../cloud.ts";
import { importFile, undo } from "../imports.ts";

const csv = (...rows: string[]) => [...rows, ""].join("\n");
let office: Awaited<ReturnType<typeof signUp>>;
let token: string;
beforeAll(async () => {
  office = await signUp();
  token = office.token;
});
const importClients = (file: string, over: object = {}) =>
  importFile(token, file, { resource: "client", ...over });
/** The client with an email, by a new one that may not have it. */
async function clientWith(email: string) {
  const refused = await expectStatus(409, "POST", "/v1/clients", { token, body: { name: unique(), email } });
  const [{ id }] = refused.candidates;
  return expectStatus(200, "GET", `/v1/clients/${id}`, { token });
}
const change = (client: { id: string; version: number }, body: object) =>
  expectStatus(200, "PATCH", `/v1/clients/${client.id}`, {
    token,
    headers: { "if-match": `"${client.version}"` },
    body,
  });

describe("an import of clients", () => {
  test("makes clients of rows, and changes nothing when the same file comes again", async () => {
    const agent = await addUser(office, "agent");
    const [mara, iris] = [`mara-${unique()}@x.example`, `iris-${unique()}@x.example`];
    const file = csv(
      "Name,Email 1,Phone 1,Tags,Stage,Lead Source,Owner Email,Do Not Call",
      `"Okafor, Mara",${mara} ::: 2${mara},(206) 555-0100 / 206-555-0101,"buyer, vip",Hot,Zillow,${agent.user.email},yes`,
      `Iris Vale,${iris},,,Past Client,,,`,
      "Nobody Else,,(425) 555-0130,,,,,",
      "Only A Name,,,seller,,,,",
      "Wrong,not an email,,,,,,",
      `Wrong Owner,,206-555-0199,,,,${iris},`,
    );
    const job = await importClients(file);
    expect(job).toMatchObject({
      ...{ status: "completed", resource: "client", rows_total: 6, rows_created: 4, rows_failed: 2 },
      errors: [
        { row: 5, path: "/Email 1", message: "must be an email address" },
        { row: 6, path: "/Owner Email", message: "must be the email of an active agent, employee or admin" },
      ],
    });
    expect(await clientWith(`2${mara}`)).toMatchObject({
      ...{ name: "Mara Okafor", email: mara, more_emails: [`2${mara}`], owner_user_id: agent.user.id },
      ...{ phone: "+12065550100", more_phones: ["+12065550101"], tags: ["buyer", "vip"] },
      ...{ nurture_status: "hot", lead_source: "Zillow", version: 1, lead_score: 0 },
      consent: { call: { status: "revoked", by: office.user.id }, email: { status: "unknown" } },
    });
    expect(await clientWith(iris)).toMatchObject({ owner_user_id: office.user.id, tags: ["Past Client"] });

    expect(await importClients(file)).toMatchObject({ rows_created: 0, rows_updated: 0, rows_unchanged: 4 });
    expect((await clientWith(mara)).version).toBe(1);
  });

  test("a dry run writes nothing; who may not write all clients may only try", async () => {
    const email = `${unique()}@x.example`;
    expect(await importClients(csv("name,email", `A,${email}`), { dry_run: true })).toMatchObject({
      rows_created: 1,
    });
    expect(await importClients(csv("name,email", `A,${email}`))).toMatchObject({ rows_created: 1 });
    const { id } = await expectStatus(201, "POST", "/v1/api-keys", {
      token,
      body: {
        name: unique(),
        grants: ["import:read:brokerage", "import:write:brokerage", "property:write:brokerage"],
      },
    }).then(async ({ key }) => ({ id: key as string }));
    const body = { resource: "client", format: "csv", size_bytes: 10 };
    const refused = await api("POST", "/v1/imports", { token: id, body });
    expect([refused.status, refused.body.detail]).toEqual([
      403,
      "client:write is needed for the whole brokerage",
    ]);
  });

  test("finds by id, email, then phone and name; one person in a file is one client", async () => {
    const [key, email] = [unique(), `${unique()}@x.example`];
    const phone = `+1206555${String(Math.floor(Math.random() * 9000) + 1000)}`;
    const made = await expectStatus(201, "POST", "/v1/clients", {
      token,
      body: {
        name: "Ann Lee",
        email,
        nurture_status: "warm",
        tags: ["Buyer"],
        consent: { text: { status: "granted" } },
      },
    });
    const file = csv(
      "source_key,source_system,name,email,phone,tags,stage,text opt out",
      `${key},crm,,${email},${phone},buyer;vip,,yes`,
      `,,"Lee, Ann",,${phone},,hot,`,
      `,,Bo Lee,bo-${email},${phone},,,`,
      `${key},crm,Ann Lee-Park,new-${email},,,,`,
    );
    expect(await importClients(file)).toMatchObject({ rows_created: 1, rows_updated: 3, rows_failed: 0 });
    const ann = await clientWith(email);
    expect(ann).toMatchObject({
      ...{ id: made.id, version: 2, name: "Ann Lee-Park", nurture_status: "hot", tags: ["Buyer", "vip"] },
      ...{ email, more_emails: [`new-${email}`], phone, consent: { text: { status: "revoked" } } },
    });
    expect(await clientWith(`bo-${email}`)).toMatchObject({ name: "Bo Lee", phone, more_phones: [] });
    expect(await importClients(file)).toMatchObject({ rows_created: 0, rows_updated: 0, rows_unchanged: 4 });

    // An id of another product that happens to be the same, and an email that is another client's.
    const other = await importClients(
      csv(
        "id,name,email",
        `${key}9,Cy,cy-${email}`,
        `${key}9,Di,di-${email}`,
        `,Ann Lee,${email} cy-${email}`,
      ),
    );
    expect(other).toMatchObject({ rows_created: 1, rows_failed: 2 });
    expect(other.errors.map(({ row, path }: { row: number; path: string }) => [row, path])).toEqual([
      [2, "/id"],
      [3, "/email"],
    ]);
  });

  test("its undo removes, restores and lists what was changed since", async () => {
    const email = `${unique()}@x.example`;
    const known = await expectStatus(201, "POST", "/v1/clients", {
      token,
      body: { name: "Known", email: `known-${email}`, tags: ["a"] },
    });
    const file = csv(
      "name,email,phone,tags",
      `New,new-${email},,`,
      `Known,known-${email},206-555-0177,b`,
      `Edited,edited-${email},,`,
      `Deleted,deleted-${email},,`,
    );
    const job = await importClients(file);
    expect(job).toMatchObject({ rows_created: 3, rows_updated: 1 });
    const edited = await clientWith(`edited-${email}`);
    // Not by any of the row's values is it found after this.
    await change(edited, { email: `other-${email}`, name: "Someone" });
    const { id, version } = await clientWith(`deleted-${email}`);
    await expectStatus(204, "DELETE", `/v1/clients/${id}`, {
      token,
      headers: { "if-match": `"${version}"` },
    });

    expect(await undo(token, job.id)).toMatchObject({
      ...{ status: "undone", undo_removed: 1, undo_restored: 1, undo_left: 2 },
      undo_skipped: [
        { row: 3, client_id: edited.id, reason: "edited" },
        { row: 4, client_id: id, reason: "deleted" },
      ],
    });
    expect(await clientWith(`known-${email}`)).toMatchObject({
      id: known.id,
      tags: ["a"],
      phone: null,
      version: 3,
    });
    // What was removed lets go of its email, and can be imported again.
    expect(await importClients(file)).toMatchObject({ rows_created: 3, rows_updated: 1 });
  });
});
