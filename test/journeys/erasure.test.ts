import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, expect, test } from "vitest";
import type * as z from "zod/mini";
import type { Client, NewClient } from "../../shared/domain/client.ts";
import { verifyLog } from "../../shared/domain/log-chain.ts";
import { client, ok, refused } from "../client.ts";
import { addUser, cloud, type SignedIn, signUp, unique, waitFor } from "../cloud.ts";
import { importFile } from "../imports.ts";
import { entriesIn, settledLog } from "../logs.ts";
import { ask, at, proposedFor } from "../proposals.ts";
import { snapshot } from "../prove/snapshot.ts";

let admin: Awaited<ReturnType<typeof signUp>>;
let agent: SignedIn;
beforeAll(async () => {
  admin = await signUp();
  agent = await addUser(admin, "agent");
});

type Named = Pick<Client, "id">;
const add = (body: z.input<typeof NewClient>, headers = {}) =>
  ok(client.createClient({ token: agent.token, body, headers }));
const erase = ({ token }: SignedIn, { id }: Named) =>
  client.eraseClient({ token, params: { client_id: id } });
const erased = (one: Named, seconds = 60) =>
  waitFor(async () => {
    const erasure = await ok(erase(admin, one));
    if (erasure.status === "failed") throw new Error(erasure.reason!);
    return erasure.status === "completed" ? erasure : undefined;
  }, seconds);

