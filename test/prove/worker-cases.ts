import { setTimeout as sleep } from "node:timers/promises";
import sharp from "sharp";
import { runAiRequest } from "../../functions/ai/run-ai-request.ts";
import { writeLog } from "../../functions/changes/write-log.ts";
import { runErasure } from "../../functions/clients/run-erasure.ts";
import { fitMarkets } from "../../functions/cma/fit-markets.ts";
import { refitMarkets } from "../../functions/cma/refit-markets.ts";
import { runCma } from "../../functions/cma/run-cma.ts";
import { runExport } from "../../functions/exports/run-export.ts";
import { runHandOver } from "../../functions/identity/run-hand-over.ts";
import { sendMail } from "../../functions/identity/send-mail.ts";
import { runImport } from "../../functions/imports/run-import.ts";
import { moveUnansweredLeads } from "../../functions/leads/move-unanswered-leads.ts";
import { takeEnquiry } from "../../functions/leads/take-enquiry.ts";
import { ingestPicture } from "../../functions/media/ingest-picture.ts";
import { ingestUpload } from "../../functions/media/ingest-upload.ts";
import { removeFiles } from "../../functions/media/remove-files.ts";
import { expireUnfinished } from "../../functions/service/expire-unfinished.ts";
import { migrate } from "../../functions/service/migrate.ts";
import { purgeDeleted } from "../../functions/service/purge-deleted.ts";
import { remindOwners } from "../../functions/tasks/remind-owners.ts";
import { signCheckpoints } from "../../functions/trust/sign-checkpoints.ts";
import { enquiryKey, keepEnquiry } from "../../shared/data/enquiries.ts";
import { countKey } from "../../shared/data/kept-one.ts";
import { checkpointKey, headKey } from "../../shared/data/log.ts";
import { registerMarket } from "../../shared/data/markets.ts";
import { beginPart, directoryPart, lastMigrations } from "../../shared/data/migration-progress.ts";
import { type OpenLead, putOpenLead } from "../../shared/data/open-leads.ts";
import { askForReset } from "../../shared/data/password-resets.ts";
import { recordKey } from "../../shared/data/record-item.ts";
import { changeInTurn, changeRecord } from "../../shared/data/records.ts";
import { reminderKey } from "../../shared/data/reminders.ts";
import { linkKey } from "../../shared/data/share-links.ts";
import type { Item, Key } from "../../shared/data/table.ts";
import { aiRequestRecord } from "../../shared/domain/ai-request.ts";
import { clientRecord } from "../../shared/domain/client.ts";
import { erasureRecord, type Phase, type StoredErasure } from "../../shared/domain/erasure.ts";
import { exportRecord } from "../../shared/domain/export.ts";
import { marketRecord } from "../../shared/domain/fitted-market.ts";
import { handOverRecord, type StoredHandOver } from "../../shared/domain/hand-over.ts";
import { importRecord } from "../../shared/domain/import.ts";
import { interactionRecord } from "../../shared/domain/interaction.ts";
import { receivedLead } from "../../shared/domain/lead.ts";
import { cmaRecord } from "../../shared/domain/market-analysis.ts";
import { mediaRecord } from "../../shared/domain/media.ts";
import { mergeRecord } from "../../shared/domain/merge.ts";
import { pictureRecord } from "../../shared/domain/picture-record.ts";
import { propertyRecord } from "../../shared/domain/property-record.ts";
import type { AnyRecordType } from "../../shared/domain/record-type.ts";
import { taskRecord } from "../../shared/domain/task.ts";
import { userRecord } from "../../shared/domain/user.ts";
import type { StreamConsumer } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { question } from "../ai/asking.ts";
import { addUser, brokerageOf, expectStatus, type SignedIn, signUp, unique } from "../cloud.ts";
import { approve, linkTo, mergeOf, soldNearby, tokenOf } from "../contract/makers.ts";
import type { World } from "../contract/rows.ts";
import { startExport } from "../exports.ts";
import { startHandOver } from "../hand-overs.ts";
import { startImport } from "../imports.ts";
import { table } from "../in-process.ts";
import { invite, mailsTo } from "../mail.ts";
import { olderOffice } from "../older-office.ts";
import { fill } from "../properties.ts";
import { flat, makeDue, makeOlder, overwrite, stored } from "../records.ts";
import { soldHouses } from "../sales.ts";
import { send, versionsOf } from "../uploads.ts";
import { aProperty, type Delivery, now, queued, scheduled, streamed } from "./deliveries.ts";
import { numberWorkers, otherNumberWorkers } from "./number-cases.ts";

/** The migration that users are taken through. */
const migrationOfUsers = lastMigrations().find((one) => one.of === userRecord.name)!.name;

