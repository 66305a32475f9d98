import { beforeAll, describe, expect, test } from "vitest";
import { searchPage } from "../../shared/data/search.ts";
import { type Caller, defaultGrants } from "../../shared/domain/access.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { type Answer, addUser, api, expectStatus, type SignedIn, signUp, waitFor } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill, house, readAll } from "../properties.ts";

type Item = Answer["body"];
const match = ({ version }: Item) => ({ "if-match": `"${version}"` });
const titles = (items: readonly Item[]) => items.map(({ title }) => title);

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let client: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  client = await addUser(admin, "client");
});

const search = (q: string, { token }: SignedIn, more = "") =>
  readAll(`/v1/properties?q=${encodeURIComponent(q)}${more}`, token);
const add = (body: object, by: SignedIn = agent): Promise<Item> =>
  expectStatus(201, "POST", "/v1/properties", { token: by.token, body: { ...house, ...body } });

/** What is found when it is as expected, or after ten seconds: a search follows its records, on a busy machine, too. */
async function found(q: string, by: SignedIn, expected: readonly string[], more = ""): Promise<string[]> {
  let last: string[] = [];
  await waitFor(async () => {
    last = titles(await search(q, by, more));
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
