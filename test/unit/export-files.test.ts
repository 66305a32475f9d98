import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import * as z from "zod/mini";
import { recordsOf } from "../../shared/data/export-list.ts";
import { exportSources } from "../../shared/data/export-rows.ts";
import { createRecord } from "../../shared/data/records.ts";
import type { Item, Key, TableQuerier } from "../../shared/data/table.ts";
import type { Caller } from "../../shared/domain/access.ts";
import { asWritten, columnsOf, harmless, headerLine, rowLine } from "../../shared/domain/export/csv.ts";
import { fileFormat } from "../../shared/domain/export/format.ts";
import { exportResourceNames, type StoredExport } from "../../shared/domain/export.ts";
import { csvRecords } from "../../shared/domain/import/csv.ts";
import { NewExport } from "../../shared/domain/new-export.ts";
import { newTask, taskRecord } from "../../shared/domain/task.ts";
import { invocation } from "../../shared/entry/invocation.ts";

const schema = z.object({
  id: z.string(),
  note: z.nullable(z.string()),
  location: z.nullable(z.object({ lat: z.number(), lng: z.number() })),
  tags: z.array(z.string()),
  changes: z.optional(z.array(z.object({ field: z.string() }))),
  custom: z.record(z.string(), z.union([z.string(), z.number()])),
  is_open: z.boolean(),
});
const columns = columnsOf(schema, { custom: ["pet", "budget"] });

const row = {
  ...{ id: "1", note: null, location: { lat: 47.6, lng: -122.3 }, tags: ["a", "b c"] },
  ...{ changes: [{ field: "price" }], custom: { budget: -5, stray: "x" }, is_open: false },
};

test("columns are the fields, those of an object under their own names, and those that a brokerage defined", () => {
  expect(headerLine(columns)).toBe(
    "id,note,location_lat,location_lng,tags,changes,custom_pet,custom_budget,is_open\r\n",
  );
  expect(rowLine(columns, row)).toBe('1,,47.6,-122.3,a; b c,"[{""field"":""price""}]",,-5,false\r\n');
});

test("what a spreadsheet would run is text; numbers stay numbers, whatever their sign", () => {
  const texts = ["=1+1", "+12065550142", "-3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1"];
  for (const text of texts) expect(harmless(text)).toBe(`'${text}`);
  for (const text of ["1-1", "a=b", "'tis", ""]) expect(harmless(text)).toBe(text);
  expect(rowLine(columns, { ...row, note: '=HYPERLINK("http://x")' })).toContain(
    `,"'=HYPERLINK(""http://x"")",`,
  );
  expect(rowLine(columns, { ...row, tags: ["=1", "b"] })).toContain(",'=1; b,");
});

/** Cells as a reader of RFC 4180 takes them. */
async function cellsOf(text: string): Promise<string[][]> {
  const records: string[][] = [];
  async function* body() {
    yield Buffer.from(text);
  }
  for await (const { value } of csvRecords(body(), 0)) records.push(value);
  return records;
}

test("every text comes back from a file as it was, and no cell begins as a formula", async () => {
  const texts = fc.array(
    fc.oneof(
      fc.string({ unit: "grapheme" }),
      fc.string({ unit: fc.constantFrom("=", "'", "+", '"', ",", "\r", "\n", "\t", "a") }),
    ),
    { minLength: 1, maxLength: 5 },
  );
  await fc.assert(
    fc.asyncProperty(texts, async (values) => {
      const fields = Object.fromEntries(values.map((_, at) => [`c${at}`, z.string()]));
      const file = fileFormat("csv", z.object(fields));
      const written =
        file.begin + file.row(Object.fromEntries(values.map((value, at) => [`c${at}`, value])), 0);
      const [, cells = values.map(() => "")] = await cellsOf(written);
      expect(cells.map(asWritten)).toEqual(values);
      for (const cell of cells) expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
    }),
    { numRuns: 500 },
  );
});

describe("a file of no rows", () => {
  test.each(exportResourceNames)("of %s is a header, or an empty list", (resource) => {
    const csv = fileFormat("csv", exportSources[resource].schema);
    expect(csv.begin + csv.end).toMatch(/^\ufeff(sequence|id),[a-z_,]+\r\n$/);
    const json = fileFormat("json", exportSources[resource].schema);
    expect(JSON.parse(json.begin + json.end)).toEqual([]);
  });
});

