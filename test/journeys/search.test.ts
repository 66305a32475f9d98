import { beforeAll, describe, expect, test } from "vitest";
import { recordKey, toItem } from "../../shared/data/record-item.ts";
import { changeRecord, createRecord } from "../../shared/data/records.ts";
import { idsWith, searchPage } from "../../shared/data/search.ts";
import { beginning, partitionOf, removeWords } from "../../shared/data/search-words.ts";
import { type Caller, defaultGrants } from "../../shared/domain/access.ts";
import { clientRecord, type StoredClient } from "../../shared/domain/client.ts";
import { NewProperty } from "../../shared/domain/property.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { newProperty } from "../../shared/domain/property-status.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { nameWord, phoneWord } from "../../shared/domain/words.ts";
import { updateSearchWords } from "../../shared/effects/search-words.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { type Answer, addUser, api, expectStatus, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill, house, readAll } from "../properties.ts";
import { stored } from "../records.ts";

type Item = Answer["body"];
const match = ({ version }: Item) => ({ "if-match": `"${version}"` });
const titles = (items: readonly Item[]) =>
  items.map(({ title, name, last_name }) => title ?? name ?? last_name);

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let client: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  client = await addUser(admin, "client");
});

const search = (q: string, { token }: SignedIn, more = "", of = "properties") =>
  readAll(`/v1/${of}?q=${encodeURIComponent(q)}${more}`, token);
const add = (body: object, by: SignedIn = agent): Promise<Item> =>
  expectStatus(201, "POST", "/v1/properties", { token: by.token, body: { ...house, ...body } });

const post = (of: string, by: SignedIn, body: object): Promise<Item> =>
  expectStatus(201, "POST", `/v1/${of}`, { token: by.token, body });

/** What is found when it is as expected, or after ten seconds: a search follows its records, on a busy machine, too. */
async function found(
  q: string,
  by: SignedIn,
  expected: readonly string[],
  more = "",
  of = "properties",
): Promise<string[]> {
  let last: string[] = [];
  await waitFor(async () => {
    last = titles(await search(q, by, more, of));
    return JSON.stringify(last) === JSON.stringify(expected) || undefined;
  }, 10).catch(() => undefined);
  return last;
}

const finds = async (q: string, by: SignedIn, expected: readonly string[], more = "") =>
  expect(await found(q, by, expected, more), `${q} ${more}`).toEqual(expected);

