import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { verifyBrokerage, verifyLogs } from "../../infra/log-verification.ts";
import { slugKey } from "../../shared/data/brokerages.ts";
import { readObjects } from "../../shared/data/bucket.ts";
import { checkpointFile, checkpointItem } from "../../shared/data/checkpoints.ts";
import { checkpointKey, entryKey, headKey } from "../../shared/data/log.ts";
import { readSecret } from "../../shared/data/secret.ts";
import type { Key, StoredItem } from "../../shared/data/table.ts";
import type { AuditCheckpoint, CheckpointKey } from "../../shared/domain/audit.ts";
import type { Happening } from "../../shared/domain/log.ts";
import { emptyLog, entryAfter, type Head } from "../../shared/domain/log-chain.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { checkpointSecret, signCheckpoint, verifyCheckpoint } from "../../shared/identity/checkpoints.ts";
import { client, ok } from "../client.ts";
import { brokerageOf, cloud, expectStatus, signUp } from "../cloud.ts";
import { table } from "../in-process.ts";
import { entriesIn, settledLog } from "../logs.ts";

const folder = mkdtempSync(join(tmpdir(), "gable-checkpoints-"));
afterAll(() => rmSync(folder, { recursive: true }));

let office: Awaited<ReturnType<typeof signUp>>;
let brokerageId: string;
let kept: { items: AuditCheckpoint[]; keys: CheckpointKey[] };
beforeAll(async () => {
  office = await signUp();
  brokerageId = brokerageOf(office);
  const { token } = office;
  const task = await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call" } });
  const headers = { "if-match": '"1"' };
  await expectStatus(204, "DELETE", `/v1/tasks/${task.id}`, { token, headers });
  await settledLog(office);
  await cloud.fire("signCheckpoints");
  kept = await ok(client.listAuditCheckpoints({ token }));
});

test("the schedule signs where each log ends, once for the same end, into the table and the bucket", async () => {
  const entries = await entriesIn(brokerageId);
  const [checkpoint] = kept.items;
  expect(checkpoint).toMatchObject({ sequence: entries.length, hash: entries.at(-1)!.hash });
  const { brokerage_id, ...signed } = await verifyCheckpoint(checkpoint!, kept.keys);
  expect([brokerage_id, { ...signed, jws: checkpoint!.jws }]).toEqual([brokerageId, checkpoint]);
  await cloud.fire("signCheckpoints");
  expect((await ok(client.listAuditCheckpoints({ token: office.token }))).items).toEqual(kept.items);
  const file = await readObjects("checkpoints")
    .open(cloud.bucketName)
    .bytes(checkpointFile(brokerageId, checkpoint!).name);
  expect(JSON.parse(String(file))).toEqual({ items: [checkpoint] });
});

test("its key is no key of sessions: replacing that one leaves the checkpoints valid", async () => {
  const { keys } = await ok(client.getJwks());
  expect(kept.keys.map(({ kid }) => kid)).not.toContain(keys[0]!.kid);
  expect(kept.keys[0]).not.toHaveProperty("d");
  const forged = { jws: withoutSignature(kept.items[0]!) };
  await expect(verifyCheckpoint(forged, kept.keys)).rejects.toThrow();
});

const withoutSignature = ({ jws }: Pick<AuditCheckpoint, "jws">) => jws.replace(/\.[^.]+$/, ".AAAA");

test("an operator who rewrites everything is found out by whoever kept a checkpoint, and by nobody else", async () => {
  expect((await verifyBrokerage(table, brokerageId)).fault).toBeUndefined();
  await rewriteEverything();
  // The twin: all that the operator holds agrees, signatures included.
  const rewritten = await verifyBrokerage(table, brokerageId);
  expect(rewritten.fault).toBeUndefined();
  expect(rewritten.checkpoints).toBe(1);

  const found = await verifyBrokerage(table, brokerageId, { checkpoints: kept.items, keys: kept.keys });
  expect(found.fault?.because).toContain(`is not the one that was signed on ${kept.items[0]!.at}`);

  const file = join(folder, "kept.json");
  writeFileSync(file, JSON.stringify(kept));
  const args = ["--table", cloud.tableName, "--brokerage", brokerageId];
  expect(await verify(...args)).toMatchObject({ code: 0, out: expect.stringContaining("hold together") });
  const said = await verify(...args, "--checkpoints", file);
  expect(said).toMatchObject({ code: 1, out: expect.stringContaining("BROKEN at 1") });
});

