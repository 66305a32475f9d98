import { policyIn, policyKey } from "../../shared/data/brokerages.ts";
import { type OpenLead, putOpenLead } from "../../shared/data/open-leads.ts";
import { photoToken } from "../../shared/data/photos.ts";
import { createRecord } from "../../shared/data/records.ts";
import { handOverRecord, newHandOver } from "../../shared/domain/hand-over.ts";
import { newProposal, proposalRecord } from "../../shared/domain/proposal.ts";
import { jobTask, taskRecord } from "../../shared/domain/task.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { invocation } from "../../shared/entry/invocation.ts";
import { document, operations } from "../answers.ts";
import { addUser, signUp, unique, waitFor } from "../cloud.ts";
import { drawing } from "../hostile-uploads.ts";
import { importFile } from "../imports.ts";
import { table } from "../in-process.ts";
import { place } from "../permissions/records.ts";
import { fill, house } from "../properties.ts";
import { aTask } from "../proposals.ts";
import { soldHouses } from "../sales.ts";
import { anotherSession } from "../sessions.ts";
import { upload } from "../uploads.ts";
import { expectStatus } from "./inside.ts";
import type { World } from "./rows.ts";

/** Makes a record in the home brokerage that may be read, changed and deleted; answers what paths name it by. */
export type Maker = (world: World) => Promise<Readonly<Record<string, string>>>;

/** What no operation creates by the document's example, by its parameter in paths. */
export const makers: Readonly<Record<string, Maker>> = {
  view: async () => ({ view: "agent-performance" }),
  session_id: aSession,
  user_id: aUser,
  hand_over_id: aHandOver,
  ai_request_id: anAiRequest,
  proposal_id: aProposal,
  role_id: aRole,
  client_id: aClient,
  link_id: aLink,
  merge_id: aMerge,
  token: aLink,
  slug: aPublicListing,
};

/**
 * The maker of what a path names last: one of `makers`, or a call of the operation that creates it (`createTask` of
 * `task_id`) with the document's example, in a parent made likewise. Undefined for a path that names nothing; throws
 * where there is neither.
 */
export function makerOf(path: string, all: readonly Operation[] = operations): Maker | undefined {
  const param = path
    .match(/\{(\w+)\}/g)
    ?.at(-1)
    ?.slice(1, -1);
  if (!param) return undefined;
  const [record = "", grantee] = path.split("/shares/{grantee_kind}");
  if (grantee !== undefined) return shared(record);
  if (makers[param]) return makers[param];
  const name = param.replace(/_id$/, "");
  const verb = `create_${name}`.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
  const create = all.find(({ id }) => id === verb);
  if (!create)
    throw new Error(`Nothing makes the ${param} of ${path}: add a maker in test/contract/makers.ts`);
  const parent = makerOf(create.path, all);
  return async (world) => {
    const token = world.home.users.admin.token;
    const at = filled(create.path, (await parent?.(world)) ?? {});
    const body = exampleOf(create);
    const answer = await expectStatus(create.answer.status, create.method, at, { token, body });
    return { [param]: (answer[name] ?? answer).id };
  };
}

/** What `make` makes, deleted: of a path that restores it. */
export const deleted =
  (path: string, make: Maker): Maker =>
  async (world) => {
    const params = await make(world);
    const { token } = world.home.users.admin;
    const at = filled(path.replace(/\/restore$/, ""), params);
    await expectStatus(204, "DELETE", at, { token, headers: { "if-match": '"1"' } });
    return params;
  };

/** A path with its parameters. */
export const filled = (path: string, params: Readonly<Record<string, string>>): string =>
  path.replace(/\{(\w+)\}/g, (_, name: string) => params[name]!);

/** The document's example of an operation's body; undefined where it takes none. */
export function exampleOf({ path, method }: Operation): object | undefined {
  const [media] = Object.values(document.paths[path]?.[method.toLowerCase()]?.requestBody?.content ?? {});
  return media?.example as object | undefined;
}

async function aSession({ home: { users } }: World) {
  const { token } = await anotherSession(users.admin);
  const { sid } = JSON.parse(Buffer.from(token.split(".")[1]!, "base64url").toString());
  return { session_id: sid as string };
}