describe("properties", () => {
  test("are found by the beginning of any word, in the order of the word", async () => {
    await add({ title: "Zurich house", address: "7420 Quillwood Ave NE", city: "Saint-E\u0301tienne" });
    await add({ title: "Quillback O'Brien", postal_code: "98115" });
    await add({ title: "Quills quilted", status: "under_offer" });
    // One by "quilted", which stands before "quills": each once.
    await finds("quil", agent, ["Quillback O'Brien", "Quills quilted", "Zurich house"].sort(byWord));
    await finds("QUILLW", agent, ["Zurich house"]);
    await finds("74 quillwood", agent, ["Zurich house"]);
    await finds("étienne saint", agent, ["Zurich house"]);
    await finds("Etienne", agent, ["Zurich house"]);
    await finds("obrien 98115", agent, ["Quillback O'Brien"]);
    await finds("o’br", agent, ["Quillback O'Brien"]);
    await finds("wood", agent, []);
    await finds("quil zebra", agent, []);
    await finds("quil", agent, ["Quills quilted"], "&status=under_offer");
    await finds("quil", agent, ["Quillback O'Brien", "Zurich house"], "&status=active");
  });

  test("are found by what they are now: changed, deleted, restored", async () => {
    const made = await add({ title: "Heronmark lodge" });
    await finds("heronm", agent, ["Heronmark lodge"]);
    const path = `/v1/properties/${made.id}`;
    const { token } = agent;
    const next = await expectStatus(200, "PATCH", path, {
      ...{ token, headers: match(made), body: { title: "Kestrelmark lodge" } },
    });
    await finds("kestrelm", agent, ["Kestrelmark lodge"]);
    await finds("heronm", agent, []);
    await expectStatus(204, "DELETE", path, { token, headers: match(next) });
    await finds("kestrelm", agent, []);
    await expectStatus(200, "POST", `${path}/restore`, { token });
    await finds("kestrelm", agent, ["Kestrelmark lodge"]);
  });

  test("as the caller may read them: a client what is listed or shared, nobody another brokerage's", async () => {
    const other = await signUp();
    await add({ title: "Plovermere canary" }, other);
    const sold = { status: "sold", close_price: 1, close_date: "2026-01-01" };
    const shared = await add({ title: "Plovermere sold", ...sold });
    await add({ title: "Plovermere kept", ...sold });
    await add({ title: "Plovermere active" });
    const all = ["Plovermere active", "Plovermere kept", "Plovermere sold"];
    const seen = async (by: SignedIn, expected: readonly string[]) =>
      expect((await found("plovermere", by, expected)).sort()).toEqual(expected);
    await waitFor(async () => ((await search("plovermere", agent)).length === 3 ? true : undefined));
    expect(titles(await search("plovermere", agent)).sort()).toEqual(all);
    expect(titles(await search("plovermere", admin)).sort()).toEqual(all);
    expect(titles(await search("plovermere", other))).toEqual(["Plovermere canary"]);
    await seen(client, ["Plovermere active"]);
    const share = `/v1/properties/${shared.id}/shares/user/${client.user.id}`;
    await expectStatus(200, "PUT", share, { token: agent.token, body: { access: "read" } });
    await waitFor(async () => ((await search("plovermere", client)).length === 2 ? true : undefined));
    expect(titles(await search("plovermere", client)).sort()).toEqual([
      "Plovermere active",
      "Plovermere sold",
    ]);
    await expectStatus(204, "DELETE", share, { token: agent.token });
    // The record decides, whatever the entry says yet.
    expect(titles(await search("plovermere", client))).toEqual(["Plovermere active"]);
  });

  test("page by page, each once; a cursor is of its search and caller", async () => {
    const filled = Array.from({ length: 23 }, (_, at) => ({
      title: `Stilthouse ${String(at).padStart(3, "0")}`,
    }));
    await fill(admin, filled);
    await waitFor(async () => ((await search("stilt", admin)).length === 23 ? true : undefined));
    const paged = await readAll("/v1/properties?q=stilt", admin.token, 5);
    expect(new Set(titles(paged))).toEqual(new Set(filled.map(({ title }) => title)));
    expect(paged).toHaveLength(23);
    expect(titles(await readAll("/v1/properties?q=stilt", agent.token, 22))).toEqual(titles(paged));
    const { next_cursor } = await expectStatus(200, "GET", "/v1/properties?q=stilt&limit=5", {
      token: admin.token,
    });
    const refused = async (q: string, { token }: SignedIn) =>
      (await api("GET", `/v1/properties?q=${q}&limit=5&cursor=${next_cursor}`, { token })).body.code;
    expect(await refused("stilth", admin)).toBe("invalid_cursor");
    expect(await refused("stilt", agent)).toBe("invalid_cursor");
    expect(await refused("stilt", admin)).toBeUndefined();
  });

  test("q takes no sort and needs two letters, and says so; beside near it narrows", async () => {
    const errors = async (query: string) => {
      const { status, body } = await api("GET", `/v1/properties?${query}`, { token: agent.token });
      return [status, body.errors?.map(({ path }: { path: string }) => path)];
    };
    expect(await errors("q=elm&sort=price")).toEqual([400, ["?sort"]]);
    expect(await errors("q=e")).toEqual([400, ["?q"]]);
    await add({ title: "Terncove near", location: { lat: 10, lng: 10 } });
    await add({ title: "Other near", location: { lat: 10, lng: 10.001 } });
    const near = () => readAll("/v1/properties?q=ternc&near=10,10", agent.token);
    expect(titles(await waitFor(async () => ((await near()).length > 0 ? near() : undefined)))).toEqual([
      "Terncove near",
    ]);
  });
});