/** Each worker that writes: a job made ready for it, how it is delivered, and when it has ended. */
export const workers: Readonly<Record<string, (world: World) => Promise<Delivery>>> = {
  ...numberWorkers,

  runCma: async (world) => (await anAskedAnalysis(world, await aProperty(world.home.users.admin.token))).job,

  ingestUpload: async (world) => (await aSentPhoto(world, await aProperty(world.home.users.admin.token))).job,

  ingestPicture: async ({ home: { users } }) => (await aSentPicture(await addUser(users.admin, "agent"))).job,

  /** The one before is deleted. */
  async "ingestPicture, another photo"({ home: { users } }) {
    await (await aSentPicture(users.admin)).job.deliver();
    return (await aSentPicture(users.admin)).job;
  },

  async runImport({ home: { users, brokerage } }) {
    const rows = Array.from(
      { length: 12 },
      (_, at) => `${unique()},20150${1 + (at % 9)}01T000000,${300_000 + at}`,
    );
    const { id } = await startImport(users.admin.token, ["id,date,price", ...rows, ""].join("\n"));
    const notice = arrived(`uploads/imports/${brokerage.id}/${id}`);
    return queued(runImport, notice, importEnded(brokerage.id, id));
  },

  "runImport, of clients": async (world) => (await anImportOfClients(world)).job,

  async "runImport, an undo of clients"(world) {
    const { users, brokerage } = world.home;
    const { id, job } = await anImportOfClients(world);
    await job.deliver();
    await expectStatus(202, "POST", `/v1/imports/${id}/undo`, { token: users.admin.token });
    return queued(runImport, { brokerage_id: brokerage.id, id, offset: 0 }, importEnded(brokerage.id, id));
  },

  async runExport({ home: { users, brokerage } }) {
    const { id } = await startExport(users.admin.token, { resource: "task" });
    const key = recordKey(brokerage.id, exportRecord, id);
    return queued(runExport, { brokerage_id: brokerage.id, id }, ended(key));
  },

  async runAiRequest({ home: { users, brokerage } }) {
    const body = question("What is there?");
    const { token } = users.admin;
    const { id } = await expectStatus(202, "POST", "/v1/ai-requests", { token, body });
    const key = recordKey(brokerage.id, aiRequestRecord, id);
    return queued(runAiRequest, { brokerage_id: brokerage.id, id }, ended(key));
  },

  async "expireUnfinished, an export whose file is gone"(world) {
    const { users, brokerage } = world.home;
    // Nothing else is due when it runs.
    await (await scheduled(expireUnfinished, async () => true)).deliver();
    const { export_id: id } = await aWorkedOffExport(users.admin);
    const past = new Date(Date.now() - 60_000);
    const made = (await stored(exportRecord, brokerage.id, id))!;
    await overwrite(exportRecord, { ...made, expires_at: past.toISOString() });
    const settled = async () => (await stored(exportRecord, brokerage.id, id))?.status === "expired";
    return scheduled(expireUnfinished, settled);
  },

  async "runCma, a revision"(world) {
    const { users, brokerage } = world.home;
    const { cma_id } = await aWorkedOffProperty(world);
    const body = { corrections: [{ path: "/subject/size_sqft", value: 1920, reason: "Measured" }] };
    const { token } = users.admin;
    const { id } = await expectStatus(202, "POST", `/v1/cmas/${cma_id}/revisions`, { token, body });
    return queued(runCma, { brokerage_id: brokerage.id, id }, ended(recordKey(brokerage.id, cmaRecord, id)));
  },

  async "runImport, an undo"(world) {
    const { users, brokerage } = world.home;
    const { import_id: id } = await workedOffImport(world);
    await expectStatus(202, "POST", `/v1/imports/${id}/undo`, { token: users.admin.token });
    return queued(runImport, { brokerage_id: brokerage.id, id, offset: 0 }, importEnded(brokerage.id, id));
  },

  async "applyEffects, another price"({ home: { users, brokerage } }) {
    const { token } = users.admin;
    const id = await aProperty(token);
    const key = recordKey(brokerage.id, propertyRecord, id);
    const before = (await table.get(key))!;
    const headers = { "if-match": '"1"' };
    await expectStatus(200, "PATCH", `/v1/properties/${id}`, { token, headers, body: { price: 590_000 } });
    return streamed(before, (await table.get(key))!);
  },

  async "applyEffects, a photo that is ready"(world) {
    const { users, brokerage } = world.home;
    const { media_id, job } = await aSentPhoto(world, await aProperty(users.admin.token));
    await job.deliver();
    const after = (await table.get(recordKey(brokerage.id, mediaRecord, media_id)))!;
    return streamed({ ...after, listed: { ...(after.listed as object), status: "processing" } }, after);
  },

  async "applyEffects, a change of what is purged by now"({ home: { users, brokerage } }) {
    const key = recordKey(brokerage.id, propertyRecord, await aProperty(users.admin.token));
    const item = (await table.get(key))!;
    await (await streamed(undefined, item)).deliver();
    await table.commit([{ Delete: { Key: key } }]);
    return streamed(undefined, { ...item, updated_at: new Date(Date.now() - 3_600_000).toISOString() });
  },

  async "purgeDeleted, a property with media"({ home: { users, brokerage } }) {
    const { token } = users.admin;
    const id = await aProperty(token);
    const body = { type: "image", content_type: "image/jpeg", size_bytes: 1000, file_name: "a.jpg" };
    for (let count = 0; count < 3; count++)
      await expectStatus(201, "POST", `/v1/properties/${id}/media`, { token, body });
    await expectStatus(204, "DELETE", `/v1/properties/${id}`, { token, headers: { "if-match": '"1"' } });
    const key = recordKey(brokerage.id, propertyRecord, id);
    await makeDue(key);
    const settled = async () => !(await table.get(key));
    return scheduled(purgeDeleted, settled);
  },

  async "purgeDeleted, a client with one that was merged into it"(world) {
    const { users, brokerage } = world.home;
    const { token } = users.admin;
    const clients: string[] = [];
    const said: string[] = [];
    for (const body of [{ name: `Nora ${unique()}` }, { name: `Nora ${unique()}` }]) {
      const { id } = await expectStatus(201, "POST", "/v1/clients", { token, body });
      const path = `/v1/clients/${id}/interactions`;
      said.push((await expectStatus(201, "POST", path, { token, body: { type: "call" } })).id);
      clients.push(id);
    }
    const { merge_id } = await mergeOf(world, clients);
    const path = `/v1/clients/${clients[0]}`;
    const { version } = await expectStatus(200, "GET", path, { token });
    await expectStatus(204, "DELETE", path, { token, headers: { "if-match": `"${version}"` } });
    await makeDue(recordKey(brokerage.id, clientRecord, clients[0]!));
    const keys = [
      ...clients.map((id) => recordKey(brokerage.id, clientRecord, id)),
      ...said.map((id) => recordKey(brokerage.id, interactionRecord, id)),
      recordKey(brokerage.id, mergeRecord, merge_id),
    ];
    return scheduled(purgeDeleted, async () => (await table.getMany(keys)).every((item) => !item));
  },

  async "takeEnquiry, of somebody new"(world) {
    // Somebody has had a turn.
    await (await anEnquiry(world, `${unique()}@new.example`)).deliver();
    return anEnquiry(world, `${unique()}@new.example`);
  },

  async "takeEnquiry, of a client"(world) {
    const body = { name: `Nora ${unique()}`, email: `${unique()}@known.example` };
    await expectStatus(201, "POST", "/v1/clients", { token: world.home.users.agent.token, body });
    return anEnquiry(world, body.email);
  },

  moveUnansweredLeads: (world) => anUnansweredLead(world),

  "moveUnansweredLeads, of a team with a lead": (world) => anUnansweredLead(world, { isOfTeam: true }),

  async "applyEffects, a look at a report"(world) {
    const { cma_id, link_id } = await aWorkedOffLink(world);
    const link = (await table.get(linkKey({ brokerage_id: world.home.brokerage.id, cma_id, id: link_id })))!;
    return streamed(link, { ...link, views: Number(link.views) + 1, last_viewed_at: now() });
  },

  async "applyEffects, the first sale of a market"({ home: { users, brokerage } }) {
    // Somewhere where nothing was sold yet.
    const location = { lat: Math.random() * 60, lng: Math.random() * 170 };
    const first = { ...soldHouses("98117")[0]!, location };
    const [sale] = await fill({ ...users.admin, brokerage }, [first]);
    return streamed(undefined, (await table.get(recordKey(brokerage.id, propertyRecord, sale!.id)))!);
  },

  writeLog: async () => (await aFirstEntry()).job,

  fitMarkets: () => aMarket(),

  async "migrate, an office's users"() {
    const office = await olderOffice();
    const message = { migration: migrationOfUsers, run: now(), part: office.brokerage_id };
    await beginPart(table, message.migration, message.part, message.run);
    // The last that it does.
    const key = countKey(office.brokerage_id, "admins");
    return queued(migrate, message, async () => (await table.get(key))?.count === 2);
  },

  async "runHandOver, its search"(world) {
    const { brokerage_id, id } = await anAskedHandOver(world);
    return queued(runHandOver, { brokerage_id, id }, async () => {
      const { batches } = (await stored(handOverRecord, brokerage_id, id))!;
      return batches === 1;
    });
  },

  async "runHandOver, a batch"(world) {
    const { brokerage_id, id } = await anAskedHandOver(world);
    await (await handOverStep(brokerage_id, id, 0)).deliver();
    return handOverStep(brokerage_id, id, 1, ({ records_handed }) => records_handed === 3);
  },

  async "runHandOver, its end"(world) {
    const { brokerage_id, id } = await anAskedHandOver(world);
    for (const step of [0, 1]) await (await handOverStep(brokerage_id, id, step)).deliver();
    return handOverStep(brokerage_id, id, 2, ({ status }) => status === "completed");
  },

  async "runHandOver, an undo"(world) {
    const { hand_over_id: id } = await workedOffHandOver(world);
    const { users, brokerage } = world.home;
    await expectStatus(202, "POST", `/v1/hand-overs/${id}/undo`, { token: users.admin.token });
    return handOverStep(brokerage.id, id, 0, ({ status }) => status === "undone");
  },

  "runErasure, what was said": async () =>
    erasureAt(await signUp(), "search", ({ batches }) => batches === 1),

  "runErasure, kept answers are found": async () =>
    erasureAt(await signUp(), "answers", ({ found }) => found === 1),

  "runErasure, kept answers": async () =>
    erasureAt(await signUp(), "answers", ({ answers }) => answers === 1, { isFound: true }),

  async "runErasure, a file of an export"() {
    const admin = await signUp();
    const { export_id } = await aWorkedOffExport(admin, "client");
    const gone = async () => (await versionsOf(admin.brokerage.id, export_id)).length === 0;
    const isDone = async ({ files }: StoredErasure) => files === 1 && (await gone());
    return erasureAt(admin, "exports", isDone, { isFound: true });
  },

  async "runErasure, a file of an import"() {
    const admin = await signUp();
    const name = `Nora ${unique()}`;
    const { id } = await startImport(admin.token, `name\n${name}\n`, { resource: "client" });
    const gone = async () => (await versionsOf(admin.brokerage.id, id)).length === 0;
    const isDone = async ({ files }: StoredErasure) => files === 1 && (await gone());
    return erasureAt(admin, "imports", isDone, { name, isFound: true });
  },

  "runErasure, what is left": async () => erasureAt(await signUp(), "rest", ({ phase }) => phase === "log"),

  async "applyEffects, a dated task"(world) {
    return streamed(undefined, (await aDatedTask(world, 60)).item);
  },

  async "remindOwners, two tasks of one owner"(world) {
    const tasks = [await aDatedTask(world, -1), await aDatedTask(world, -2)];
    for (const { item } of tasks) await (await streamed(undefined, item)).deliver();
    return scheduled(remindOwners, async () => {
      const reminders = await table.getMany(tasks.map(({ key }) => key));
      return reminders.every((one) => one?.reminded && !one.due_at);
    });
  },

  async "expireUnfinished, a hand-over"(world) {
    const { brokerage_id, id } = await anAskedHandOver(world);
    await makeOlder(handOverRecord, brokerage_id, id, 7 * 60);
    const settled = async () => (await stored(handOverRecord, brokerage_id, id))?.status === "failed";
    return scheduled(expireUnfinished, settled);
  },

  async "expireUnfinished, a share"({ home: { users, brokerage } }) {
    const { token } = users.admin;
    const id = await aProperty(token);
    const until = new Date(Date.now() + 2000).toISOString();
    const path = `/v1/properties/${id}/shares/user/${users.employee.user.id}`;
    await expectStatus(200, "PUT", path, { token, body: { access: "read", until } });
    await sleep(2100);
    const left = async () => Object.keys((await stored(propertyRecord, brokerage.id, id))?.shares ?? {});
    return scheduled(expireUnfinished, async () => (await left()).length === 0);
  },

  async "expireUnfinished, an upload"(world) {
    const { token } = world.home.users.admin;
    const body = { type: "image", content_type: "image/jpeg", size_bytes: 1000, file_name: "a.jpg" };
    const path = `/v1/properties/${await aProperty(token)}/media`;
    const { media } = await expectStatus(201, "POST", path, { token, body });
    return overdue(mediaRecord, world.home.brokerage.id, media.id);
  },

  async "expireUnfinished, a photo"({ home: { users, brokerage } }) {
    const { id } = await aSentPicture(users.admin);
    return overdue(pictureRecord, brokerage.id, id);
  },

  async "expireUnfinished, an import"({ home: { users, brokerage } }) {
    const body = { resource: "property", format: "csv", size_bytes: 1000 };
    const { token } = users.admin;
    const { import: job } = await expectStatus(201, "POST", "/v1/imports", { token, body });
    return overdue(importRecord, brokerage.id, job.id);
  },
};

