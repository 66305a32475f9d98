import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { readChunk } from "../../shared/domain/import/chunk.ts";
import { propertyFile } from "../../shared/domain/import/property/file.ts";
import { emptySurvey } from "../../shared/domain/import/reading.ts";
import { readRows } from "../../shared/domain/import/rows.ts";
import { surveyed } from "../../shared/domain/import/survey.ts";
import { fileStart } from "../../shared/domain/import/written.ts";

setFlagsFromString("--expose-gc");
const collectGarbage: () => void = runInNewContext("gc");

const header = "id,date,price,bedrooms,bathrooms,sqft_living,lat,long";
const csvRow = (at: number) => `${at},20150301T000000,${400_000 + at},3,2.25,1180,47.5112,-122.257\n`;
const jsonRow = (at: number) => `{"id":${at},"date":"2015-03-01","price":${400_000 + at},"bedrooms":3}\n`;

/** A made file of so many rows as a stream from the bucket, from a byte on, without ever standing in memory. */
function fileOf(format: "csv" | "json", rows: number) {
  const rowOf = format === "csv" ? csvRow : jsonRow;
  const pieces = Math.ceil(rows / 1000);
  const piece = (at: number) => {
    const count = Math.min(1000, rows - at * 1000);
    const body = Array.from({ length: count }, (_, row) => rowOf(at * 1000 + row)).join("");
    return Buffer.from(at === 0 && format === "csv" ? `${header}\n${body}` : body);
  };
  const starts = [0];
  for (let at = 0; at < pieces; at++) starts.push(starts[at]! + piece(at).length);
  async function* from(offset: number) {
    const first = starts.findLastIndex((start) => start <= offset);
    for (let at = first; at < pieces; at++) yield piece(at).subarray(Math.max(0, offset - starts[at]!));
  }
  return { from, size: starts.at(-1)! };
}

/** Reads a whole file chunk by chunk as the worker does; answers the most that was held, in megabytes. */
async function memoryOf(format: "csv" | "json", rows: number): Promise<number> {
  const { from, size } = fileOf(format, rows);
  let at = fileStart;
  let survey = emptySurvey;
  let most = 0;
  let chunks = 0;
  for (let over = false; !over; ) {
    const chunk = await readChunk(from(at.offset), at, {
      format,
      names: propertyFile.fields,
    });
    survey = surveyed(survey, chunk.rows, "2026-01-02", propertyFile.fields);
    const job = { created_at: "2026-01-02T03:04:05.678Z", defaults: {} };
    const { rows: read, failed } = readRows(propertyFile, chunk.rows, job);
    expect([read.length, failed]).toEqual([chunk.rows.length, 0]);
    if (chunks++ % 50 === 0) {
      collectGarbage();
      const { heapUsed, arrayBuffers } = process.memoryUsage();
      most = Math.max(most, (heapUsed + arrayBuffers) / 1e6);
    }
    at = chunk.next;
    over = chunk.ended || at.offset >= size;
  }
  expect(at.row).toBe(rows);
  expect(JSON.stringify(survey).length).toBeLessThan(2000);
  return most;
}

test.each(["csv", "json"] as const)("memory is flat from 1,000 to 1,000,000 rows of %s", async (format) => {
  const few = await memoryOf(format, 1000);
  const many = await memoryOf(format, 1_000_000);
  console.log(`${format}: ${few.toFixed(0)} MB at 1,000 rows, ${many.toFixed(0)} MB at 1,000,000`);
  expect(many - few).toBeLessThan(16);
});
