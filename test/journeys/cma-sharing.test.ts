import { createHmac, randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createCmaLink } from "../../functions/cma/create-cma-link.ts";
import { getSharedReport } from "../../functions/cma/get-shared-report.ts";
import { type Policy, policyKey } from "../../shared/data/brokerages.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { countView, linkKey, linkToken, type StoredLink } from "../../shared/data/share-links.ts";
import {
  ConditionFailed,
  type Item,
  type Key,
  type StoredItem,
  type Table,
} from "../../shared/data/table.ts";
import { userRecord } from "../../shared/domain/user.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { analysed, listFor } from "../analyses.ts";
import { client, ok } from "../client.ts";
import { addUser, api, cloud, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { inProcess, table, unconditional, withTable } from "../in-process.ts";
import { settledLog } from "../logs.ts";
import { fill } from "../properties.ts";
import { overwrite, stored } from "../records.ts";
import { everyFifth, soldHouses } from "../sales.ts";

const sales = everyFifth(soldHouses("98103"));
const effective_date = "2015-05-01";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
// biome-ignore lint/suspicious/noExplicitAny: the API's record.
let cma: any;

beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  await fill(admin, sales);
  cma = await anAnalysis(agent);
  await approve(cma);
});

const anAnalysis = async (by: SignedIn) =>
  analysed(by, `/v1/properties/${await listFor(by, sales.at(-1)!, 500_000)}/cmas`, { effective_date });
const approve = ({ id }: { id: string }, { token } = agent) =>
  expectStatus(200, "POST", `/v1/cmas/${id}/approve`, { token });
const linksOf = ({ id }: { id: string }) => `/v1/cmas/${id}/links`;
const share = (of = cma, body: object = {}, { token } = agent) =>
  expectStatus(201, "POST", linksOf(of), { token, body });
const listed = async (of = cma, { token } = agent) =>
  (await expectStatus(200, "GET", linksOf(of), { token })).items;

type Link = { readonly id: string; readonly url: string; readonly cma_id: string };
const pathOf = ({ url }: Pick<Link, "url">) => new URL(url).pathname;
const tokenOf = ({ url }: Pick<Link, "url">) => url.split("/").at(-1)!;
const nameOf = ({ id, cma_id }: Link) => ({ brokerage_id: admin.brokerage.id as string, cma_id, id });
const viewsOf = async ({ id }: Link) => (await listed()).find((link: Link) => link.id === id)?.views;

/** The one answer to every link that opens nothing, but for the request's id. */
async function expectClosed(token: string): Promise<void> {
  const { status, body } = await api("GET", `/v1/reports/${token}`);
  expect([status, body], token).toEqual([
    404,
    {
      type: "/docs#problem-not_found",
      title: "Not found",
      status: 404,
      detail: "Not found",
      instance: body.instance,
      code: "not_found",
    },
  ]);
}

/** Writes a stored item over. */
async function change(key: Key, changes: Record<string, unknown>): Promise<void> {
  await table.commit([{ Put: { Item: { ...(await table.get(key)), ...changes } as StoredItem } }]);
}

/** The operation in this process, with a table that shows some items otherwise. */
const seeing = (change: (item: Item) => Item) =>
  inProcess(
    withTable(getSharedReport as unknown as Operation, (real) => ({
      ...real,
      async get<T extends Key>(key: Key) {
        const item = await real.get<Item & T>(key);
        return item && (change(item) as T & Item);
      },
    })),
  );