test("each fault is told of its brokerage, and the others are verified", async () => {
  const offices = [];
  for (let count = 0; count < 4; count++) offices.push(await signUp());
  for (const office of offices) await settledLog(office);
  await cloud.fire("signCheckpoints");
  const [gone, cut, forged, whole] = offices.map(brokerageOf) as [string, string, string, string];
  const checkpoints = (token: string) => ok(client.listAuditCheckpoints({ token }));
  const keptOfGone = await checkpoints(offices[0]!.token);
  const remove = (Key: Key) => table.commit([{ Delete: { Key } }]);

  // All that the table has of it, so that it is as if it had never been.
  const logged = await entriesIn(gone);
  for (const { sequence } of logged) await remove(entryKey(gone, sequence));
  await remove(headKey(gone));
  await remove(checkpointKey(gone, logged.length));
  await remove(slugKey(offices[0]!.brokerage.slug));
  // The last of what was logged since the checkpoint.
  const { length } = await settledLog(offices[1]!);
  await remove(entryKey(cut, length));
  const [signed] = (await checkpoints(offices[2]!.token)).items;
  const { written } = invocation("operator", null);
  const Item = checkpointItem(forged, { ...signed!, jws: withoutSignature(signed!) }, written);
  await table.commit([{ Put: { Item } }]);

  const file = join(folder, "gone.json");
  const items = [...keptOfGone.items, { ...signed, sequence: 7, jws: "nonsense" }];
  writeFileSync(file, JSON.stringify({ ...keptOfGone, items }));
  const { code, out } = await verify("--table", cloud.tableName, "--checkpoints", file);
  expect(code).toBe(1);
  expect(out).toContain(`${gone}: BROKEN at 1: the log ends at 0, but it had ${logged.length} entries`);
  expect(out).toContain(
    `${cut}: BROKEN at ${length}: the log ends at ${length - 1}, but its head says ${length}`,
  );
  const at = signed!.sequence;
  expect(out).toContain(`${forged}: BROKEN at ${at}: no known key signed the checkpoint at ${at}: `);
  expect(out).toContain(`${whole}: ${(await entriesIn(whole)).length} entries hold together`);
  expect(out).toContain("unreadable checkpoints: BROKEN at 7: ");

  // The twin: without what was kept nobody misses it.
  const found: string[] = [];
  for await (const { brokerageId } of verifyLogs(table)) found.push(brokerageId);
  expect(found).toContain(whole);
  expect(found).not.toContain(gone);
});

/** Says that nobody deleted the task: all entries, the head and the checkpoints anew, with the keys of the service. */
async function rewriteEverything(): Promise<void> {
  const put = (Item: StoredItem) => table.commit([{ Put: { Item } }]);
  const entries = await entriesIn(brokerageId);
  let head: Head = emptyLog(brokerageId);
  for (const { particulars = "{}", salt = "", ...entry } of entries) {
    const isDelete = entry.type === "record_deleted";
    const told = { ...entry, ...(isDelete ? { type: "record_changed", change: "changed" } : {}) };
    const happening = { ...told, brokerage_id: brokerageId, particulars: JSON.parse(particulars) };
    const next = entryAfter(head, happening as unknown as Happening, new Date(entry.logged_at), salt);
    await put({ ...entryKey(brokerageId, next.sequence), schema: 1, brokerage_id: brokerageId, ...next });
    head = next;
  }
  const { sequence, hash, logged_at } = head;
  const { written } = invocation("operator", null);
  await put({ ...headKey(brokerageId), schema: 1, sequence, hash, logged_at, written });
  const secret = await checkpointSecret(readSecret("checkpoints").open(cloud.checkpointSecret));
  for (const { sequence, at } of kept.items) {
    await table.commit([{ Delete: { Key: checkpointKey(brokerageId, sequence) } }]);
    const signed = (await entriesIn(brokerageId))[sequence - 1]!;
    await put(
      checkpointItem(brokerageId, await signCheckpoint(secret, brokerageId, signed, new Date(at)), written),
    );
  }
}

const verify = (...args: string[]) =>
  new Promise<{ code: number; out: string }>((done) => {
    const command = resolve(import.meta.dirname, "../../infra/verify-log.ts");
    const env = { ...process.env, ...cloud.environment };
    const child = execFile(process.execPath, [command, ...args], { env }, (_, out, err) =>
      done({ code: child.exitCode ?? -1, out: out + err }),
    );
  });
