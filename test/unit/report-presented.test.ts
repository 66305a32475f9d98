import { expect, test } from "vitest";
import { recordKey, toItem } from "../../shared/data/record-item.ts";
import type { ReadSigner } from "../../shared/data/signed-urls.ts";
import type { Item, Key, TableQuerier } from "../../shared/data/table.ts";
import { brokerageRecord } from "../../shared/domain/brokerage.ts";
import { Cma, cmaRecord, type StoredCma } from "../../shared/domain/market-analysis.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import { userRecord } from "../../shared/domain/user.ts";
import { readPresented } from "../../shared/report/presented.ts";
import { readReport } from "../../shared/report/read-report.ts";
import { reportFor } from "../reports.ts";

const [brokerage, property, agent, boss] = ["office", "home", "agent", "boss"];
const { analysis, sales } = reportFor();
const now = new Date("2026-04-02T09:00:00Z");
const files = { sign: async (key: string) => `https://files.example/${key}` } as unknown as ReadSigner;

/** The records of one home, and the table that reads them; `change` writes a record over. */
function office() {
  const items = new Map<string, { readonly listed: object }>();
  const at = ({ pk, sk }: Key) => `${pk} ${sk}`;
  const change = (type: { readonly name: string }, id: string, fields: object) => {
    const key = recordKey(brokerage, type, id);
    const { listed } = items.get(at(key)) ?? {};
    items.set(at(key), { listed: { ...listed, ...fields } });
  };
  change(brokerageRecord, brokerage, { name: "Harbour Homes", accent_color: "#123456" });
  change(propertyRecord, property, {
    title: "Loft",
    address: "12 Pier Road",
    city: "Astoria",
    state_or_province: "DE",
    country: "US",
  });
  change(userRecord, agent, { first_name: "Ida", last_name: "Moss", email: "ida@harbour.example" });
  change(userRecord, boss, { first_name: "Theo", last_name: "Lund", email: "theo@harbour.example" });
  const photos = ["front", "garden"].map((id, order) => ({
    id,
    brokerage_id: brokerage,
    type: "image",
    status: "ready",
    order,
    created_at: "2026-01-01T00:00:00.000Z",
  }));
  const table = {
    get: async (key: Key) => items.get(at(key)),
    query: async () => ({
      items: photos.map(({ id, ...listed }) => ({ id, listed })) as unknown as Item[],
      last: undefined,
    }),
  } as unknown as TableQuerier;
  return { table, change, photos };
}

const draft = { brokerage_id: brokerage, property_id: property, owner_user_id: agent } as StoredCma;
const approval = { approved_at: "2026-04-01T12:00:00.000Z", approved_by: boss };

/** Approves, then changes every record that the report names. */
async function approvedAndChanged() {
  const { table, change, photos } = office();
  const presented = await readPresented(table, { ...draft, ...approval });
  change(brokerageRecord, brokerage, { name: "Not Harbour Homes", accent_color: "#ff0000" });
  change(propertyRecord, property, {
    address: "13 Other Road",
    city: "Elsewhere",
    state_or_province: "WA",
  });
  change(userRecord, agent, { first_name: "Mallory", email: "mallory@harbour.example" });
  change(userRecord, boss, { last_name: "Nobody" });
  photos.splice(0, 1, { ...photos[0]!, id: "someone-elses-house" });
  return { table, presented };
}

const said = (cma: StoredCma, table: TableQuerier) => readReport(cma, analysis, sales, { table, files, now });

test("the report of an approved analysis says what was approved; a photo deleted since is left out", async () => {
  const { table, presented } = await approvedAndChanged();
  expect(await said({ ...draft, ...approval, presented }, table)).toMatchObject({
    brokerage: { name: "Harbour Homes", accent: "#123456" },
    agent: { name: "Ida Moss", email: "ida@harbour.example" },
    home: { title: "12 Pier Road", lines: ["Astoria, DE"], state: "DE" },
    country: "US",
    photos: ["https://files.example/office/garden/large"],
    approved: { at: approval.approved_at, by: "Theo Lund" },
  });
});

test("sabotage: without what was stored with the approval it says what the records say now", async () => {
  const { table } = await approvedAndChanged();
  const now = await said({ ...draft, ...approval }, table);
  expect(now.brokerage.name).toBe("Not Harbour Homes");
  expect(now.home.title).toBe("13 Other Road");
  expect(now.agent.name).toBe("Mallory Moss");
  expect(now.photos[0]).toContain("someone-elses-house");
});

test("a draft follows the records", async () => {
  const { table } = await approvedAndChanged();
  expect(await said(draft, table)).toMatchObject({ home: { title: "13 Other Road" }, approved: null });
});

test("what is stored stays small, out of lists and out of answers", async () => {
  const { table } = office();
  const presented = await readPresented(table, { ...draft, ...approval });
  expect(JSON.stringify(presented).length).toBeLessThan(1000);
  const item: Item = toItem(cmaRecord, { ...draft, ...approval, presented });
  expect(item.listed).not.toHaveProperty("presented");
  expect(item.detail).toHaveProperty("presented");
  expect(Object.keys(Cma.shape)).not.toContain("presented");
});