describe("approval", () => {
  test("is of a completed analysis, by a person, once; the report is no draft after it", async () => {
    const fresh = await anAnalysis(agent);
    const report = `/v1/cmas/${fresh.id}/report`;
    expect(fresh).toMatchObject({ approved_at: null, approved_by: null });
    expect(await expectStatus(200, "GET", report, { token: agent.token })).toContain("not yet approved");
    const approved = await approve(fresh);
    expect(approved).toEqual({
      ...fresh,
      version: fresh.version + 1,
      updated_at: approved.approved_at,
      approved_at: expect.stringMatching(/Z$/),
      approved_by: agent.user.id,
    });
    expect(await approve(fresh, admin)).toEqual(approved);
    expect(await expectStatus(200, "GET", `/v1/cmas/${fresh.id}`, { token: agent.token })).toEqual(approved);
    expect(await expectStatus(200, "GET", report, { token: agent.token })).not.toContain("not yet approved");
    const { items } = await expectStatus(200, "GET", `/v1/properties/${fresh.property_id}/cmas`, {
      token: agent.token,
    });
    expect(items[0]).toMatchObject({ id: fresh.id, approved_by: agent.user.id });
  });

  test("holds for what the report says: changes of the records since are not in it", async () => {
    const fresh = await anAnalysis(agent);
    const path = `/v1/properties/${fresh.property_id}`;
    const report = async () =>
      expectStatus(200, "GET", `/v1/cmas/${fresh.id}/report`, { token: agent.token });
    const change = async (title: string) => {
      const { headers } = await api("GET", path, { token: agent.token });
      const match = { "if-match": headers.get("etag")! };
      await expectStatus(200, "PATCH", path, { token: agent.token, headers: match, body: { title } });
    };
    await change("The house as approved");
    expect(await report()).toContain("The house as approved");
    await approve(fresh);
    const approved = await report();
    await change("Another house altogether");
    expect(await report()).toBe(approved);
    expect(approved).toContain("The house as approved");
  });

  test("by several at the same moment is one of them", async () => {
    const fresh = await anAnalysis(agent);
    const answers = await Promise.all([agent, admin, agent, admin].map((by) => approve(fresh, by)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0].version).toBe(fresh.version + 1);
  });

  test("with one Idempotency-Key is one answer, also of what was approved before", async () => {
    const headers = { "idempotency-key": unique() };
    const ask = (id: string) => api("POST", `/v1/cmas/${id}/approve`, { token: agent.token, headers });
    const one = await ask(cma.id);
    expect(await ask(cma.id)).toMatchObject({ status: 200, body: one.body });
    expect((await ask((await anAnalysis(agent)).id)).body.code).toBe("idempotency_key_reused");
  });

  test("of what has failed is 409", async () => {
    const body = { title: "Nowhere", property_type: "house", price: 1 };
    const { id } = await expectStatus(201, "POST", "/v1/properties", { token: agent.token, body });
    const failed = await analysed(agent, `/v1/properties/${id}/cmas`, {});
    const answer = await api("POST", `/v1/cmas/${failed.id}/approve`, { token: agent.token });
    expect([answer.status, answer.body.code]).toEqual([409, "not_completed"]);
  });
});

