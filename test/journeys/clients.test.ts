import { beforeAll, describe, expect, test } from "vitest";
import type * as z from "zod/mini";
import type { Client, ClientPatch, NewClient } from "../../shared/domain/client.ts";
import type { CustomField } from "../../shared/domain/custom-field.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { readAll } from "../properties.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let colleague: SignedIn;

beforeAll(async () => {
  admin = await signUp();
  [agent, colleague] = await Promise.all([addUser(admin, "agent"), addUser(admin, "agent")]);
});

type Read = Pick<Client, "id" | "version">;

const post = ({ token }: SignedIn, body: Partial<z.input<typeof NewClient>> = {}) =>
  client.createClient({ token, body: { name: `Nora ${unique()}`, ...body } });
const add = (by: SignedIn, body?: Partial<z.input<typeof NewClient>>) => ok(post(by, body));
const read = ({ token }: SignedIn, { id }: Read) => client.getClient({ token, params: { client_id: id } });
const change = ({ token }: SignedIn, { id, version }: Read, body: z.input<typeof ClientPatch>) =>
  client.updateClient({ token, params: { client_id: id }, version, body });
const remove = ({ token }: SignedIn, { id, version }: Read) =>
  client.deleteClient({ token, params: { client_id: id }, version });
const restore = ({ token }: SignedIn, { id }: Read) =>
  client.restoreClient({ token, params: { client_id: id } });
const anEmail = () => `${unique()}@clients.example`;

describe("a client", () => {
  test("needs a name; the rest has defaults or is null", async () => {
    const nora = await add(agent, { name: "Nora Lindqvist" });
    expect(nora).toMatchObject({
      ...{ name: "Nora Lindqvist", email: null, more_emails: [], phone: null, more_phones: [] },
      ...{ lead_score: 0, nurture_status: "new", lead_source: null, tags: [], custom: {} },
      ...{ first_responded_at: null, last_contacted_at: null, merged_into: null, version: 1 },
      owner_user_id: agent.user.id,
    });
    expect(nora.consent.text).toEqual({ status: "unknown", at: null, how: null, by: null });
    expect(await ok(read(agent, nora))).toEqual(nora);
    await refused("not_found", read(colleague, nora));
  });

  test("has phones in E.164, and each value once", async () => {
    const email = anEmail();
    const nora = await add(agent, {
      email,
      more_emails: [email.toUpperCase(), anEmail()],
      phone: "(206) 555-0142",
      more_phones: ["+1 206 555 0142", "+49 30 901820"],
      tags: ["Café", "cafe", "buyer"],
    });
    expect(nora).toMatchObject({ phone: "+12065550142", more_phones: ["+4930901820"] });
    expect([nora.more_emails.length, nora.tags]).toEqual([1, ["Café", "buyer"]]);
    const { errors } = await refused("invalid_input", change(agent, nora, { more_phones: ["call me"] }));
    expect(errors.map(({ path }) => path)).toEqual(["/more_phones/0"]);
  });

  test("takes phones without a + for those of the brokerage's country", async () => {
    const abroad = await signUp();
    const { version } = await ok(client.getBrokerage({ token: abroad.token }));
    await ok(client.updateBrokerage({ token: abroad.token, version, body: { country: "DE" } }));
    expect(await add(abroad, { phone: "030 901820" })).toMatchObject({ phone: "+4930901820" });
  });

  test("says for each channel what they consented to, when, how and who noted it", async () => {
    const nora = await add(agent, { consent: { email: { status: "granted", how: "Web form" } } });
    const { email } = nora.consent;
    expect(email).toEqual({ status: "granted", at: nora.created_at, how: "Web form", by: agent.user.id });
    const after = await ok(change(admin, nora, { consent: { text: { status: "revoked", how: "STOP" } } }));
    expect(after.consent).toMatchObject({ email, text: { status: "revoked", by: admin.user.id } });
    expect(after.consent.call.status).toBe("unknown");
  });

  test("has emails that no other client has, until they let go of them", async () => {
    const [email, second] = [anEmail(), anEmail()];
    const nora = await add(agent, { email, more_emails: [second] });
    const match = [{ id: nora.id, name: nora.name, matched_by: "email" }];
    const twice = await post(agent, { more_emails: [email.toUpperCase()] });
    expect([twice.status, twice.body]).toMatchObject([409, { code: "duplicate", candidates: match }]);
    // Who may not read her learns that there is somebody, and not who.
    const unseen = await post(colleague, { email: second });
    expect([unseen.status, unseen.body]).toMatchObject([409, { code: "duplicate", candidates: [] }]);
    const other = await add(colleague);
    await refused("duplicate", change(colleague, other, { more_emails: [second] }));

    const changed = await ok(change(agent, nora, { more_emails: [] }));
    expect(await ok(change(colleague, other, { email: second }))).toMatchObject({ email: second });
    await ok(remove(agent, changed));
    const heir = await add(colleague, { email });
    await refused("duplicate", restore(agent, nora));
    await ok(remove(colleague, heir));
    expect(await ok(restore(agent, nora))).toMatchObject({ email, version: 4 });
    await refused("duplicate", post(colleague, { email }));
  });
});