/** Everything of the brokerage in the table and in the bucket that says one of some words, by what it is. */
async function saying(words: readonly string[]): Promise<string[]> {
  const lower = words.map((word) => word.toLowerCase());
  const says = (text: string) => lower.some((word) => text.toLowerCase().includes(word));
  const items = [...(await snapshot())].filter(
    ([key, item]) => key.includes(admin.brokerage.id) && says(JSON.stringify(item)),
  );
  const files = readdirSync(join(cloud.data, "s3"), { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile())
    .map((file) => join(file.parentPath, file.name))
    .filter((path) => says(readFileSync(path, "utf8")));
  const kinds = items.map(([key]) => {
    const [pk = "", sk = ""] = key.split("\n");
    return `${pk.split("#")[1]} ${sk.split("#")[0]!.replace(/\d+/, "")}`.trim();
  });
  return [...new Set([...kinds, ...files.map(() => "file")])].sort();
}

test("an erased client is gone from everything that was stored, and the log holds together", async () => {
  const secret = unique();
  const [first, second] = [`zeb-${secret}@quill.example`, `z2-${secret}@quill.example`];
  const words = [secret, "quillfeather", "2065550187"];
  const { token } = agent;
  const headers = { "idempotency-key": unique() };
  const body = { name: `Zebulon Quillfeather`, email: first, phone: "+12065550187", tags: [`met ${secret}`] };
  const zeb = await add(body, headers);
  const twin = await add({ name: "Z. Quillfeather", email: second });
  const other = await add({ name: "Ada Byron", email: `ada-${unique()}@quill.example` });
  const params = { client_id: zeb.id };

  const parted = await ok(
    client.mergeClients({ token, params: { client_id: other.id }, body: { from: [zeb.id] } }),
  );
  await ok(client.undoMerge({ token, params: { merge_id: parted.merge_id } }));
  const { merge_id } = await ok(
    client.mergeClients({ token, params, body: { from: [twin.id], keep: { name: twin.id } } }),
  );
  const { version } = await ok(client.getClient({ token, params }));
  await ok(client.updateClient({ token, params, version, body: { name: `Zeb Quillfeather ${secret}` } }));
  const said = { type: "note" as const, notes: `Likes ${secret}` };
  const notes = [
    await ok(client.createInteraction({ token, params, body: said })),
    await ok(client.createInteraction({ token, params, body: said })),
  ];
  const [changed, deleted] = notes.map(({ id }) => ({ interaction_id: id }));
  await ok(
    client.updateInteraction({ token, params: changed!, version: 1, body: { notes: `Hates ${secret}` } }),
  );
  await ok(client.deleteInteraction({ token, params: deleted!, version: 1 }));
  const task = await ok(
    client.createTask({ token, body: { title: `Call Quillfeather ${secret}`, client_id: zeb.id } }),
  );
  const gone = await ok(
    client.createTask({ token, body: { title: `Write to Quillfeather ${secret}`, client_id: zeb.id } }),
  );
  await ok(client.deleteTask({ token, params: { task_id: gone.id }, version: 1 }));
  const { user } = admin;
  const grantee = { grantee_kind: "user", grantee_id: user.id as string };
  await ok(client.putClientShare({ token, params: { ...params, ...grantee }, body: { access: "read" } }));
  const exported = await ok(
    client.createExport({ token: admin.token, body: { resource: "client", format: "csv" } }),
  );
  await waitFor(async () => {
    const { status } = await ok(client.getExport({ token: admin.token, params: { export_id: exported.id } }));
    return status === "completed" ? true : undefined;
  });
  // One import changes the client, one says what is known, and one is about somebody else.
  const rows = [
    `Zebulon Quillfeather,${first},imported`,
    `Z Q,${second},`,
    `Ada Byron,ada-${unique()}@quill.example,`,
  ];
  for (const row of rows) await importFile(admin.token, `name,email,tags\n${row}\n`, { resource: "client" });
  await settledLog(admin);
  const before = await saying(words);

  await refused("forbidden", erase(agent, zeb));
  await refused("merged", erase(admin, twin));
  const erasure = await ok(erase(admin, zeb));
  expect(erasure).toMatchObject({ client_id: zeb.id, clients: 2 });
  for (const id of [zeb.id, twin.id])
    await refused("not_found", client.getClient({ token: admin.token, params: { client_id: id } }));
  const ended = await erased(zeb);
  expect(ended).toMatchObject({ interactions: 2, tasks: 2, answers: 1, files: 3 });
  expect(ended.log_entries).toBeGreaterThan(3);

  expect(before).toEqual([
    ...["client before", "client ended-words", "client for", "client lookup", "client record", "file"],
    ...["interaction record", "log", "merge record", "task ended-words", "task record", "user answer"],
    "word word",
  ]);
  expect(await saying(words)).toEqual([]);
  expect(await saying(["ada byron"])).toContain("file");
  const log = await entriesIn(admin.brokerage.id);
  expect(await verifyLog(admin.brokerage.id, log, [])).toMatchObject({ entries: log.length });
  expect((await verifyLog(admin.brokerage.id, log, [])).fault).toBeUndefined();
  expect(
    log
      .filter(({ type }) => type === "erased")
      .map(({ entity }) => entity)
      .sort(),
  ).toEqual(["client", "client", "interaction", "interaction", "task", "task"]);
  await refused("invalid_transition", client.undoMerge({ token: admin.token, params: { merge_id } }));
  await refused("erased", client.createClient({ token, body, headers }));
  await add({ name: "Somebody else", email: first });
  expect(await ok(client.getTask({ token, params: { task_id: task.id } }))).toMatchObject({
    ...{ title: "Erased", description: null, client_id: null },
  });
  expect(await ok(client.getClient({ token, params: { client_id: other.id } }))).toMatchObject({
    name: "Ada Byron",
  });
});

test("what an assistant wrote and proposed about a client goes along", async () => {
  const word = unique();
  const { token } = agent;
  const [added] = (await proposedFor(agent, { operation_id: "createClient", body: { name: `Zeb ${word}` } }))
    .proposals;
  const done = await ok(client.approveProposal({ token, ...at(added!) }));
  const zeb = { id: String(done.result?.id) };
  const params = { client_id: zeb.id };
  const { request } = await proposedFor(
    agent,
    { operation_id: "updateClient", params, body: { lead_source: word } },
    { operation_id: "createTask", body: { title: `Call ${word}`, ...params } },
    { operation_id: "createTask", body: { title: "Order the sign" } },
  );
  const payload = { kind: "follow_up_email" as const, ...params, goal: `Invite ${word}` };
  await ask(agent, {}, { source: "content", request_payload: payload });
  await settledLog(admin);
  expect(await saying([word])).toEqual(
    expect.arrayContaining(["ai_request record", "client record", "proposal record"]),
  );
  await ok(erase(admin, zeb));
  await erased(zeb);
  expect(await saying([word])).toEqual([]);
  const { items } = await ok(client.listProposals({ token, params: { ai_request_id: request.id } }));
  expect(items.map(({ request }) => request.body)).toEqual([{ title: "Order the sign" }]);
});