describe("a link", () => {
  test("opens the approved report without an account, for fourteen days unless said, and says nothing else", async () => {
    const link = await share();
    const days = (Date.parse(link.expires_at) - Date.parse(link.created_at)) / 86_400_000;
    expect(days).toBe(14);
    expect(link).toMatchObject({ cma_id: cma.id, created_by: agent.user.id, views: 0, last_viewed_at: null });
    expect(link.url.startsWith(`${cloud.url}/v1/reports/`)).toBe(true);
    expect(tokenOf(link)).toMatch(/^[\w-]{86}$/);

    const seen = await api("GET", pathOf(link));
    expect(seen.status).toBe(200);
    expect(seen.headers.get("cache-control")).toBe("no-store");
    expect(seen.headers.get("referrer-policy")).toBe("no-referrer");
    expect(seen.body).toContain('<meta name="robots" content="noindex">');
    const own = await expectStatus(200, "GET", `/v1/cmas/${cma.id}/report`, { token: agent.token });
    // The charts' library numbers what it draws through the life of a function.
    const unnumbered = (page: string) => page.replace(/zr\d+-c(ls-)?\d+/g, "");
    expect(unnumbered(seen.body)).toBe(unnumbered(own));
    const { expires_at, created_at } = await share(cma, { expires_in_days: 90 });
    expect(Date.parse(expires_at) - Date.parse(created_at)).toBe(90 * 86_400_000);
  });

  test("has the gateway's own address, whatever host a header names", async () => {
    const call = await inProcess(createCmaLink as unknown as Operation);
    const headers = {
      host: "evil.example",
      "x-forwarded-host": "evil.example",
      forwarded: "host=evil.example",
    };
    const answer = await call({ token: agent.token, params: { cma_id: cma.id }, body: {}, headers });
    expect(new URL(answer.body.url).host).toBe("in-process.example");
  });

  test("needs approval", async () => {
    const fresh = await anAnalysis(agent);
    const answer = await api("POST", linksOf(fresh), { token: agent.token, body: {} });
    expect([answer.status, answer.body.code]).toEqual([409, "not_approved"]);
    expect(await listed(fresh)).toEqual([]);
  });

  test("counts its views, each once, and HEAD is none", async () => {
    const link = await share();
    const answers = await Promise.all(Array.from({ length: 30 }, () => api("GET", pathOf(link))));
    expect(answers.every(({ status }) => status === 200)).toBe(true);
    expect((await fetch(link.url, { method: "HEAD" })).status).toBe(404);
    expect(await viewsOf(link)).toBe(30);
    const [newest] = await listed();
    expect(newest).toMatchObject({ ...link, views: 30, last_viewed_at: expect.stringMatching(/Z$/) });
  });

  test("with one Idempotency-Key is one link, whose URL is signed afresh and nowhere stored", async () => {
    const fresh = await anAnalysis(agent);
    await approve(fresh);
    const headers = { "idempotency-key": unique() };
    const answers = await Promise.all(
      Array.from({ length: 10 }, () =>
        api("POST", linksOf(fresh), { token: agent.token, headers, body: { expires_in_days: 3 } }),
      ),
    );
    const made = answers.filter(({ status }) => status === 201).map(({ body }) => body);
    for (const { status, body } of answers) if (status !== 201) expect(body.code).toBe("request_in_progress");
    expect(new Set(made.map(({ url }) => url)).size).toBe(1);
    expect(await listed(fresh)).toEqual([made[0]]);
    expect((await api("GET", pathOf(made[0]))).status).toBe(200);

    const { pk } = recordKey(admin.brokerage.id, userRecord, agent.user.id);
    const stored = await Promise.all(
      [pk, linkKey(nameOf(made[0])).pk].map((pk) =>
        table.query({
          KeyConditionExpression: "pk = :pk",
          ExpressionAttributeValues: { ":pk": pk },
          ProjectionExpression: "pk, sk, body, expires_at, created_by",
        }),
      ),
    );
    const text = JSON.stringify(stored);
    expect(text).toContain(made[0].id);
    expect(text).not.toContain(tokenOf(made[0]));
  });

  test("pages in a list, newest first", async () => {
    const fresh = await anAnalysis(agent);
    await approve(fresh);
    const made = [await share(fresh), await share(fresh), await share(fresh)];
    const { token } = agent;
    const one = await expectStatus(200, "GET", `${linksOf(fresh)}?limit=2`, { token });
    const next = `${linksOf(fresh)}?limit=2&cursor=${one.next_cursor}`;
    const two = await expectStatus(200, "GET", next, { token });
    expect([...one.items, ...two.items].map(({ id }) => id)).toEqual(made.map(({ id }) => id).reverse());
    expect(two.next_cursor).toBeNull();
    const elsewhere = await api("GET", `${linksOf(cma)}?cursor=${one.next_cursor}`, { token });
    expect(elsewhere.body.code).toBe("invalid_cursor");
  });

  test("prints no PDF for whom it was not meant: after a thousand views it answers the page alone", async () => {
    const link = await share();
    await change(linkKey(nameOf(link)), { views: 1000 });
    const { status, headers } = await api("GET", pathOf(link), { headers: { accept: "application/pdf" } });
    expect([status, headers.get("content-type")]).toEqual([200, "text/html; charset=utf-8"]);
  });

  test("that is deleted opens nothing from the next request on, and cannot be deleted again", async () => {
    const [link, other] = [await share(), await share()];
    expect((await api("GET", pathOf(link))).status).toBe(200);
    const path = `${linksOf(cma)}/${link.id}`;
    await expectStatus(204, "DELETE", path, { token: agent.token });
    await expectClosed(tokenOf(link));
    await expectStatus(404, "DELETE", path, { token: agent.token });
    expect((await listed()).map(({ id }: Link) => id)).not.toContain(link.id);
    expect((await api("GET", pathOf(other))).status).toBe(200);

    const unrevoked = await seeing(({ revoked_at: _, ...item }) => item as Item);
    const opened = await unrevoked({ params: { token: tokenOf(link) } });
    expect(opened.status, "sabotage: were the revocation not looked at").toBe(200);
  });

  test("that has expired opens nothing, though it stands in the table", async () => {
    const link = await share();
    await change(linkKey(nameOf(link)), { expires_at: new Date(Date.now() - 1000).toISOString() });
    await expectClosed(tokenOf(link));
    expect(await viewsOf(link)).toBe(0);

    const later = new Date(Date.now() + 60_000).toISOString();
    const unexpired = await seeing((item) => (item.id === link.id ? { ...item, expires_at: later } : item));
    const opened = await unexpired({ params: { token: tokenOf(link) } });
    expect(opened.status, "sabotage: were the expiry not looked at").toBe(200);
  });

  test("ends with its agent's account and with its property", async () => {
    const leaving = await addUser(admin, "agent");
    const theirs = await anAnalysis(leaving);
    await approve(theirs, leaving);
    const link = await share(theirs, {}, leaving);
    expect((await api("GET", pathOf(link))).status).toBe(200);
    const user = (await stored(userRecord, admin.brokerage.id, leaving.user.id))!;
    await overwrite(userRecord, { ...user, is_active: false });
    await expectClosed(tokenOf(link));
    await overwrite(userRecord, user);
    expect((await api("GET", pathOf(link))).status).toBe(200);
    await expectStatus(204, "DELETE", `/v1/properties/${theirs.property_id}`, {
      token: leaving.token,
      headers: { "if-match": '"1"' },
    });
    await expectClosed(tokenOf(link));
  });
});