/** Workers as above whose work shows only elsewhere: in the bucket, or in a queue. */
export const otherWorkers: typeof workers = {
  ...otherNumberWorkers,

  async "runImport, the first of two chunks"({ home: { users, brokerage } }) {
    const rows = Array.from({ length: 1100 }, () => `${unique()},20150301T000000,400000`);
    const { id } = await startImport(users.admin.token, ["id,date,price", ...rows, ""].join("\n"));
    const notice = arrived(`uploads/imports/${brokerage.id}/${id}`);
    return queued(runImport, notice, async () => true);
  },

  async "applyEffects, a queued analysis"(world) {
    const { brokerage, users } = world.home;
    const { cma_id } = await anAskedAnalysis(world, await aProperty(users.admin.token));
    return streamed(undefined, (await table.get(recordKey(brokerage.id, cmaRecord, cma_id)))!);
  },

  async "applyEffects, a completed import"(world) {
    const { import_id } = await workedOffImport(world);
    const after = (await table.get(recordKey(world.home.brokerage.id, importRecord, import_id)))!;
    return streamed({ ...after, listed: { ...(after.listed as object), status: "processing" } }, after);
  },

  "fitMarkets, all of a brokerage": () => aMarket(true),

  "fitMarkets, all brokerages": () => queued(fitMarkets, { brokerages_from: null }, async () => true),

  "migrate, all brokerages": () =>
    queued(migrate, { migration: migrationOfUsers, run: now(), part: directoryPart }, async () => true),

  refitMarkets: () => scheduled(refitMarkets, async () => true),

  async "applyEffects, a new user"({ home: { users, brokerage } }) {
    const { user } = await invite(users.admin);
    return streamed(undefined, (await table.get(recordKey(brokerage.id, userRecord, user.id)))!);
  },

  async "applyEffects, a password reset"({ home: { users } }) {
    const { email } = await invite(users.admin);
    const asking = askForReset(email, invocation("test", null));
    await table.commit([asking]);
    return streamed(undefined, (await table.get(asking.Update.Key as Key))!);
  },

  async sendMail({ home: { users, brokerage } }) {
    const { email, user } = await invite(users.admin);
    const message = { mail: "invitation", brokerage_id: brokerage.id, id: user.id, at: user.created_at };
    return queued(sendMail, message, async () => (await mailsTo(email)).length > 0);
  },

  async signCheckpoints() {
    const { brokerage_id, job } = await aFirstEntry();
    await job.deliver();
    return scheduled(signCheckpoints, async () => !!(await table.get(checkpointKey(brokerage_id, 1))));
  },

  async removeFiles(world) {
    const { brokerage, users } = world.home;
    const { media_id: id } = await aSentPhoto(world, await aProperty(users.admin.token));
    const gone = async () => (await versionsOf(brokerage.id, id)).length === 0;
    return queued(removeFiles, { brokerage_id: brokerage.id, id }, gone);
  },

  async "removeFiles, of an export"(world) {
    const { users, brokerage } = world.home;
    const { export_id: id } = await aWorkedOffExport(users.admin);
    const gone = async () => (await versionsOf(brokerage.id, id)).length === 0;
    return queued(removeFiles, { brokerage_id: brokerage.id, id }, gone);
  },

  async "removeFiles, of a photo"({ home: { users, brokerage } }) {
    const { id } = await aSentPicture(users.admin);
    const gone = async () => (await versionsOf(brokerage.id, id)).length === 0;
    return queued(removeFiles, { brokerage_id: brokerage.id, id }, gone);
  },
};

