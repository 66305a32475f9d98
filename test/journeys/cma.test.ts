import { extractImages, extractText, getDocumentProxy } from "unpdf";
import { beforeAll, expect, test } from "vitest";
import { getWholeCma } from "../../shared/data/cmas.ts";
import { analyse } from "../../shared/domain/cma/analyse.ts";
import { analysed, listFor } from "../analyses.ts";
import { addUser, api, expectStatus, type SignedIn, signUp } from "../cloud.ts";
import { drawing } from "../hostile-uploads.ts";
import { table } from "../in-process.ts";
import { fill } from "../properties.ts";
import { everyFifth, soldHouses } from "../sales.ts";
import { upload } from "../uploads.ts";

const sales = everyFifth(soldHouses("98103", "98115"));
const effective_date = "2015-05-01";

let brokerage: { readonly id: string };
let admin: SignedIn;
let agent: SignedIn;

const cmasOf = (property: string) => `/v1/properties/${property}/cmas`;

beforeAll(async () => {
  const office = await signUp();
  brokerage = office.brokerage;
  admin = office;
  agent = await addUser(admin, "agent");
  await fill(office, sales);
});

test("an agent asks for an analysis and can defend it line by line", async () => {
  const sold = sales.findLast(
    ({ close_date, size_sqft }) => close_date > effective_date && size_sqft < 3000,
  )!;
  const property = await listFor(agent, sold, 600_000);
  const cma = await analysed(agent, cmasOf(property), { effective_date });

  expect(cma).toMatchObject({
    status: "completed",
    reason: null,
    effective_date,
    currency: "USD",
    asking_price: null,
  });
  const { analysis } = cma;
  expect(Math.abs(analysis.suggested_price / sold.price - 1)).toBeLessThan(0.3);
  expect(cma.suggested_price).toBe(analysis.suggested_price);
  expect(analysis.comps.length).toBeGreaterThanOrEqual(5);
  for (const { sale, adjustments, adjusted_price, distance_km } of analysis.comps) {
    expect(sale.sale_date < effective_date).toBe(true);
    expect(distance_km).toBeLessThan(15);
    const sum = adjustments.reduce((total: number, { amount }: { amount: number }) => total + amount, 0);
    expect(Math.round(sale.price) + sum).toBe(adjusted_price);
  }
  const columns = [...analysis.comps, ...(analysis.neighbourhood ? [analysis.neighbourhood] : [])];
  const total = columns.reduce((sum, { weight, adjusted_price }) => sum + weight * adjusted_price, 0);
  expect(Math.abs(total - cma.suggested_price)).toBeLessThan(1);
  expect(cma.price_range.low).toBeLessThan(cma.suggested_price);
  expect(cma.price_range.high).toBeGreaterThan(cma.suggested_price);
  expect(analysis.rejected.length).toBeGreaterThan(50);
  expect(analysis.recommendations.length).toBeGreaterThan(0);

  const listed = await expectStatus(200, "GET", `/v1/properties/${property}/cmas`, { token: agent.token });
  expect(listed.items.map(({ id }: { id: string }) => id)).toEqual([cma.id]);
});

test("the report is a page that names every comparable, fetches nothing and runs nothing", async () => {
  const property = await listFor(agent, sales.at(-1)!, 500_000);
  const path = `/v1/properties/${property}/cmas`;
  const queued = await expectStatus(202, "POST", path, {
    token: agent.token,
    body: { effective_date: "2015-04-01" },
  });
  const early = await api("GET", `/v1/cmas/${queued.id}/report`, { token: agent.token });
  if (early.status !== 200) expect([early.status, early.body.code]).toEqual([409, "not_completed"]);
  const cma = await analysed(agent, cmasOf(property), { effective_date });
  const page = await expectStatus(200, "GET", `/v1/cmas/${cma.id}/report`, { token: agent.token });
  for (const { sale } of cma.analysis.comps) expect(page).toContain(sale.address);
  expect(page).toContain(`$${cma.suggested_price.toLocaleString("en-US")}`);
  expect(page).toContain("not an appraisal");
  expect(page).toContain("@font-face");
  expect(page).not.toMatch(/<script|<link|@import|src=/);
  expect(page.length).toBeLessThan(500_000);
});

