import { beforeAll, describe, expect, test } from "vitest";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { analysed, listFor } from "../analyses.ts";
import { addUser, api, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { overwrite, stored } from "../records.ts";
import { everyFifth, type SoldHouse, soldHouses } from "../sales.ts";

const sales = everyFifth(soldHouses("98103", "98115"));
const effective_date = "2015-05-01";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
let property: string;
// biome-ignore lint/suspicious/noExplicitAny: the API's record.
let first: any;

beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
  await fill(admin, sales);
  const sold = sales.findLast(
    ({ close_date, size_sqft }) => close_date > effective_date && size_sqft < 3000,
  )!;
  property = await listFor(agent, sold, 600_000);
  first = await analysed(agent, `/v1/properties/${property}/cmas`, { effective_date, asking_price: 650_000 });
});

const pathOf = ({ id }: { id: string }) => `/v1/cmas/${id}/revisions`;
const revised = (cma: { id: string }, body: object, by = agent) => analysed(by, pathOf(cma), body);
// biome-ignore lint/suspicious/noExplicitAny: the API's record.
const idsOf = ({ analysis }: any): string[] =>
  analysis.comps.map(({ sale }: { sale: { id: string } }) => sale.id);
// biome-ignore lint/suspicious/noExplicitAny: the API's record.
const columnOf = ({ analysis }: any, id: string) =>
  analysis.comps.find(({ sale }: { sale: { id: string } }) => sale.id === id);

/** The grid of an answer adds up to the dollar. */
function expectWhole({ analysis, suggested_price }: typeof first): void {
  for (const { sale, adjustments, adjusted_price } of analysis.comps) {
    const sum = adjustments.reduce((total: number, { amount }: { amount: number }) => total + amount, 0);
    expect(Math.round(sale.price) + sum).toBe(adjusted_price);
  }
  const columns = [...analysis.comps, ...(analysis.neighbourhood ? [analysis.neighbourhood] : [])];
  const units = columns.map(({ weight }) => Math.round(weight * 10_000));
  expect(units.reduce((sum, weight) => sum + weight, 0)).toBe(10_000);
  const total = columns.reduce((sum, { adjusted_price }, at) => sum + units[at]! * adjusted_price, 0);
  expect(Math.round(total / 10_000)).toBe(suggested_price);
}