/** An enquiry of somebody with an email, whose sender learns nothing. */
async function anEnquiry({ home: { brokerage } }: World, email: string) {
  const invoked = invocation("test", null);
  const asked = {
    source: "zillow",
    person: { name: "Nora", email },
    message: "Is it for sale?",
  };
  const { Put } = keepEnquiry(brokerage.id, receivedLead(asked, invoked.now), invoked);
  await table.commit([{ Put }]);
  const { id } = Put.Item;
  const key = enquiryKey(brokerage.id, String(id));
  return queued(takeEnquiry, { brokerage_id: brokerage.id, id }, async () => !(await table.get(key)));
}

/** A change that is to be the first entry of its brokerage's log. */
async function aFirstEntry() {
  const { token, brokerage } = await signUp();
  const brokerage_id: string = brokerage.id;
  const { id } = await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call" } });
  const after = (await table.get(recordKey(brokerage_id, taskRecord, id)))!;
  const isLogged = async () => (await table.get<Item>(headKey(brokerage_id)))?.sequence === 1;
  const job = await streamed(undefined, after, writeLog as unknown as StreamConsumer, isLogged);
  return { brokerage_id, job };
}

/** A task that is due in so many minutes, and the key of its reminder, which no worker has placed yet. */
async function aDatedTask({ home: { users, brokerage } }: World, minutes: number) {
  const body = { title: "Call", due_date: new Date(Date.now() + minutes * 60_000).toISOString() };
  const { id } = await expectStatus(201, "POST", "/v1/tasks", { token: users.admin.token, body });
  const item = (await table.get(recordKey(brokerage.id, taskRecord, id)))!;
  return { item, key: reminderKey(brokerage.id, id) };
}

