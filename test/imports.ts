import { expectStatus, waitFor } from "./cloud.ts";
import { send } from "./uploads.ts";

/** Announces a file and uploads it; answers the import as announced. */
export async function startImport(token: string, file: string | Buffer, over: object = {}) {
  const bytes = Buffer.from(file);
  const announced = await expectStatus(201, "POST", "/v1/imports", {
    token,
    body: { resource: "property", format: "csv", size_bytes: bytes.length, ...over },
  });
  const sent = await send(announced.upload, bytes);
  if (sent.status !== 200) throw new Error(`The upload was answered ${sent.status}: ${await sent.text()}`);
  return announced.import;
}

/** Waits until an import, or its undo, has ended and answers it. */
export const ended = (token: string, id: string, seconds = 60) =>
  waitFor(async () => {
    const job = await expectStatus(200, "GET", `/v1/imports/${id}`, { token });
    return ["completed", "failed", "undone"].includes(job.status) ? job : undefined;
  }, seconds);

/** Imports a file and answers the ended import. */
export const importFile = async (token: string, file: string | Buffer, over: object = {}, seconds = 60) =>
  ended(token, (await startImport(token, file, over)).id, seconds);

/** Undoes an import and answers it once that has ended. */
export async function undo(token: string, id: string) {
  await expectStatus(202, "POST", `/v1/imports/${id}/undo`, { token });
  return ended(token, id);
}