/** Closed sales for a world's analyses, made once in each world. */
const sold = new WeakMap<World, Promise<unknown>>();
export function soldNearby(world: World): Promise<unknown> {
  const { users, brokerage } = world.home;
  const known = sold.get(world) ?? fill({ ...users.admin, brokerage }, soldHouses("98103").slice(0, 30));
  sold.set(world, known);
  return known;
}

/** An analysis that is not approved yet. */
export async function aCompletedCma(world: World): Promise<{ cma_id: string }> {
  const { token } = world.home.users.admin;
  await soldNearby(world);
  const path = filled(
    "/v1/properties/{property_id}/cmas",
    await makerOf("/v1/properties/{property_id}")!(world),
  );
  // The sales are of 2014 and 2015: as of today they are too old for a price.
  const body = { effective_date: "2015-06-01" };
  const { id: cma_id } = await expectStatus(202, "POST", path, { token, body });
  return waitFor(async () => {
    const { status } = await expectStatus(200, "GET", `/v1/cmas/${cma_id}`, { token });
    return status === "completed" ? { cma_id } : undefined;
  }, 90);
}

/** Approved once in a world: links are what its tests use up. */
const approved = new WeakMap<World, Promise<{ cma_id: string }>>();
export async function anApprovedCma(world: World): Promise<{ cma_id: string }> {
  const known = approved.get(world) ?? aCompletedCma(world).then((cma) => approve(world, cma));
  approved.set(world, known);
  return known;
}

/** Approves a completed analysis as the home brokerage's admin. */
export async function approve<Params extends { readonly cma_id: string }>(
  { home }: World,
  params: Params,
): Promise<Params> {
  const { token } = home.users.admin;
  await expectStatus(200, "POST", `/v1/cmas/${params.cma_id}/approve`, { token });
  return params;
}

async function aLink(world: World) {
  return linkTo(world, await anApprovedCma(world));
}

/** Makes a link to the dashboard of an agent who has nothing yet; its token is the last part of its URL. */
export async function aDashboardLink({ home }: World): Promise<{ token: string }> {
  const { token } = await addUser(home.users.admin, "agent");
  const { url } = await expectStatus(201, "POST", "/v1/dashboard/links", { token });
  return { token: String(url.split("/").at(-1)) };
}

/** Makes a link to an approved analysis; its token is the last part of its URL. */
export async function linkTo({ home }: World, { cma_id }: { readonly cma_id: string }) {
  const { token } = home.users.admin;
  const link = await expectStatus(201, "POST", `/v1/cmas/${cma_id}/links`, { token, body: {} });
  return { cma_id, link_id: link.id as string, token: String(link.url.split("/").at(-1)) };
}

/** Clients, each of its own: emails are one client's. */
async function someClients({ home }: World, count: number): Promise<string[]> {
  const { token } = home.users.admin;
  const add = () => expectStatus(201, "POST", "/v1/clients", { token, body: { name: `Nora ${unique()}` } });
  return (await Promise.all(Array.from({ length: count }, add))).map(({ id }) => id);
}

/** A client to be merged away. */
export const aDuplicate = async (world: World) => (await someClients(world, 1))[0]!;

/** A merge that can be undone. */
async function aMerge(world: World) {
  return mergeOf(world, await someClients(world, 2));
}

/** Merges clients into the first of them. */
export async function mergeOf({ home }: World, [client_id, ...from]: readonly string[]) {
  const { token } = home.users.admin;
  const at = `/v1/clients/${client_id}/merge`;
  const { merge_id } = await expectStatus(200, "POST", at, { token, body: { from } });
  return { merge_id: merge_id as string };
}

/** A client, and a property that they may be interested in. */
export async function aClientAndAProperty(world: World) {
  return { client_id: await aDuplicate(world), ...(await makerOf("/v1/properties/{property_id}")!(world)) };
}

/** A client who is interested in a property. */
export async function anInterest(world: World) {
  const params = await aClientAndAProperty(world);
  const at = filled("/v1/clients/{client_id}/properties/{property_id}", params);
  const { token } = world.home.users.admin;
  await expectStatus(200, "PUT", at, { token, body: { interest: "favorite" } });
  return params;
}

/** An import that can be undone. */
export async function aCompletedImport({ home }: World): Promise<{ import_id: string }> {
  const { id } = await importFile(home.users.admin.token, "title,price\nOne of a few,500000\n");
  return { import_id: id };
}