describe("clients", () => {
  const finds = async (q: string, by: SignedIn, expected: readonly string[], more = "") =>
    expect(await found(q, by, expected, more, "clients"), `${q} ${more}`).toEqual(expected);

  test("are found by three letters, email and last digits; an agent's own and what is shared with them", async () => {
    const colleague = await addUser(admin, "agent");
    const nora = await post("clients", agent, {
      ...{ name: "Nora Lindqvist-Østby", email: "n.pettersen@fjordhem.example", phone: "+1 206 555 0142" },
      ...{ more_emails: ["private@hjemme.example"], more_phones: ["+47 22 34 56 78"] },
    });
    await post("clients", colleague, { name: "Lindy Other", phone: "+1 425 555 0142" });
    const all = ["Nora Lindqvist-Østby", "Lindy Other"];
    await finds("lin", admin, all);
    await finds("lin", agent, ["Nora Lindqvist-Østby"]);
    await finds("lin", colleague, ["Lindy Other"]);
    await finds("lin", admin, ["Lindy Other"], `&owner_user_id=${colleague.user.id}`);
    for (const q of [
      ...["ostby", "nor LINDQ", "pettersen", "n.pettersen@fjordhem.example", "fjordhem", "private@hj"],
      ...["(206) 555-0142", "22345678", "0047 22 34 56 78", "nora 2345678"],
    ])
      await finds(q, agent, ["Nora Lindqvist-Østby"]);
    await finds("555-0142", agent, ["Nora Lindqvist-Østby"]);
    await finds("5550142", colleague, ["Lindy Other"]);
    await finds("fjordhem", colleague, []);
    expect((await search("5550142", admin, "", "clients")).length).toBe(2);

    const at = `/v1/clients/${nora.id}/shares`;
    const body = { access: "read" };
    await expectStatus(200, "PUT", `${at}/user/${colleague.user.id}`, { token: agent.token, body });
    await finds("lindq", colleague, ["Nora Lindqvist-Østby"]);
    await expectStatus(204, "DELETE", `${at}/user/${colleague.user.id}`, { token: agent.token });
    expect(await search("lindq", colleague, "", "clients"), "at once").toEqual([]);
    const team = await post("teams", admin, { name: "Fjord" });
    await expectStatus(200, "PUT", `/v1/teams/${team.id}/members/${colleague.user.id}`, {
      ...{ token: admin.token, body: {} },
    });
    await expectStatus(200, "PUT", `${at}/team/${team.id}`, { token: agent.token, body });
    await finds("lindq", colleague, ["Nora Lindqvist-Østby"]);

    const { version } = await expectStatus(200, "GET", `/v1/clients/${nora.id}`, { token: agent.token });
    await expectStatus(200, "PATCH", `/v1/clients/${nora.id}`, {
      ...{ token: agent.token, headers: match({ version }) },
      body: { name: "Nora Berg", phone: null },
    });
    await finds("berg", colleague, ["Nora Berg"]);
    await finds("lindq", admin, []);
    await finds("2065550142", admin, []);
    expect(await idsWith(table, admin.brokerage.id, clientRecord, nameWord("berg, NORA"))).toEqual([nora.id]);
    expect(await idsWith(table, admin.brokerage.id, clientRecord, phoneWord("+4722345678"))).toEqual([
      nora.id,
    ]);
  });

  test("that were erased leave no word, not even those that have ended", async () => {
    const made = await post("clients", agent, { name: "Gone Tomorrow", phone: "+1 206 555 0199" });
    const { brokerage } = admin;
    const record = await stored(clientRecord, brokerage.id, made.id);
    const renamed = { ...record!, name: "Gone Today", version: 2, updated_at: new Date().toISOString() };
    const erasing: AnyRecordType = {
      ...clientRecord,
      searched: (client: StoredClient) => (client.version > 2 ? undefined : clientRecord.searched?.(client)),
    };
    const run = (type: AnyRecordType, before: object | undefined, after: object) =>
      updateSearchWords(type).run(
        {
          ...invocation("test", null),
          change: {
            before: before && toItem(clientRecord, before as StoredClient),
            after: toItem(clientRecord, after as StoredClient),
          },
        },
        { table },
      );
    const stands = async (word: string) =>
      (await table.get({
        pk: partitionOf(brokerage.id, clientRecord, word, ""),
        sk: `${beginning(word)}#${made.id}`,
      })) !== undefined;
    await waitFor(async () => ((await stands("tomorrow")) ? true : undefined));
    await run(clientRecord, record, renamed);
    expect([await stands("tomorrow"), await stands("today")]).toEqual([true, true]);
    await run(erasing, renamed, { ...renamed, version: 3 });
    for (const word of ["gone", "tomorrow", "today", phoneWord("+12065550199"), nameWord("Gone Tomorrow")])
      expect(await stands(word), word).toBe(false);
    const { pk } = recordKey(brokerage.id, clientRecord, made.id);
    expect(await table.get({ pk, sk: "ended-words#000000000002" })).toBeUndefined();
  });
});

