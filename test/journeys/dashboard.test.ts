import { randomBytes } from "node:crypto";
import { beforeAll, describe, expect, test } from "vitest";
import { createDashboardLink } from "../../functions/analytics/create-dashboard-link.ts";
import { getDashboard } from "../../functions/analytics/get-dashboard.ts";
import { policyKey } from "../../shared/data/brokerages.ts";
import { signDashboardToken } from "../../shared/data/dashboard-links.ts";
import type { Item, Key } from "../../shared/data/table.ts";
import type { Subject, ViewName } from "../../shared/domain/analytics/views.ts";
import { dayIn, daysAfter } from "../../shared/domain/days.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { userRecord } from "../../shared/domain/user.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { meter } from "../bench/meter.ts";
import { putBucket } from "../buckets.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { inProcess, table, withTable } from "../in-process.ts";
import { fill } from "../properties.ts";
import { makeOlder, overwrite, stored } from "../records.ts";
import { anotherSession } from "../sessions.ts";

type Admin = Awaited<ReturnType<typeof signUp>>;

let admin: Admin;
let ana: SignedIn;
let ben: SignedIn;
let team_id: string;
/** In Los Angeles, where brokerages are unless they say otherwise. */
const today = dayIn("America/Los_Angeles", new Date());
const words = { ana: `Ana${unique()}`, ben: `Ben${unique()}`, team: `Team${unique()}` };

const tokenOf = ({ url }: { url: string }) => url.split("/").at(-1)!;
const pathOf = (link: { url: string }) => new URL(link.url).pathname;
const linkFor = ({ token }: SignedIn) => expectStatus(201, "POST", "/v1/dashboard/links", { token });
const textOf = (page: string) =>
  page
    .replace(/<style>.*?<\/style>/s, "")
    .replace(/<[^>]+>/g, " ")
    .replace(/\s+/g, " ");
/** The text of somebody's dashboard. */
async function pageFor(who: SignedIn, query = ""): Promise<string> {
  const link = await linkFor(who);
  return textOf(await expectStatus(200, "GET", `${pathOf(link)}${query}`));
}
async function expectClosed(path: string): Promise<void> {
  const { status, body, headers } = await api("GET", path);
  expect([status, body.code]).toEqual([404, "not_found"]);
  expect(headers.get("cache-control")).toBe("no-store");
}
const count = (view: ViewName, subject: Subject, counts: Record<string, number>, more = {}) =>
  putBucket(admin.brokerage.id, { view, subject, day: today }, counts, more);

async function rename({ user }: SignedIn, first_name: string): Promise<void> {
  await overwrite(userRecord, { ...(await stored(userRecord, admin.brokerage.id, user.id))!, first_name });
}

beforeAll(async () => {
  admin = await signUp();
  [ana, ben] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  await Promise.all([rename(ana, words.ana), rename(ben, words.ben)]);
  ({ id: team_id } = await expectStatus(201, "POST", "/v1/teams", {
    token: admin.token,
    body: { name: words.team },
  }));
  const leads = {
    office: 41,
    [`user:${ana.user.id}`]: 23,
    [`user:${ben.user.id}`]: 17,
    [`team:${team_id}`]: 31,
  };
  for (const [subject, number] of Object.entries(leads))
    await count(
      "agent-performance",
      subject as Subject,
      { leads: number, responded: 2, contacts: 5, volume: 987_654 },
      {
        samples: { response_minutes: { [number]: 2 } },
      },
    );
  await count("listing-performance", "office", { views: 613 });
  await count("lead-conversion", "office", { leads: 41, responded: 20, met: 10 });
  await count("lead-conversion", "source:zillow", { leads: 41, responded: 20, met: 10 });
  await count("lead-conversion", "band:warm", { leads: 8, responded: 8 });
  const stock = { new: 3, warm: 4, hot: 5, cold: 66, age_cold: 12 };
  await count("pipeline", "office", {}, { stock });
});