test("the same as a PDF where Accept asks for one, in the brokerage's colour and with its photos", async () => {
  const { body, headers } = await api("GET", "/v1/brokerage", { token: admin.token });
  expect(body.accent_color).toBeNull();
  await expectStatus(200, "PATCH", "/v1/brokerage", {
    token: admin.token,
    headers: { "if-match": headers.get("etag")! },
    body: { accent_color: "#7A1F3D" },
  });
  const property = await listFor(agent, sales.at(-5)!, 500_000);
  const photo = await drawing(1200, 800).jpeg().toBuffer();
  await upload(
    agent.token,
    property,
    { type: "image", content_type: "image/jpeg", file_name: "front.jpg" },
    photo,
  );
  const cma = await analysed(agent, `/v1/properties/${property}/cmas`, { effective_date });
  const path = `/v1/cmas/${cma.id}/report`;
  const report = (accept?: string) =>
    api("GET", path, { token: agent.token, ...(accept && { headers: { accept } }) });

  const pdf = await report("application/pdf");
  expect(pdf.headers.get("content-type")).toBe("application/pdf");
  expect(pdf.headers.get("content-disposition")).toMatch(
    /^inline; filename="market-analysis-for-sale-house-\d+-2015-05-01\.pdf"$/,
  );
  const document = await getDocumentProxy(pdf.body);
  expect(document.numPages).toBeGreaterThanOrEqual(6);
  const { text } = await extractText(document, { mergePages: true });
  expect(text).toContain(`$${cma.suggested_price.toLocaleString("en-US")}`);
  for (const { sale } of cma.analysis.comps) expect(text).toContain(sale.address);
  expect(await extractImages(document, 1)).toHaveLength(1);

  await expectStatus(200, "POST", `/v1/cmas/${cma.id}/approve`, { token: admin.token });
  const link = await expectStatus(201, "POST", `/v1/cmas/${cma.id}/links`, { token: agent.token, body: {} });
  const shared = await fetch(link.url, { headers: { accept: "application/pdf" } });
  const { text: approved } = await extractText(await getDocumentProxy(await shared.bytes()), {
    mergePages: true,
  });
  expect(text).toContain("not yet approved by a person");
  expect(approved).not.toContain("not yet approved by a person");
  expect(approved).toContain("by Ada Admin");

  const html = await report("text/html, application/pdf;q=0.9");
  expect(html.body).toContain("--brand: #7a1f3d");
  for (const accept of [undefined, "*/*", "image/png"])
    expect((await report(accept)).headers.get("content-type")).toBe("text/html; charset=utf-8");
});

test("it can be computed again from what is stored, bit for bit", async () => {
  const property = await listFor(agent, sales.at(-1)!, 500_000);
  const cma = await analysed(agent, cmasOf(property), { effective_date, asking_price: 550_000 });
  const stored = await getWholeCma(table, brokerage.id, cma.id);
  expect(JSON.parse(JSON.stringify(analyse(stored!.inputs!)))).toEqual(cma.analysis);
});

test("the asking price decides the position and never the suggestion", async () => {
  const property = await listFor(agent, sales.at(-2)!, 500_000);
  const [low, none, high] = await Promise.all(
    [{ asking_price: 100_000 }, {}, { asking_price: 5_000_000 }].map((body) =>
      analysed(agent, cmasOf(property), { effective_date, ...body }),
    ),
  );
  expect(new Set([low, none, high].map(({ suggested_price }) => suggested_price)).size).toBe(1);
  expect([low, none, high].map(({ market_position }) => market_position)).toEqual(["below", null, "above"]);
});

test("without sales, or without a place, it fails and says why", async () => {
  const lonely = await signUp();
  const { price } = sales[0]!;
  const property = await listFor(lonely, sales[0]!, price);
  const none = await analysed(lonely, cmasOf(property), {});
  expect(none).toMatchObject({ status: "failed", suggested_price: null, analysis: null });
  expect(none.reason).toMatch(/no sale/i);

  const body = { title: "Nowhere", property_type: "house", price };
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token: lonely.token, body });
  expect((await analysed(lonely, cmasOf(id), {})).reason).toMatch(/location/);
});

test("with two sales it is completed, at a low confidence and says why; years later without a price", async () => {
  const small = await signUp();
  await fill(small, sales.slice(-2));
  const property = await listFor(small, sales.at(-3)!, 500_000);
  const cma = await analysed(small, cmasOf(property), { effective_date: "2015-06-15" });
  expect(cma.status).toBe("completed");
  expect(cma.confidence).toBeLessThanOrEqual(0.4);
  expect(cma.analysis.confidence_reasons.length).toBeGreaterThan(0);

  const today = await analysed(small, cmasOf(property), {});
  expect(today).toMatchObject({
    status: "completed",
    suggested_price: null,
    confidence: null,
    analysis: null,
  });
  expect(today.reason).toMatch(/more than 24 months before/);
  for (const [method, path] of [
    ["POST", "approve"],
    ["GET", "report"],
  ] as const) {
    const { status, body } = await api(method, `/v1/cmas/${today.id}/${path}`, { token: small.token });
    expect([status, body.code, body.detail]).toEqual([409, "not_completed", today.reason]);
  }
});

test("the home's own earlier sale is shown as what it is and is no comparable", async () => {
  const before = sales.findLast(({ close_date }) => close_date < effective_date)!;
  const property = await listFor(agent, before, 600_000);
  const { analysis } = await analysed(agent, cmasOf(property), { effective_date });
  expect(analysis.earlier_sales).toMatchObject([{ sale_date: before.contract_date, price: before.price }]);
  const [{ id }] = analysis.earlier_sales;
  expect(analysis.comps.map(({ sale }: { sale: { id: string } }) => sale.id)).not.toContain(id);
});

test("what others may not see does not exist for them", async () => {
  const property = await listFor(agent, sales.at(-4)!, 500_000);
  const cma = await analysed(agent, cmasOf(property), { effective_date });
  const [colleague, client, foreigner] = [
    await addUser(admin, "agent"),
    await addUser(admin, "client"),
    await signUp(),
  ];
  for (const { token } of [colleague, client, foreigner])
    expect((await api("GET", `/v1/cmas/${cma.id}`, { token })).status).toBe(404);
  expect((await api("GET", `/v1/cmas/${cma.id}`, { token: admin.token })).status).toBe(200);
  const seen = await expectStatus(200, "GET", `/v1/properties/${property}/cmas`, { token: colleague.token });
  expect(seen.items).toEqual([]);
  const path = `/v1/properties/${property}/cmas`;
  expect((await api("POST", path, { token: client.token, body: {} })).status).toBe(403);
  expect((await api("POST", path, { token: foreigner.token, body: {} })).status).toBe(404);
});