async function anAskedAnalysis(world: World, property_id: string) {
  const { brokerage, users } = world.home;
  await soldNearby(world);
  const path = `/v1/properties/${property_id}/cmas`;
  const body = { effective_date: "2015-06-01" };
  const { id } = await expectStatus(202, "POST", path, { token: users.admin.token, body });
  const job = await queued(
    runCma,
    { brokerage_id: brokerage.id, id },
    ended(recordKey(brokerage.id, cmaRecord, id)),
  );
  return { cma_id: id as string, job };
}

async function aPhoto(): Promise<Buffer> {
  return sharp({ create: { width: 640, height: 480, channels: 3, background: "#789" } })
    .jpeg()
    .toBuffer();
}

/** A user's photo, or their brokerage's logo, whose bytes have arrived. */
async function aSentPicture({ token, ...who }: SignedIn, path = "/v1/me/photo") {
  const bytes = await aPhoto();
  const body = { content_type: "image/jpeg", size_bytes: bytes.length };
  const { upload } = await expectStatus(200, "PUT", path, { token, body });
  await send(upload, bytes);
  const [brokerage, id] = new URL(upload.url).pathname.split("/").slice(-2) as [string, string];
  const notice = arrived(`uploads/pictures/${brokerage}/${id}`);
  const job = await queued(ingestPicture, notice, ended(recordKey(brokerage, pictureRecord, id)));
  return { id, job, user_id: who.user.id as string };
}