test("tasks and users are found by their words, as the caller may read them", async () => {
  const colleague = await addUser(admin, "agent");
  await post("tasks", agent, { title: "Osprey inspection" });
  await post("tasks", colleague, { title: "Osprey photos" });
  const tasks = (by: SignedIn, expected: readonly string[], more = "") =>
    found("osp", by, expected, more, "tasks");
  expect(await tasks(agent, ["Osprey inspection"])).toEqual(["Osprey inspection"]);
  expect(await tasks(colleague, ["Osprey photos"])).toEqual(["Osprey photos"]);
  const all = await search("osp", admin, "", "tasks");
  expect(titles(all).sort()).toEqual(["Osprey inspection", "Osprey photos"]);
  expect(await tasks(agent, [], "&status=completed")).toEqual([]);
  const phone = "+12065550177";
  const body = { email: `merlin@${admin.brokerage.slug}.example`, first_name: "Merlin", last_name: "Tarn" };
  await post("users", admin, { ...body, role: "agent", phone });
  for (const q of ["merl", "tar mer", body.email, phone, "5550177"])
    expect(await found(q, agent, ["Tarn"], "", "users"), q).toEqual(["Tarn"]);
  expect((await api("GET", "/v1/users?q=merl", { token: client.token })).status).toBe(403);
});

test("a change that comes again, or late, brings back nothing", async () => {
  const [owner_user_id, now] = [agent.user.id, new Date(Date.now() - 3_600_000)];
  const made = invocation("test", null, now);
  const fields = (title: string) =>
    newProperty(NewProperty.parse({ ...house, title }), { owner_user_id, now });
  // Of a name that the stream's consumer does not know.
  const type = { ...propertyRecord, name: "bird" };
  const first = createRecord(type, admin.brokerage.id, fields("Whimbrel one"), made);
  const second = changeRecord(type, first.record, { title: "Dunlin two" }, made);
  const effect = updateSearchWords(type);
  const [one, two] = [toItem(type, first.record), toItem(type, second.record)];
  const run = (before: Item | undefined, after: Item | undefined) =>
    effect.run({ ...invocation("test", null), change: { before, after } }, { table });
  const words = async () => {
    const stand = await Promise.all(
      ["whimbrel", "dunlin"].map((word) => idsWith(table, admin.brokerage.id, type, word)),
    );
    return stand.map((ids) => ids.length);
  };
  await table.putMany([one]);
  await run(undefined, one);
  expect(await words()).toEqual([1, 0]);
  await table.putMany([two]);
  await run(one, two);
  await run(undefined, one);
  expect(await words()).toEqual([0, 1]);
  // Never done before the second: it is done as the second.
  await removeWords(table, type, first.record, [first.record, second.record]);
  await run(undefined, one);
  expect(await words()).toEqual([0, 1]);
  // The record is gone for good: what comes again removes what it said.
  const { pk, sk } = two;
  await table.commit([{ Delete: { Key: { pk, sk } } }]);
  await run(undefined, one);
  await run(one, two);
  expect(await words()).toEqual([0, 0]);
});

const byWord = (one: string, other: string) => order.indexOf(one) - order.indexOf(other);
const order = ["Quillback O'Brien", "Quills quilted", "Zurich house"];

test("a full page costs two requests, however many others have words like it", async () => {
  const office = await signUp();
  const noise = Array.from({ length: 60 }, (_, at) => ({ title: `Gannet ${at} filler` }));
  await fill(office, [...noise, ...Array.from({ length: 30 }, (_, at) => ({ title: `Gannetcove ${at}` }))]);
  const caller: Caller = {
    ...{
      brokerage_id: office.brokerage.id,
      user_id: office.user.id,
      session_id: "s",
      role: "agent",
      team_ids: [],
    },
    grants: defaultGrants.agent,
  };
  let requests = 0;
  const counting = {
    ...table,
    query(input: Parameters<typeof table.query>[0]) {
      requests++;
      return table.query(input);
    },
    getMany(keys: Parameters<typeof table.getMany>[0]) {
      requests++;
      return table.getMany(keys);
    },
  };
  const page = () => {
    requests = 0;
    const query = { limit: 25 };
    return searchPage(counting, {
      ...{ type: propertyRecord, caller, now: new Date(), cursorKey: "k", query, q: "gannetcove" },
    });
  };
  const { items } = await waitFor(async () => {
    const one = await page();
    return one.items.length === 25 ? one : undefined;
  });
  expect([items.length, requests]).toEqual([25, 2]);
});