test("the log of an analysis has its links among its versions, newest first, on whatever pages", async () => {
  const fresh = await anAnalysis(agent);
  await approve(fresh);
  const link = await share(fresh);
  const { token } = agent;
  const shares = `/v1/cmas/${fresh.id}/shares/user/${admin.user.id}`;
  await expectStatus(200, "PUT", shares, { token, body: { access: "read" } });
  await expectStatus(204, "DELETE", `${linksOf(fresh)}/${link.id}`, { token });
  await settledLog(admin);
  const asked = { entity: "cma", id: fresh.id };
  const { items } = await ok(
    client.listAuditEvents({ token: admin.token, query: { ...asked, limit: "100" } }),
  );
  const told = items.map(({ type, version, changes: [change] }) => [type, version, change?.field]);
  const approved = items[3]!.version!;
  expect(told.slice(0, 4)).toEqual([
    ["share_removed", null, `link:${link.id}`],
    ["share_added", approved + 1, "shares"],
    ["share_added", null, `link:${link.id}`],
    ["record_changed", approved, expect.any(String)],
  ]);
  expect(told.at(-1)).toEqual(["record_created", 1, undefined]);
  const paged: number[] = [];
  let cursor: string | null | undefined;
  do {
    const query: object = { ...asked, limit: "2", ...(cursor ? { cursor } : {}) };
    const page = await ok(client.listAuditEvents({ token: admin.token, query }));
    paged.push(...page.items.map(({ sequence }) => sequence));
    cursor = page.next_cursor;
  } while (cursor);
  expect(paged).toEqual(items.map(({ sequence }) => sequence));
});

describe("a forged link", () => {
  /** A token with another signature: well formed, and of a link that stands. */
  function signedWith(key: string | Buffer, link: Link): string {
    const { brokerage_id, cma_id, id } = nameOf(link);
    const name = Buffer.from([brokerage_id, cma_id, id].join("").replaceAll("-", ""), "hex");
    const mac = createHmac("sha256", key).update(name).digest().subarray(0, 16);
    return Buffer.concat([name, mac]).toString("base64url");
  }

  test("opens nothing, counts nothing, and is refused like all others", async () => {
    const [link, other] = [await share(), await share()];
    const token = tokenOf(link);
    const bytes = Buffer.from(token, "base64url");
    const flipped = Array.from({ length: bytes.length }, (_, at) => {
      const copy = Buffer.from(bytes);
      copy[at]! ^= 1;
      return copy.toString("base64url");
    });
    const { cursor_key } = (await table.get<Item & Policy>(policyKey(admin.brokerage.id)))!;
    const foreign = (await table.get<Item & Policy>(policyKey((await signUp()).brokerage.id)))!;
    const tail = Buffer.from(tokenOf(other), "base64url").subarray(48);
    const respelt = `${token.slice(0, -1)}${String.fromCharCode(token.charCodeAt(85) + 1)}`;
    const forged = [
      ...flipped,
      signedWith(cursor_key, link),
      linkToken(nameOf(link), foreign.cursor_key),
      Buffer.concat([bytes.subarray(0, 48), tail]).toString("base64url"),
      Buffer.concat([bytes.subarray(0, 48), randomBytes(16)]).toString("base64url"),
      bytes.subarray(0, 48).toString("base64url"),
      bytes.subarray(0, 63).toString("base64url"),
      randomBytes(64).toString("base64url"),
      `${token}A`,
      `${token}=`,
      token.slice(0, -1),
      respelt,
      "x",
      "..%2f..",
      "%00",
      encodeURIComponent("😀"),
    ];
    for (const one of forged) await expectClosed(one);
    expect([await viewsOf(link), await viewsOf(other)]).toEqual([0, 0]);
    expect((await api("GET", pathOf(link))).status).toBe(200);
  });

  test("costs one read, of the key; sabotage: were its key the brokerage's, it would open", async () => {
    const link = await share();
    const attackers = "a key of the attacker's own";
    const token = linkToken(nameOf(link), attackers);
    await expectClosed(token);

    const reads: Key[] = [];
    const watched = await inProcess(
      withTable(getSharedReport as unknown as Operation, (real): Table => {
        return {
          get(key) {
            reads.push(key);
            return real.get(key);
          },
          getMany: () => Promise.reject(new Error("many reads")),
          query: () => Promise.reject(new Error("a query")),
          commit: () => Promise.reject(new Error("a write")),
        };
      }),
    );
    reads.length = 0;
    expect((await watched({ params: { token } })).status).toBe(404);
    expect(reads).toEqual([policyKey(admin.brokerage.id)]);

    const believing = await seeing((item) =>
      item.sk === "policy" ? { ...item, cursor_key: attackers } : item,
    );
    expect((await believing({ params: { token } })).status).toBe(200);
  });
});