async function aUser({ home }: World) {
  return { user_id: (await addUser(home.users.admin, "agent")).user.id as string };
}

/** A hand-over of nothing, which can be undone: written as it ends, for the worker waits until lists have settled. */
async function aHandOver({ home }: World) {
  const { admin } = home.users;
  const [leaver, heir] = [await addUser(admin, "agent"), await addUser(admin, "agent")];
  const invoked = invocation(admin.user.id, null);
  const owned = { owner_user_id: admin.user.id as string, team_id: null };
  const ended = { status: "completed", progress: 100, completed_at: invoked.now.toISOString() } as const;
  const { status, progress } = ended;
  const job = jobTask("hand_over", "Hand over", owned);
  const task = createRecord(taskRecord, home.brokerage.id, { ...job, status, progress }, invoked);
  const users = { from_user_id: leaver.user.id as string, to_user_id: heir.user.id as string };
  const made = { ...newHandOver(task.record.id, users, invoked.written), ...ended, search: undefined };
  const { writes } = createRecord(handOverRecord, home.brokerage.id, made, invoked);
  await table.commit([...writes, ...task.writes]);
  return { hand_over_id: task.record.id };
}

/** A request to the assistant that is being worked on: there is no provider that a queued one would be sent to. */
async function anAiRequest({ home }: World) {
  const { user } = home.users.admin;
  return (await place("ai_request", home.brokerage.id, { owner_user_id: user.id })).params;
}

/** What the assistant proposes to the admin: a task. */
async function aProposal({ home }: World) {
  const { user } = home.users.admin;
  return (await place("proposal", home.brokerage.id, { owner_user_id: user.id })).params;
}

/** A proposal that was done, and can be undone: its first version. */
export async function aDoneProposal(world: World) {
  const { home } = world;
  const { token, user } = home.users.admin;
  const { ai_request_id } = await anAiRequest(world);
  const result = await expectStatus(201, "POST", "/v1/tasks", { token, body: { title: "Call Nora" } });
  const done = { ...newProposal(aTask("Call Nora"), ai_request_id!), status: "done" as const, result };
  const invoked = invocation(user.id, null);
  const { record, writes } = createRecord(proposalRecord, home.brokerage.id, done, invoked);
  await table.commit(writes);
  return { ai_request_id: ai_request_id!, proposal_id: record.id };
}

/** An admin beside the first. */
export async function anAdmin({ home }: World) {
  return { user_id: (await addUser(home.users.admin, "admin")).user.id as string };
}

/** An admin who is deactivated. */
export async function anInactiveAdmin(world: World) {
  const params = await anAdmin(world);
  const { token } = world.home.users.admin;
  const headers = { "if-match": '"1"' };
  await expectStatus(204, "DELETE", filled("/v1/users/{user_id}", params), { token, headers });
  return params;
}

const announced = (path: string): Maker =>
  async function picture({ home }) {
    const body = { content_type: "image/png", size_bytes: 1000 };
    await expectStatus(200, "PUT", path, { token: home.users.admin.token, body });
    return {};
  };
/** The photo of the home brokerage's admin, and the brokerage's logo. */
export const aPhoto = announced("/v1/me/photo");
export const aLogo = announced("/v1/brokerage/logo");

/** A listing of a brokerage that shows its listings to anyone, made once in a world. */
const shown = new WeakMap<World, Promise<Readonly<Record<"slug" | "property_id", string>>>>();
export async function aPublicListing(world: World) {
  const known = shown.get(world) ?? anotherPublicListing();
  shown.set(world, known);
  return known;
}

/** Another one, at which nobody has looked. */
export async function anotherPublicListing() {
  const { token, brokerage } = await signUp();
  const body = { public_listings: true };
  await expectStatus(200, "PATCH", "/v1/brokerage", { token, headers: { "if-match": '"1"' }, body });
  const { id } = await expectStatus(201, "POST", "/v1/properties", { token, body: house });
  return { slug: brokerage.slug as string, property_id: id as string };
}

/** The address of a photo that is ready, made once in a world. */
const photos = new WeakMap<World, Promise<{ token: string }>>();
export async function aShownPhoto(world: World): Promise<{ token: string }> {
  const known = photos.get(world) ?? showPhoto(world);
  photos.set(world, known);
  return known;
}