/** A user with a photo of the home brokerage, which has a logo; the caller has a photo, too. All are worked off here. */
async function aWorkedOffPicture({ home: { users } }: World): Promise<Record<string, string>> {
  await (await aSentPicture(users.admin)).job.deliver();
  await (await aSentPicture(users.admin, "/v1/brokerage/logo")).job.deliver();
  const { user_id, job } = await aSentPicture(await addUser(users.admin, "admin"));
  await job.deliver();
  return { user_id };
}

/** The same, and the user is deactivated. */
async function aWorkedOffInactive(world: World) {
  const { user_id } = await aWorkedOffPicture(world);
  const { token } = world.home.users.admin;
  const { version } = await expectStatus(200, "GET", `/v1/users/${user_id}`, { token });
  const headers = { "if-match": `"${version}"` };
  await expectStatus(204, "DELETE", `/v1/users/${user_id}`, { token, headers });
  return { user_id: user_id! };
}

async function aSentPhoto({ home: { users, brokerage } }: World, property_id: string) {
  const bytes = await aPhoto();
  const body = { type: "image", content_type: "image/jpeg", size_bytes: bytes.length, file_name: "a.jpg" };
  const path = `/v1/properties/${property_id}/media`;
  const { token } = users.admin;
  const { media, upload } = await expectStatus(201, "POST", path, { token, body });
  await send(upload, bytes);
  const notice = arrived(`uploads/media/${brokerage.id}/${media.id}`);
  const job = await queued(ingestUpload, notice, ended(recordKey(brokerage.id, mediaRecord, media.id)));
  return { media_id: media.id as string, job };
}

/** A property with a photo that is ready and an analysis that is completed, all worked off here. */
async function aWorkedOffProperty(world: World) {
  const property_id = await aProperty(world.home.users.admin.token);
  const { media_id, job: ingest } = await aSentPhoto(world, property_id);
  await ingest.deliver();
  const { cma_id, job: analyse } = await anAskedAnalysis(world, property_id);
  await analyse.deliver();
  return { property_id, media_id, cma_id };
}

/** The token of a photo that is ready, worked off here. */
async function aWorkedOffPhoto(world: World) {
  const { media_id } = await aWorkedOffProperty(world);
  return { token: await tokenOf(world, media_id) };
}

/** An export whose file is there, worked off here. */
async function aWorkedOffExport(admin: SignedIn, resource = "task") {
  const { id } = await startExport(admin.token, { resource });
  const brokerage_id = brokerageOf(admin);
  const key = recordKey(brokerage_id, exportRecord, id);
  await (await queued(runExport, { brokerage_id, id }, ended(key))).deliver();
  return { export_id: id as string };
}