describe("a revision", () => {
  test("is a new analysis over the same sales, with the agent's changes and the difference they make", async () => {
    const [out, kept] = idsOf(first);
    const judged = ["too_different", "too_far"];
    const pinned = first.analysis.rejected.find(({ code }: { code: string }) => judged.includes(code));
    const path = `/comps/${kept}/adjustments/size_sqft`;
    const next = await revised(first, {
      exclude: [out],
      pin: [pinned.id],
      corrections: [
        { path, value: 12_345, reason: "The attic is finished" },
        { path: "/subject/condition", value: 5, reason: "Renovated last year" },
        { path: "/subject/year_built", value: null, reason: "Nobody knows" },
      ],
    });
    expect(next).toMatchObject({
      status: "completed",
      revision_of: first.id,
      property_id: property,
      owner_user_id: agent.user.id,
      effective_date,
      asking_price: 650_000,
      approved_at: null,
    });
    expectWhole(next);
    expect(idsOf(next)).not.toContain(out);
    expect(idsOf(next)).toContain(pinned.id);
    const { subject, rejected, changes, difference } = next.analysis;
    expect(rejected.find(({ id }: { id: string }) => id === out).code).toBe("excluded_by_agent");
    expect(columnOf(next, kept!).adjustments).toContainEqual(
      expect.objectContaining({ line: "size_sqft", amount: 12_345, rate: null, corrected: true }),
    );
    expect(subject.condition).toBe(5);
    expect(subject.year_built).toBeUndefined();
    expect(
      changes.map(({ kind, path, to, reason }: Record<string, unknown>) => [kind, path, to, reason]),
    ).toEqual([
      ["excluded", `/comps/${out}`, null, null],
      ["pinned", `/comps/${pinned.id}`, null, null],
      ["corrected", path, 12_345, "The attic is finished"],
      ["corrected", "/subject/condition", 5, "Renovated last year"],
      ["corrected", "/subject/year_built", null, "Nobody knows"],
    ]);
    expect(typeof changes[2].from).toBe("number");
    expect(difference).toMatchObject({
      cma_id: first.id,
      effective_date,
      suggested_price: first.suggested_price,
      change: next.suggested_price - first.suggested_price,
    });
    expect(difference.comps_removed).toContain(out);
    expect(difference.comps_added).toContain(pinned.id);

    const { body: before } = await api("GET", `/v1/cmas/${first.id}`, { token: agent.token });
    expect(before).toEqual(first);
    const page = await expectStatus(200, "GET", `/v1/cmas/${next.id}/report`, { token: agent.token });
    expect(page).toContain(`$${next.suggested_price.toLocaleString("en-US")}`);
  });

  test("of a revision keeps the earlier changes; the last word about a sale or a path counts", async () => {
    const [one, two] = idsOf(first);
    const size = (value: number) => ({ path: "/subject/size_sqft", value, reason: `Measured ${value}` });
    const second = await revised(first, { exclude: [one], pin: [two], corrections: [size(2000)] });
    const third = await revised(second, { exclude: [two], pin: [one], corrections: [size(2100)] });
    const kinds = ({ analysis }: typeof first) =>
      analysis.changes.map(({ kind, path, to }: Record<string, unknown>) => [kind, path, to]);
    expect(kinds(third)).toEqual([
      ["excluded", `/comps/${two}`, null],
      ["pinned", `/comps/${one}`, null],
      ["corrected", "/subject/size_sqft", 2100],
    ]);
    expect(third).toMatchObject({ revision_of: second.id });
    expect(third.analysis.difference.cma_id).toBe(second.id);
    expect(third.analysis.changes[2].from).toBe(first.analysis.subject.size_sqft);
    expectWhole(third);
  });

  test("reads no sale anew, and is computed again from what is stored, bit for bit", async () => {
    const exclude = idsOf(first).slice(0, 2);
    const before = await getWholeCma(table, admin.brokerage.id, first.id);
    const { lat, lon } = before!.inputs!.subject;
    const day = "2015-04-20";
    const place = { lat, lng: lon };
    const nextDoor: SoldHouse = { ...sales.at(-1)!, location: place, close_date: day, contract_date: day };
    const [added] = await fill(admin, [nextDoor]);
    const next = await revised(first, { exclude });
    const stored = await getWholeCma(table, admin.brokerage.id, next.id);
    expect(stored!.inputs!.candidates).toEqual(before!.inputs!.candidates);
    expect(JSON.parse(JSON.stringify(analyse(stored!.inputs!)))).toEqual(next.analysis);

    const fresh = await analysed(agent, `/v1/properties/${property}/cmas`, { effective_date });
    const anew = await getWholeCma(table, admin.brokerage.id, fresh.id);
    expect(anew!.inputs!.candidates.map(({ id }) => id)).toContain(added!.id);
  });

  test("by the office stays the agent's", async () => {
    const employee = await addUser(admin, "employee");
    const next = await revised(first, { exclude: idsOf(first).slice(0, 1) }, employee);
    expect(next.owner_user_id).toBe(agent.user.id);
    expect((await api("GET", `/v1/cmas/${next.id}`, { token: agent.token })).status).toBe(200);
  });

  test("by somebody with whom it is shared is shared with them, too, and not where a share has ended", async () => {
    const own = await analysed(agent, `/v1/properties/${property}/cmas`, { effective_date });
    const [colleague, guest] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
    const shares = {
      [`user:${colleague.user.id}`]: { access: "write" },
      [`user:${guest.user.id}`]: { access: "read", until: new Date(Date.now() - 1000).toISOString() },
    } as const;
    const record = (await stored(cmaRecord, admin.brokerage.id, own.id))!;
    await overwrite(cmaRecord, { ...record, shares });
    const next = await revised(own, { exclude: idsOf(own).slice(0, 1) }, colleague);
    expect(next.owner_user_id).toBe(agent.user.id);
    const { [`user:${guest.user.id}`]: _, ...lasting } = shares;
    expect((await stored(cmaRecord, admin.brokerage.id, next.id))!.shares).toEqual(lasting);
  });

  test("with one Idempotency-Key is one analysis", async () => {
    const body = { exclude: idsOf(first).slice(0, 1) };
    const headers = { "idempotency-key": unique() };
    const ask = () => api("POST", pathOf(first), { token: agent.token, headers, body });
    const one = await ask();
    expect((await ask()).body).toEqual(one.body);
    const other = await api("POST", pathOf(first), {
      token: agent.token,
      headers,
      body: { pin: idsOf(first).slice(0, 1) },
    });
    expect([other.status, other.body.code]).toEqual([422, "idempotency_key_reused"]);
  });

  test("that leaves no sale to compare with is failed and says why", async () => {
    const { inputs } = (await getWholeCma(table, admin.brokerage.id, first.id))!;
    const next = await revised(first, { exclude: inputs!.candidates.map(({ id }) => id) });
    expect(next).toMatchObject({ status: "failed", suggested_price: null });
    expect(next.reason).toMatch(/left out/);
    const again = await api("POST", pathOf(next), {
      token: agent.token,
      body: { pin: idsOf(first).slice(0, 1) },
    });
    expect([again.status, again.body.code]).toEqual([409, "not_completed"]);
  });

  test("of what is not known, or of a wrong kind, is refused by name", async () => {
    const [known] = idsOf(first);
    const stranger = "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f";
    const correction = (path: string, value: unknown, reason: unknown = "Because") => ({
      corrections: [{ path, value, reason }],
    });
    const cases: [string, object][] = [
      ["", {}],
      ["", { exclude: [], corrections: [] }],
      ["/exclude/0", { exclude: [stranger] }],
      ["/exclude/1", { exclude: [known, stranger] }],
      ["/pin/0", { pin: [stranger] }],
      ["/pin/0", { exclude: [known], pin: [known] }],
      ["/corrections/0/path", correction("/subject/colour", "red")],
      ["/corrections/0/path", correction("/subject", 1)],
      ["/corrections/0/path", correction(`/comps/${stranger}/adjustments/size_sqft`, 1)],
      ["/corrections/0/path", correction(`/comps/${known}/adjustments/colour`, 1)],
      ["/corrections/0/path", correction(`/comps/${known}/adjusted_price`, 1)],
      ["/corrections/0/value", correction("/subject/size_sqft", "large")],
      ["/corrections/0/value", correction("/subject/condition", 6)],
      ["/corrections/0/value", correction("/subject/property_type", "castle")],
      ["/corrections/0/value", correction("/subject/bedrooms", true)],
      ["/corrections/0/value", correction(`/comps/${known}/adjustments/size_sqft`, 10.5)],
      ["/corrections/0/value", correction(`/comps/${known}/adjustments/size_sqft`, null)],
      ["/corrections/0/reason", correction("/subject/condition", 4, "")],
      ["/corrections/0/reason", correction("/subject/condition", 4, "x".repeat(501))],
      ["/corrections/0/path", { exclude: [known], ...correction(`/comps/${known}/adjustments/time`, 1) }],
    ];
    for (const [path, body] of cases) {
      const answer = await api("POST", pathOf(first), { token: agent.token, body });
      expect([answer.status, answer.body.errors?.[0]?.path], JSON.stringify(body)).toEqual([400, path]);
    }
  });

  test("of what others may not see does not exist for them", async () => {
    const body = { exclude: idsOf(first).slice(0, 1) };
    const [colleague, client, foreigner] = [
      await addUser(admin, "agent"),
      await addUser(admin, "client"),
      await signUp(),
    ];
    for (const [{ token }, status] of [
      [colleague, 404],
      [client, 403],
      [foreigner, 404],
    ] as const)
      expect((await api("POST", pathOf(first), { token, body })).status).toBe(status);
  });
});

describe("a new run", () => {
  test("shows the difference to the last one of the property, and not to another owner's", async () => {
    const sold = sales.at(-5)!;
    const home = await listFor(agent, sold, 500_000);
    const path = `/v1/properties/${home}/cmas`;
    const earlier = await analysed(agent, path, { effective_date: "2015-03-01" });
    expect(earlier.analysis.difference).toBeNull();
    const later = await analysed(agent, path, { effective_date });
    expect(later.revision_of).toBeNull();
    expect(later.analysis.difference).toMatchObject({
      cma_id: earlier.id,
      effective_date: "2015-03-01",
      suggested_price: earlier.suggested_price,
      change: later.suggested_price - earlier.suggested_price,
    });
    const colleague = await addUser(admin, "agent");
    expect((await analysed(colleague, path, { effective_date })).analysis.difference).toBeNull();
  });
});