describe("the count of views", () => {
  test("that fails does not fail the page", async () => {
    const link = await share();
    const broken = await inProcess(
      withTable(getSharedReport as unknown as Operation, (real) => ({
        ...real,
        commit: () => Promise.reject(new Error("no writes today")),
      })),
    );
    const answer = await broken({ params: { token: tokenOf(link) } });
    expect([answer.status, answer.body.includes("Suggested price")]).toEqual([200, true]);
    expect(await viewsOf(link)).toBe(0);
  });

  test("takes a write that was sent again for one view; sabotage: without its condition for two", async () => {
    const link = await share();
    const stored = (await table.get<StoredLink>(linkKey(nameOf(link))))!;
    const { now, written } = invocation("test", null);
    await table.commit([countView(stored, now, written)]);
    await expect(table.commit([countView(stored, now, written)])).rejects.toThrow(ConditionFailed);
    expect(await viewsOf(link)).toBe(1);
    await unconditional(table).commit([countView(stored, now, written)]);
    expect(await viewsOf(link)).toBe(2);
  });
});

describe("who may", () => {
  test("approve, share, list and end: the agent and the office; for others it does not exist", async () => {
    const link = await share();
    const body = {};
    const calls = [
      ["POST", `/v1/cmas/${cma.id}/approve`, undefined],
      ["POST", linksOf(cma), body],
      ["GET", linksOf(cma), undefined],
      ["DELETE", `${linksOf(cma)}/${link.id}`, undefined],
    ] as const;
    const [colleague, client, foreigner] = [
      await addUser(admin, "agent"),
      await addUser(admin, "client"),
      await signUp(),
    ];
    for (const [method, path, body] of calls) {
      for (const { token } of [colleague, foreigner])
        expect((await api(method, path, { token, body })).status, `${method} ${path}`).toBe(404);
      expect((await api(method, path, { token: client.token, body })).status).toBe(403);
    }
    expect((await api("GET", pathOf(link))).status).toBe(200);
    const employee = await addUser(admin, "employee");
    const theirs = await share(cma, {}, employee);
    expect(theirs.created_by).toBe(employee.user.id);
    await expectStatus(204, "DELETE", `${linksOf(cma)}/${theirs.id}`, { token: employee.token });
  });

  test("read the report and no more: with whom the analysis is only shared, whose share would end and a link not", async () => {
    const fresh = await anAnalysis(agent);
    await approve(fresh);
    const link = await share(fresh);
    const { user, token } = await addUser(admin, "agent");
    const calls = [
      ["GET", linksOf(fresh), undefined],
      ["POST", linksOf(fresh), {}],
      ["DELETE", `${linksOf(fresh)}/${link.id}`, undefined],
    ] as const;
    for (const [access, refusal] of [
      ["read", 404],
      ["write", 403],
    ] as const) {
      await expectStatus(200, "PUT", `/v1/cmas/${fresh.id}/shares/user/${user.id}`, {
        token: agent.token,
        body: { access },
      });
      await expectStatus(200, "GET", `/v1/cmas/${fresh.id}/report`, { token });
      for (const [method, path, body] of calls)
        expect((await api(method, path, { token, body })).status, `${access}: ${method}`).toBe(refusal);
    }
    expect(await listed(fresh)).toEqual([link]);
  });

  test("end a link: only under the analysis it belongs to", async () => {
    const [link, mine] = [await share(), await anAnalysis(agent)];
    await expectStatus(404, "DELETE", `${linksOf(mine)}/${link.id}`, { token: agent.token });
    expect((await api("GET", pathOf(link))).status).toBe(200);
  });
});