async function showPhoto(world: World) {
  const { users } = world.home;
  const { property_id } = await makerOf("/v1/properties/{property_id}")!(world);
  const what = { type: "image", content_type: "image/png", file_name: "front.png" };
  const media = await upload(users.admin.token, property_id!, what, await drawing(64, 48).png().toBuffer());
  return { token: await tokenOf(world, media.id) };
}

/** The last part of the address of a photo in the home brokerage. */
export async function tokenOf({ home }: World, mediaId: string): Promise<string> {
  const { id } = home.brokerage;
  const { cursor_key } = policyIn(await table.get(policyKey(id)))!;
  return photoToken({ brokerage_id: id, id: mediaId }, cursor_key);
}

/** A client of whom only the name is known: an email is there once. */
async function aClient({ home }: World, more: object = {}) {
  const { token } = home.users.admin;
  const body = { name: `Client ${unique()}`, ...more };
  const { id } = await expectStatus(201, "POST", "/v1/clients", { token, body });
  return { client_id: id as string };
}

/** A client with two emails, which are let go when others come. */
export function aClientWithEmails(world: World) {
  const [email, other] = [`${unique()}@contract.example`, `${unique()}@contract.example`];
  return aClient(world, { email, more_emails: [other] });
}

/** A role that may do nothing: its name is there once. */
async function aRole({ home }: World) {
  const { token } = home.users.admin;
  const { id } = await expectStatus(201, "POST", "/v1/roles", { token, body: { name: unique() } });
  return { role_id: id as string };
}

/** A key to be listed. */
export const anApiKey: Maker = (world) => makerOf("/v1/api-keys/{api_key_id}")!(world);

/** What is asked about the access to a record. */
export async function aboutAProperty(world: World) {
  const { property_id } = await makerOf("/v1/properties/{property_id}")!(world);
  return { permission: "property:read", entity: "property", id: property_id! };
}

/** A team without members, and a new agent: a user is in few teams. */
export async function aTeamAndAnAgent(world: World) {
  const made = await makerOf("/v1/teams/{team_id}")!(world);
  return { ...made, user_id: (await addUser(world.home.users.admin, "agent")).user.id as string };
}

/** A team and its member: a new agent, for a user is in few teams. */
export async function aTeamMember(world: World) {
  const { token } = world.home.users.admin;
  const { user } = await addUser(world.home.users.admin, "agent");
  const params = { ...(await makerOf("/v1/teams/{team_id}")!(world)), user_id: user.id as string };
  await expectStatus(200, "PUT", filled("/v1/teams/{team_id}/members/{user_id}", params), {
    token,
    body: {},
  });
  return params;
}

/** A record at a path, shared with a user. */
const shared =
  (path: string): Maker =>
  async (world) => {
    const grantee = { grantee_kind: "user", grantee_id: world.home.users.employee.user.id as string };
    // A queued analysis would change beneath its share.
    const make = path.endsWith("{cma_id}") ? aCompletedCma : makerOf(path)!;
    const params = { ...(await make(world)), ...grantee };
    const { token } = world.home.users.admin;
    const at = filled(`${path}/shares/{grantee_kind}/{grantee_id}`, params);
    await expectStatus(200, "PUT", at, { token, body: { access: "read" } });
    return params;
  };

/** A client who is offered to the admin. */
export async function anUnclaimedClient({ home }: World) {
  const { users, brokerage } = home;
  const { token, user } = users.admin;
  const body = { name: `Nora ${unique()}` };
  const { id } = await expectStatus(201, "POST", "/v1/clients", { token, body });
  const enquiry = { source: "zillow", type: "registration", city: null, price: null, property_id: null };
  const lead: OpenLead = {
    ...{ brokerage_id: brokerage.id, id, version: 1, state: "unclaimed", at: new Date().toISOString() },
    ...{ owner_user_id: user.id, assign: { kind: "first_to_claim", user_ids: [user.id] }, had: [user.id] },
    ...{ enquiry: enquiry as OpenLead["enquiry"], reason: "The rule for all leads" },
  };
  await table.commit([putOpenLead(lead, undefined, invocation("test", null))]);
  return { client_id: id };
}