describe("a link to a dashboard", () => {
  test("opens the office's page, which nobody keeps, and which runs and fetches nothing", async () => {
    const link = await linkFor(admin);
    const hours = (Date.parse(link.expires_at) - Date.now()) / 3_600_000;
    expect(hours).toBeGreaterThan(11.9);
    expect(hours).toBeLessThanOrEqual(12);
    const { status, headers, body } = await api("GET", pathOf(link));
    expect(status).toBe(200);
    expect(headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(headers.get("cache-control")).toBe("no-store");
    expect(headers.get("referrer-policy")).toBe("no-referrer");
    expect(headers.get("content-security-policy")).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'/,
    );
    expect(body).not.toMatch(/<(script|link|img|iframe)|\sstyle="/);
    const text = textOf(body);
    for (const said of [
      "The office this week",
      admin.brokerage.name,
      "41 min",
      "$987,654",
      "613",
      "zillow",
      "48.8%",
    ])
      expect(text, said).toContain(said);
    for (const said of [
      words.ana,
      words.ben,
      "warm 8 100.0%",
      "Cold 66 12",
      "America/Los_Angeles",
      "(definition 1)",
    ])
      expect(text, said).toContain(said);
  });

  test("is stored nowhere, and is another each time", async () => {
    const [one, other] = [await linkFor(admin), await linkFor(await anotherSession(admin))];
    expect(one.url).not.toBe(other.url);
    const headers = { "idempotency-key": unique() };
    const again = () => expectStatus(201, "POST", "/v1/dashboard/links", { token: admin.token, headers });
    const [first, second] = [await again(), await again()];
    expect(second).toEqual(first);
    const { pk } = { pk: `${admin.brokerage.id}#user#${admin.user.id}` };
    const { items } = await table.query({
      KeyConditionExpression: "pk = :pk",
      ExpressionAttributeValues: { ":pk": pk },
    });
    const all = JSON.stringify(items);
    expect(all).toContain(first.expires_at);
    for (const link of [one, other, first]) expect(all).not.toContain(tokenOf(link));
  });

  test("is for people who read numbers: neither for clients nor for API keys", async () => {
    const { token } = await addUser(admin, "client");
    expect((await api("POST", "/v1/dashboard/links", { token })).status).toBe(403);
    const body = { name: "All numbers", grants: ["analytics:read:brokerage"] };
    const { key } = await expectStatus(201, "POST", "/v1/api-keys", { token: admin.token, body });
    expect((await api("POST", "/v1/dashboard/links", { token: key })).status).toBe(403);
    expect((await api("POST", "/v1/dashboard/links")).status).toBe(401);
  });
});

describe("whose numbers", () => {
  test("an agent's own, and nobody else's", async () => {
    const text = await pageFor(ana);
    expect(text).toContain("Your week");
    expect(text).toContain("23 min");
    for (const said of [words.ben, "41 min", "17 min", "613", "zillow", "First response by agent"])
      expect(text, said).not.toContain(said);
    const link = await linkFor(ana);
    await expectClosed(`${pathOf(link)}?user_id=${ben.user.id}`);
    await expectClosed(`${pathOf(link)}?team_id=${team_id}`);
    const { status, body } = await api("GET", `${pathOf(link)}?user_id=nobody`);
    expect([status, body.code]).toEqual([400, "invalid_input"]);
  });

  test("the whole office's for an employee, and each agent's behind their name", async () => {
    const employee = await addUser(admin, "employee");
    expect(await pageFor(employee)).toContain("The office this week");
    const link = await linkFor(employee);
    const page = await expectStatus(200, "GET", pathOf(link));
    const [query] = page.match(new RegExp(`\\?user_id=${ben.user.id}`));
    const text = textOf(await expectStatus(200, "GET", `${pathOf(link)}${query}`));
    expect(text).toContain(`This week of ${words.ben}`);
    expect(text).toContain("17 min");
    expect(text).toContain("The whole office");
    expect(text).not.toContain(words.ana);
    await expectClosed(`${pathOf(link)}?user_id=${(await signUp()).user.id}`);
  });

  test("a team's for its lead, as long as they lead it", async () => {
    const lead = (is_lead: boolean) =>
      expectStatus(200, "PUT", `/v1/teams/${team_id}/members/${ana.user.id}`, {
        token: admin.token,
        body: { is_lead },
      });
    await lead(true);
    const link = await linkFor(ana);
    expect(textOf(await expectStatus(200, "GET", pathOf(link)))).toContain(`Team ${words.team}`);
    const text = textOf(await expectStatus(200, "GET", `${pathOf(link)}?team_id=${team_id}`));
    expect(text).toContain(`This week of ${words.team}`);
    expect(text).toContain("31 min");
    await lead(false);
    await expectClosed(`${pathOf(link)}?team_id=${team_id}`);
    expect(textOf(await expectStatus(200, "GET", pathOf(link)))).not.toContain(`Team ${words.team}`);
  });

  test("never another brokerage's", async () => {
    const other = await signUp();
    const text = await pageFor(other);
    expect(text).toContain("What to do first");
    for (const said of [admin.brokerage.name, words.ana, words.ben]) expect(text).not.toContain(said);
  });
});

describe("a dashboard ends", () => {
  test("with its session, at the next request; others of the same person stay", async () => {
    const [one, other] = [await anotherSession(ana), await anotherSession(ana)];
    const [ending, staying] = [await linkFor(one), await linkFor(other)];
    await expectStatus(200, "GET", pathOf(ending));
    await expectStatus(204, "POST", "/v1/auth/logout", { token: one.token });
    await expectClosed(pathOf(ending));
    await expectStatus(200, "GET", pathOf(staying));

    const believing = await seeing((item) => ("is_active" in item ? { ...item, is_active: true } : item));
    const opened = await believing({ params: { token: tokenOf(ending) } });
    expect(opened.status, "sabotage: were the session not looked at").toBe(200);
  });

  test("with its user's account, password, and right to read numbers", async () => {
    const leaving = await addUser(admin, "agent");
    const link = await linkFor(leaving);
    const user = (await stored(userRecord, admin.brokerage.id, leaving.user.id))!;
    for (const changes of [
      { is_active: false },
      { role: "client" as const },
      { password_version: user.password_version + 1 },
    ]) {
      await overwrite(userRecord, { ...user, ...changes });
      await expectClosed(pathOf(link));
      await overwrite(userRecord, user);
      await expectStatus(200, "GET", pathOf(link));
    }
  });

  test("after twelve hours", async () => {
    const link = await linkFor(ana);
    const call = await inProcess(getDashboard as unknown as Operation);
    const at = (milliseconds: number) => new Date(Date.parse(link.expires_at) + milliseconds);
    expect((await call({ params: { token: tokenOf(link) }, now: at(-1000) })).status).toBe(200);
    expect((await call({ params: { token: tokenOf(link) }, now: at(0) })).status).toBe(404);
  });
});

test("a forged link opens nothing, and costs one request", async () => {
  const link = await linkFor(admin);
  const bytes = Buffer.from(tokenOf(link), "base64url");
  const flipped = [0, 17, 33, 48, 53, 54, 69].map((at) => {
    const copy = Buffer.from(bytes);
    copy[at]! ^= 1;
    return copy.toString("base64url");
  });
  const { cursor_key } = (await table.get<Item & { cursor_key: string }>(
    policyKey((await signUp()).brokerage.id),
  ))!;
  const { sid } = JSON.parse(Buffer.from(admin.token.split(".")[1]!, "base64url").toString());
  const reader = { brokerage_id: admin.brokerage.id, user_id: admin.user.id, session_id: sid };
  const until = new Date(link.expires_at);
  const forged = [
    ...flipped,
    signDashboardToken(reader, until, cursor_key),
    signDashboardToken({ ...reader, user_id: ana.user.id }, until, "a key of the attacker's own"),
    bytes.subarray(0, 54).toString("base64url"),
    randomBytes(70).toString("base64url"),
    `${tokenOf(link)}A`,
    "x",
    "%00",
  ];
  for (const token of forged) await expectClosed(`/v1/dashboards/${token}`);
  const call = await inProcess(getDashboard as unknown as Operation);
  const { requests } = await meter(() => call({ params: { token: forged[0]! } }));
  expect(requests.filter(({ action }) => action !== "GetItem").length).toBeLessThanOrEqual(1);
  expect((await api("GET", pathOf(link))).status).toBe(200);

  const own = (await table.get<Item & { cursor_key: string }>(policyKey(admin.brokerage.id)))!.cursor_key;
  const known = await api("GET", `/v1/dashboards/${signDashboardToken(reader, until, own)}`);
  expect(known.status, "sabotage: with the brokerage's key it would open").toBe(200);
});

describe("what needs a person today", () => {
  let office: Admin;
  let agent: SignedIn;
  beforeAll(async () => {
    office = await signUp();
    agent = await addUser(office, "agent");
  });
  const seen = (who: SignedIn, said: string, isThere = true) =>
    waitFor(async () => ((await pageFor(who)).includes(said) === isThere ? true : undefined));

  test("a lead that nobody has answered, until somebody calls", async () => {
    const name = `Nora ${unique()}`;
    const body = { source: "website", person: { name, email: `${unique()}@leads.example` } };
    const { client } = await expectStatus(201, "POST", "/v1/leads", { token: office.token, body });
    const past = { ...body, person: { name: `Past ${name}`, email: `${unique()}@leads.example` } };
    const occurred_at = new Date(Date.now() - 3 * 86_400_000).toISOString();
    await expectStatus(201, "POST", "/v1/leads", { token: office.token, body: { ...past, occurred_at } });
    await seen(office, `${name} website Una agent 0 min`);
    expect(await pageFor(office)).not.toContain(past.person.name);
    await seen(agent, name);
    const call = { type: "call" };
    await expectStatus(201, "POST", `/v1/clients/${client.id}/interactions`, {
      token: agent.token,
      body: call,
    });
    await seen(office, name, false);
  });

  test("a task that is overdue, until it is done; an agent sees own ones only", async () => {
    const title = `Disclosures ${unique()}`;
    const due_date = new Date(Date.now() - 3 * 3_600_000).toISOString();
    const { token } = office;
    const task = await expectStatus(201, "POST", "/v1/tasks", {
      token,
      body: { title, due_date, priority: "urgent" },
    });
    await seen(office, `${title} urgent Ada Admin 3 h`);
    expect(await pageFor(agent)).not.toContain(title);
    await makeOlder(taskRecord, office.brokerage.id, task.id, 0, { status: "completed", progress: 100 });
    await seen(office, title, false);
  });

  test("a listing that nobody has looked at for two weeks, until somebody does", async () => {
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    const of = (address: string, days: number) => ({
      address,
      created: daysAgo(days),
      owner: agent.user.id as string,
    });
    const [quiet, fresh] = [`${unique()} Linden Ave N`, `${unique()} N 78th St`];
    const [listing] = await fill(office, [of(quiet, 30), of(fresh, 3)]);
    await seen(agent, `${quiet} Una agent 30 days`);
    expect(await pageFor(office)).not.toContain(fresh);
    const subject = `property:${listing!.id}` as const;
    const bucket = (day: string, counts: Record<string, number>) =>
      putBucket(office.brokerage.id, { view: "listing-performance", subject, day }, counts);
    // A change of the price is nobody's interest, and a view of last month is too long ago.
    await bucket(daysAfter(today, -2), { price_changes: 1 });
    await bucket(daysAfter(today, -20), { views: 4 });
    expect(await pageFor(office)).toContain(quiet);
    await bucket(daysAfter(today, -13), { views: 1 });
    await seen(office, quiet, false);
  });

  test("and the page costs as many requests as it says, whatever the number of events", async () => {
    await fill(
      office,
      Array.from({ length: 60 }, (_, at) => ({
        ...{ address: `${at} Fremont Ave N`, created: new Date(Date.now() - 20 * 86_400_000) },
      })),
    );
    await seen(office, "Fremont Ave N");
    const link = await linkFor(office);
    const call = await inProcess(getDashboard as unknown as Operation);
    const { result, requests } = await meter(() => call({ params: { token: tokenOf(link) } }));
    expect(result.status).toBe(200);
    const asked = Object.groupBy(requests, ({ action }) => action);
    // The reader; brokerage and teams; the clients; the names.
    expect(asked.BatchGetItem?.length).toBeLessThanOrEqual(4);
    // Seven of numbers, four of lists, fifty of listings.
    expect(asked.Query?.length).toBe(61);
    const units = requests.reduce((sum, { readUnits }) => sum + readUnits, 0);
    expect(units).toBeLessThanOrEqual(60);
    expect(requests.every(({ writeUnits }) => writeUnits === 0)).toBe(true);
  });
});

/** The operation in this process, seeing its items otherwise. */
const seeing = (change: (item: Item) => Item) =>
  inProcess(
    withTable(getDashboard as unknown as Operation, (real) => ({
      ...real,
      async getMany(keys: readonly Key[]) {
        return (await real.getMany(keys)).map((item) => item && change(item));
      },
    })),
  );

test("the link has the gateway's own address, whatever host a header names", async () => {
  const call = await inProcess(createDashboardLink as unknown as Operation);
  const headers = { host: "evil.example", "x-forwarded-host": "evil.example" };
  const { status, body } = await call({ token: admin.token, headers });
  expect([status, new URL(body.url).host]).toEqual([201, "in-process.example"]);
});