/** An approved analysis, worked off here, and a link to it. */
async function aWorkedOffLink(world: World) {
  const { cma_id } = await aWorkedOffProperty(world);
  return linkTo(world, await approve(world, { cma_id }));
}

/** An analysis, worked off here, that is shared with a user. */
async function aWorkedOffShare(world: World) {
  const { cma_id } = await aWorkedOffProperty(world);
  const { admin, employee } = world.home.users;
  const params = { cma_id, grantee_kind: "user", grantee_id: employee.user.id as string };
  const path = `/v1/cmas/${cma_id}/shares/user/${params.grantee_id}`;
  await expectStatus(200, "PUT", path, { token: admin.token, body: { access: "read" } });
  return params;
}

/** Records that workers have been at, for the operations that need them where no worker runs by itself. */
export const workedOff: Readonly<Record<string, (world: World) => Promise<Record<string, string>>>> = {
  undoImport: workedOffImport,
  undoHandOver: workedOffHandOver,
  ...Object.fromEntries(
    ["listMedia", "getMedia", "updateMedia", "getCmaReport", "reviseCma", "approveCma"].map((id) => [
      id,
      aWorkedOffProperty,
    ]),
  ),
  ...Object.fromEntries(
    [
      ...["getMe", "updateMe", "putMyPhoto", "getBrokerage", "updateBrokerage", "putBrokerageLogo"],
      ...["listUsers", "getUser", "updateUser", "putUserRoles"],
    ].map((id) => [id, aWorkedOffPicture]),
  ),
  reactivateUser: aWorkedOffInactive,
  getPhoto: aWorkedOffPhoto,
  getExport: ({ home: { users } }) => aWorkedOffExport(users.admin),
  ...Object.fromEntries(
    ["createCmaLink", "deleteCmaLink", "getSharedReport"].map((id) => [id, aWorkedOffLink]),
  ),
  ...Object.fromEntries(["putCmaShare", "deleteCmaShare"].map((id) => [id, aWorkedOffShare])),
};

/** A hand-over of three properties that is asked for. */
async function anAskedHandOver({ home: { users, brokerage } }: World) {
  const { admin } = users;
  const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  for (let count = 0; count < 3; count++) await aProperty(leaver.token);
  const { id } = await startHandOver(admin, leaver, heir);
  return { brokerage_id: brokerage.id as string, id: id as string };
}

/** The same, worked off here. */
async function workedOffHandOver(world: World): Promise<{ hand_over_id: string }> {
  const { brokerage_id, id } = await anAskedHandOver(world);
  for (const step of [0, 1, 2]) await (await handOverStep(brokerage_id, id, step)).deliver();
  return { hand_over_id: id };
}

const handOverStep = (
  brokerage_id: string,
  id: string,
  step: number,
  isDone: (job: StoredHandOver) => boolean = () => true,
) =>
  queued(runHandOver, { brokerage_id, id, step }, async () =>
    isDone((await stored(handOverRecord, brokerage_id, id))!),
  );

/** The erasure of a client with whom was spoken, whose creation has a kept answer: the steps before a phase are done, or those before something is found there. */
async function erasureAt(
  admin: SignedIn,
  phase: Phase,
  isDone: (job: StoredErasure) => boolean | Promise<boolean>,
  { name = `Nora ${unique()}`, isFound = false } = {},
) {
  const { token } = admin;
  const brokerage_id = brokerageOf(admin);
  const headers = { "idempotency-key": unique() };
  const body = { name };
  const { id } = await expectStatus(201, "POST", "/v1/clients", { token, body, headers });
  const said = { type: "call", notes: "They called" };
  for (const _ of [1, 2, 3])
    await expectStatus(201, "POST", `/v1/clients/${id}/interactions`, { token, body: said });
  await expectStatus(202, "POST", `/v1/clients/${id}/erase`, { token });
  const job = async () => (await stored(erasureRecord, brokerage_id, id))!;
  const step = async () => {
    const { step } = await job();
    return queued(runErasure, { brokerage_id, id, step }, async () => isDone(await job()));
  };
  for (let now = await job(); now.phase !== phase || (isFound && !now.found); now = await job())
    await (await step()).deliver();
  return step();
}

/** An import of four rows, worked off here. */
async function workedOffImport({ home }: World): Promise<{ import_id: string }> {
  const { users, brokerage } = home;
  const rows = Array.from({ length: 4 }, () => `${unique()},20150301T000000,400000`);
  const { id } = await startImport(users.admin.token, ["id,date,price", ...rows, ""].join("\n"));
  const notice = arrived(`uploads/imports/${brokerage.id}/${id}`);
  await (await queued(runImport, notice, importEnded(brokerage.id, id))).deliver();
  return { import_id: id };
}