test("rows of a JSON file are one list", () => {
  const { begin, row, end } = fileFormat("json", schema);
  expect(JSON.parse(begin + row({ id: 1 }, 0) + row({ id: 2 }, 1) + end)).toEqual([{ id: 1 }, { id: 2 }]);
});

describe("filters are those of the list", () => {
  const parsed = (body: object) => {
    const { success, data, error } = NewExport.safeParse(body);
    return success
      ? data
      : error.issues.map(({ path, keys }: { path: PropertyKey[]; keys?: string[] }) =>
          [...path, ...(keys ?? [])].join("."),
        );
  };
  const asked = (resource: string, filters: object) => parsed({ resource, format: "csv", filters });

  test("numbers are numbers, and the query's rules hold", () => {
    const filters = { status: "sold", min_price: 1, max_price: 2, near: "47.6,-122.3", radius_km: 1.5 };
    expect(asked("property", filters)).toEqual({ resource: "property", format: "csv", filters });
    expect(asked("property", { min_price: "1" })).toEqual(["filters.min_price"]);
    expect(asked("property", { min_price: 2, max_price: 1 })).toEqual(["filters.max_price"]);
    expect(asked("property", { radius_km: 1 })).toEqual(["filters.radius_km"]);
    expect(asked("audit_event", { id: "x" })).toEqual(["filters.id"]);
  });

  test("of interactions, one client", () => {
    const client_id = "019c3b5e-8a40-7d1c-9f2e-4b6a8c0d2e4f";
    expect(asked("interaction", { client_id })).toHaveProperty("filters.client_id", client_id);
    expect(asked("interaction", { client_id: "x" })).toEqual(["filters.client_id"]);
  });

  test("of no other list, and not of pages", () => {
    for (const name of ["limit", "cursor", "sort", "due_before"])
      expect(asked("property", { [name]: "1" })).toEqual([`filters.${name}`]);
    expect(asked("task", { due_before: "2026-01-01T00:00:00Z" })).toHaveProperty("filters.due_before");
  });
});

test("a list of several pages is read to its end, and again record by record: what was deleted since is left out", async () => {
  const [me, brokerage] = [invocation("", null).newId(), invocation("", null).newId()];
  const made = Array.from({ length: 1203 }, (_, at) => {
    const owner_user_id = at === 7 ? brokerage : me;
    const task = newTask({ title: `Task ${at}` }, { owner_user_id, team_id: null });
    return createRecord(taskRecord, brokerage, task, invocation(me, null));
  });
  const items = new Map(
    made.slice(2).map(({ writes }) => {
      const { Item } = (writes[0] as { Put: { Item: Item } }).Put;
      return [Item.pk, Item] as const;
    }),
  );
  const table = { getMany: async (keys: readonly Key[]) => keys.map(({ pk }) => items.get(pk)) };
  const page = async (
    _: TableQuerier,
    { query }: { query: { limit: number; cursor?: string | undefined } },
  ) => {
    const from = Number(query.cursor ?? 0);
    const end = from + query.limit;
    const found = made.slice(from, end).map(({ record }) => ({ id: record.id }));
    return { items: found, next_cursor: end < made.length ? String(end) : null };
  };
  const caller: Caller = {
    ...{ brokerage_id: brokerage, user_id: me, role: "agent", team_ids: [] },
    grants: ["task:read:own"],
  };
  const job = { brokerage_id: brokerage, resource: "task", filters: {} } as StoredExport;
  const reading = { job, caller, now: new Date() };
  const titles: string[] = [];
  const done: number[] = [];
  for await (const part of recordsOf(table as TableQuerier, taskRecord, page, reading)) {
    titles.push(...part.rows.map(({ title }) => title));
    done.push(part.done);
  }
  // Two are gone, one has become somebody else's.
  expect(titles).toEqual(made.map((_, at) => `Task ${at}`).filter((_, at) => at > 1 && at !== 7));
  expect(done).toEqual([0, 0, 500 / 1203, 1000 / 1203, 1]);
});

test("a number in a filter has no more places than a query's: the table holds not every double", () => {
  const { data } = NewExport.safeParse({
    resource: "property",
    format: "csv",
    filters: { min_price: 5.4e-323, max_price: 1.123456789 },
  });
  expect(data?.filters).toEqual({ min_price: 0, max_price: 1.12345679 });
});