describe("lists", () => {
  let mine: SignedIn;
  const names = async (by: SignedIn, query = "") =>
    (await readAll(`/v1/clients${query}`, by.token, 2)).map(({ name }) => name);

  beforeAll(async () => {
    mine = await addUser(admin, "agent");
    await add(mine, { name: "first", nurture_status: "hot", tags: ["Bürgermeister"] });
    await add(mine, { name: "second", nurture_status: "cold" });
    await add(mine, { name: "third", nurture_status: "hot" });
    await add(colleague, { name: "theirs" });
    await waitFor(async () => ((await names(mine)).length === 3 ? true : undefined), 10);
  });

  test.each([
    ["", ["third", "second", "first"]],
    ["?sort=created_at", ["first", "second", "third"]],
    ["?sort=updated_at", ["first", "second", "third"]],
    ["?nurture_status=hot", ["third", "first"]],
    ["?nurture_status=hot&sort=lead_score", ["first", "third"]],
    ["?sort=-lead_score&min_lead_score=0", ["third", "second", "first"]],
    ["?min_lead_score=1", []],
    ["?tag=burgermeister", ["first"]],
    ["?not_contacted_since=2026-01-01T00:00:00Z", ["third", "second", "first"]],
    ["?updated_since=2999-01-01T00:00:00Z", []],
  ])("%s", async (query, expected) => {
    expect((await names(mine, query)).sort()).toEqual([...expected].sort());
    const asAdmin = `${query}${query ? "&" : "?"}owner_user_id=${mine.user.id}`;
    expect((await names(admin, asAdmin)).sort()).toEqual([...expected].sort());
    if (!query.includes("lead_score")) expect(await names(mine, query)).toEqual(expected);
  });

  test("show nobody else's, but what was shared", async () => {
    expect(await names(mine)).not.toContain("theirs");
    const [{ id }] = await readAll("/v1/clients?sort=created_at", mine.token);
    const params = { client_id: id, grantee_kind: "user", grantee_id: colleague.user.id };
    await ok(client.putClientShare({ token: mine.token, params, body: { access: "read" } }));
    await waitFor(async () => ((await names(colleague)).includes("first") ? true : undefined), 10);
    expect(await ok(client.listClientShares({ token: mine.token, params }))).toMatchObject({
      items: [{ grantee_id: colleague.user.id, access: "read" }],
    });
    await ok(client.deleteClientShare({ token: mine.token, params }));
    await refused("not_found", read(colleague, { id, version: 1 }));
  });
});

describe("custom fields", () => {
  const show = ({ token }: SignedIn) => ok(client.getCustomFields({ token }));
  const put = ({ token }: SignedIn, version: number, fields: CustomField[]) =>
    client.putCustomFields({ token, version, body: { fields } });
  const area: CustomField = { name: "area", label: "Preferred area", type: "text" };
  const budget: CustomField = { name: "budget", label: "Budget", type: "number" };
  const stage: CustomField = { name: "stage", label: "Stage", type: "choice", choices: ["buyer", "seller"] };
  const moving: CustomField = { name: "moving", label: "Moves on", type: "date" };

  test("are the brokerage's; a type never changes, even of a field that was removed", async () => {
    const office = await signUp();
    expect(await show(office)).toMatchObject({ version: 1, fields: [] });
    const made = await ok(put(office, 1, [area, budget]));
    expect(made).toMatchObject({ version: 2, fields: [area, budget] });
    await refused("stale_version", put(office, 1, []));
    await refused("forbidden", put(agent, 1, []));
    const otherwise: CustomField = { ...area, type: "number" };
    await refused("field_type_fixed", put(office, 2, [otherwise]));
    await ok(put(office, 2, [budget]));
    const { detail } = await refused("field_type_fixed", put(office, 3, [otherwise]));
    expect(detail).toContain("another name");
    expect(await show(office)).toMatchObject({ version: 3, fields: [budget] });
    for (const wrong of [
      { ...stage, choices: undefined },
      { ...area, choices: ["a"] },
    ])
      await refused("invalid_input", put(office, 3, [wrong]));
    await refused("invalid_input", put(office, 3, [area, area]));
  });

  test("of two who put the first ones at the same time, one does", async () => {
    const office = await signUp();
    const both = await Promise.all([put(office, 1, [area]), put(office, 1, [budget])]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  test("are checked in what is written of a client, and shown with it and in lists", async () => {
    const office = await signUp();
    await ok(put(office, 1, [area, budget, stage, moving]));
    const custom = { area: "Ballard", budget: 725_000.5, stage: "buyer", moving: "2026-09-01" };
    const nora = await add(office, { custom });
    expect(nora.custom).toEqual(custom);
    for (const [name, value] of [
      ["area", 5],
      ["budget", "5"],
      ["stage", "renter"],
      ["moving", "2026-02-30"],
      ["pets", "two"],
    ] as const) {
      const { errors } = await refused("invalid_input", change(office, nora, { custom: { [name]: value } }));
      expect(errors.map(({ path }) => path)).toEqual([`/custom/${name}`]);
    }
    const after = await ok(change(office, nora, { custom: { budget: null, stage: "seller" } }));
    expect(after.custom).toEqual({ area: "Ballard", stage: "seller", moving: "2026-09-01" });
    // A field that is removed leaves its values, which can be removed and not changed.
    await ok(put(office, 2, [stage]));
    await refused("invalid_input", change(office, after, { custom: { area: "Fremont" } }));
    const last = await ok(change(office, after, { custom: { area: null } }));
    expect(last.custom).toEqual({ stage: "seller", moving: "2026-09-01" });
    await waitFor(async () => {
      const [listed] = await readAll("/v1/clients", office.token);
      return JSON.stringify(listed?.custom) === JSON.stringify(last.custom) ? true : undefined;
    });
  });
});
