import { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import { ingestUpload } from "../functions/media/ingest-upload.ts";
import { Leased } from "../shared/data/jobs.ts";
import type { Table } from "../shared/data/table.ts";
import { invocation } from "../shared/entry/invocation.ts";
import { cloud, expectStatus, reach } from "./cloud.ts";
import { type HostileUpload, mark } from "./hostile-uploads.ts";
import { inParallel } from "./identity-attacks.ts";
import { table } from "./in-process.ts";
import { changesOf } from "./stream.ts";
import { upload } from "./uploads.ts";

/** A property to hang media on; answers its id. */
export async function newProperty(token: string): Promise<string> {
  const body = { title: "12 Alder Street", property_type: "house", price: 750_000, status: "active" };
  return (await expectStatus(201, "POST", "/v1/properties", { token, body })).id;
}

/** How many results the worker has written for each media of a brokerage, by id, counted in the table's stream. */
export async function resultsOf(brokerageId: string): Promise<Map<string, number>> {
  const results = new Map<string, number>();
  for (const { after } of await changesOf(brokerageId))
    if (
      after?.sk === "record" &&
      after.entity === "media" &&
      after.written.by === "ingestUpload" &&
      after.listed.status !== "processing"
    )
      results.set(after.id, (results.get(after.id) ?? 0) + 1);
  return results;
}

/**
 * Delivers one upload `times` at once to the worker, in this process and on a table that `change` may weaken. The
 * bytes come from here, so that no notice reaches the worker in the cloud.
 */
export async function deliverAtOnce(
  times: number,
  media: { readonly brokerage_id: string; readonly id: string },
  bytes: Buffer,
  change: (table: Table) => Table,
): Promise<void> {
  const { arrived, files, unwanted } = ingestUpload.access;
  const doors = {
    table: change(table),
    uploads: {
      stream: async () => ({ body: Readable.from([bytes]), size_bytes: bytes.length }),
      bytes: async () => bytes,
    },
    arrived: arrived.open(cloud.bucketName),
    files: files.open(cloud.bucketName),
    unwanted: unwanted.open(cloud.bucketName),
  };
  const deliver = () =>
    ingestUpload.run({
      ...invocation("ingestUpload", null),
      ...doors,
      message: [media],
      lastTry: false,
      secondsLeft: 60,
    });
  // One that finds the upload taken by another comes again later.
  const taken = (error: unknown) => {
    if (!(error instanceof Leased)) throw error;
  };
  await Promise.all(Array.from({ length: times }, () => deliver().catch(taken)));
}

/**
 * Uploads each attack over HTTP and reads what is then served: what became of it, and every way in which a reader's
 * browser would have met the payload.
 */
export async function attack(token: string, uploads: readonly HostileUpload[]) {
  const property = await newProperty(token);
  const types: Partial<Record<string, string>> = { "application/pdf": "doc", "video/mp4": "video" };
  return inParallel(uploads.length, 6, async (at) => {
    const { name, content_type, bytes } = uploads[at]!;
    const announced = { type: types[content_type] ?? "image", content_type, file_name: "attack" };
    const { status, reason, urls } = await upload(token, property, announced, bytes);
    const leaks: string[] = [];
    for (const url of Object.values<string>(urls ?? {})) {
      const answer = await reach(url);
      const served = Buffer.from(await answer.arrayBuffer());
      const type = answer.headers.get("content-type");
      const isPicture = type === "image/jpeg" && served[0] === 0xff && served[1] === 0xd8;
      if (answer.headers.get("content-disposition")?.startsWith("attachment")) {
        if (type !== content_type) leaks.push(`a download as ${type}`);
      } else if (!isPicture || served.includes(mark) || served.includes("GPS")) leaks.push(`inline: ${url}`);
    }
    const became = status === "rejected" ? reason : urls.download ? "download" : "clean pictures";
    return { name, became, leaks };
  });
}

/** A table on which `times` deliveries go in step: each reads what stands before any of them has written. */
export function inStep(times: number, table: Table): Table {
  const rounds: PromiseWithResolvers<void>[] = [];
  let reads = 0;
  return {
    ...table,
    async get(key) {
      const item = await table.get(key);
      rounds[Math.floor(reads / times)] ??= Promise.withResolvers();
      const round = rounds[Math.floor(reads++ / times)]!;
      if (reads % times === 0) round.resolve();
      // Who has ended reads no more: the others do not wait for long.
      await Promise.race([round.promise, sleep(2000)]);
      return item as never;
    },
  };
}