/** An import of clients: new ones, one of them twice, and one that is there. */
async function anImportOfClients({ home: { users, brokerage } }: World) {
  const { token } = users.admin;
  // Of other names than those of any other import, which would be the same people's by their phones.
  const name = unique();
  const known = `${name}@known.example`;
  await expectStatus(201, "POST", "/v1/clients", { token, body: { name, email: known } });
  const rows = Array.from(
    { length: 4 },
    (_, at) => `${at}${name}@new.example,${name} ${at},+120655501${10 + at}`,
  );
  const file = ["email,name,phone", ...rows, rows[0], `${known},${name},+12065550199`, ""].join("\n");
  const { id } = await startImport(token, file, { resource: "client" });
  const notice = arrived(`uploads/imports/${brokerage.id}/${id}`);
  return { id, job: await queued(runImport, notice, importEnded(brokerage.id, id)) };
}

/** A team with a lead of its own, and a member who was there before: so it is the member's turn first. */
async function aTeam(admin: SignedIn, member: string): Promise<string> {
  const { token } = admin;
  const { user } = await addUser(admin, "agent");
  const { id } = await expectStatus(201, "POST", "/v1/teams", { token, body: { name: unique() } });
  const join = (who: string, is_lead: boolean) =>
    expectStatus(200, "PUT", `/v1/teams/${id}/members/${who}`, { token, body: { is_lead } });
  await join(user.id, true);
  await join(member, false);
  return id;
}

/** A lead whose time is up: it goes to who is next in turn, and a task tells the lead of its team, or the fallback. */
async function anUnansweredLead(
  { home: { users, brokerage } }: World,
  { isOfTeam = false } = {},
): Promise<Delivery> {
  const [agent, next] = [users.agent.user.id, (await addUser(users.admin, "agent")).user.id];
  const group = isOfTeam ? { team_id: await aTeam(users.admin, next) } : { user_ids: [agent, next] };
  const body = { name: `Nora ${unique()}` };
  const { id } = await expectStatus(201, "POST", "/v1/clients", { token: users.agent.token, body });
  const past = new Date(Date.now() - 60_000).toISOString();
  const lead: OpenLead = {
    ...{
      brokerage_id: brokerage.id,
      id,
      version: 1,
      state: "waiting",
      at: past,
      due_at: past,
      minutes: 600,
    },
    ...{ owner_user_id: agent, had: [agent], reason: "It was their turn" },
    // Each group has turns of its own.
    assign: { kind: "round_robin", ...group },
    enquiry: { source: "zillow", type: "registration", city: null, price: null, property_id: null },
  };
  await table.commit([putOpenLead(lead, undefined, invocation("test", null))]);
  const settled = async () => (await stored(clientRecord, brokerage.id, id))?.owner_user_id === next;
  return scheduled(moveUnansweredLeads, settled);
}

/** An office with a market, and the message that has it fitted; or all of the office's, where that is asked for. */
async function aMarket(all = false): Promise<Delivery> {
  const office = await signUp();
  const brokerage_id: string = office.brokerage.id;
  await fill(office, soldHouses("98117").slice(0, 20));
  const invoked = invocation("test", null);
  const id = "c22-home-USD";
  await table.commit(registerMarket(brokerage_id, id, invoked));
  const settled = async () => (await stored(marketRecord, brokerage_id, id))?.status === "fitted";
  if (all) return queued(fitMarkets, { brokerage_id }, async () => true);
  await changeInTurn(
    table,
    marketRecord,
    brokerage_id,
    id,
    (market) => changeRecord(marketRecord, market, { status: "queued" }, invoked).writes,
  );
  return queued(fitMarkets, { brokerage_id, id }, settled);
}

const arrived = (key: string) => ({ Records: [{ s3: { object: { key } } }] });

/** Whether a record has left the statuses of work. */
const ended = (key: Key) => async () => {
  const { status } = flat((await table.get(key))!);
  return !["queued", "processing", "awaiting_upload"].includes(String(status));
};

/** A record made seven hours older, for the schedule to end. */
async function overdue(type: AnyRecordType, brokerageId: string, id: string): Promise<Delivery> {
  await makeOlder(type, brokerageId, id, 7 * 60);
  return scheduled(expireUnfinished, ended(recordKey(brokerageId, type, id)));
}

const importEnded = (brokerageId: string, id: string) => async () => {
  const record = await stored(importRecord, brokerageId, id);
  return ["completed", "undone"].includes(String(record?.status));
};
