import { parse } from "csv-parse/sync";
import { expectStatus, reach, waitFor } from "./cloud.ts";

/** Asks for an export; answers it as queued. */
export const startExport = (token: string, body: object) =>
  expectStatus(202, "POST", "/v1/exports", { token, body: { format: "csv", ...body } });

/** Waits until an export has ended and answers it. */
export const exportEnded = (token: string, id: string, seconds = 60) =>
  waitFor(async () => {
    const job = await expectStatus(200, "GET", `/v1/exports/${id}`, { token });
    return ["completed", "failed"].includes(job.status) ? job : undefined;
  }, seconds);

/** The file behind a link, as its text. */
export async function fileAt(url: string): Promise<{ readonly headers: Headers; readonly text: string }> {
  const answer = await reach(url);
  if (answer.status !== 200)
    throw new Error(`The file was answered ${answer.status}: ${await answer.text()}`);
  // As bytes: a text's mark would be taken off.
  return { headers: answer.headers, text: Buffer.from(await answer.arrayBuffer()).toString() };
}

/** Exports, and answers the ended export with its file. */
export async function exportFile(token: string, body: object, seconds = 60) {
  const job = await exportEnded(token, (await startExport(token, body)).id, seconds);
  if (job.status !== "completed") throw new Error(`The export failed: ${job.reason}`);
  return { job, ...(await fileAt(job.url)) };
}

/** The rows of a CSV file, by the names of its columns. */
export const rowsIn = (text: string): Record<string, string>[] =>
  parse(text, { bom: true, columns: true, record_delimiter: "\r\n" });
