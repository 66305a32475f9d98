import { definitions } from "../../functions/index.ts";
import { slugKey } from "../../shared/data/brokerages.ts";
import { eventsOfDay, shards } from "../../shared/data/events.ts";
import type { Grants } from "../../shared/data/grant.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { takesIdempotencyKey } from "../../shared/entry/request.ts";
import { brokerageOf, cloud, expectStatus, reach, unique } from "../cloud.ts";
import { anotherPublicListing, makers, mergeOf } from "../contract/makers.ts";
import { type Row, rowOf, rows, type World } from "../contract/rows.ts";
import { eventOf, goodRequest, type Known, Subject } from "../contract/subject.ts";
import { table } from "../in-process.ts";
import { aMailedToken } from "../mail.ts";
import type { Delivery } from "./deliveries.ts";
import { lacking, pathLacking } from "./one-action-less.ts";
import { workedOff } from "./worker-cases.ts";

/** The actions that an entry point is granted, as IAM names them. */
export function actionsOf(id: string): string[] {
  const { access } = definitions.find((definition) => definition.id === id)!;
  return [...new Set(Object.values(access as Grants).flatMap(({ actions }) => actions))];
}

/** Whether an operation does all it promises in the copy whose role lacks `action`: its URLs must work, too. */
export async function works(operation: Operation, action: string, world: World): Promise<boolean> {
  for (const form of [usingAll[operation.id] ?? {}].flat())
    if (!(await worksAsked(form, operation, action, world))) return false;
  return true;
}

async function worksAsked(
  { status, ...asked }: Form,
  operation: Operation,
  action: string,
  world: World,
): Promise<boolean> {
  const params = workedOff[operation.id];
  const row = { ...rowOf(operation), ...(params && { params }), ...asked };
  const subject = new Subject(operation, world, row);
  const known = await subject.current();
  // With a key where it takes one: the answer is kept beside the effect.
  const idempotencyKey = takesIdempotencyKey(operation) ? unique() : undefined;
  const request = { ...(await goodRequest(operation, subject)), idempotencyKey };
  const { headers, body } = eventOf(operation, request, known);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => known.params[name]!);
  const query = new URLSearchParams(known.query).toString();
  const answer = await reach(`${cloud.url}${pathLacking(path, action)}${query && `?${query}`}`, {
    method: operation.method,
    redirect: "manual",
    // As a browser or an app: what programs look at is not noted.
    headers: { ...(headers as Record<string, string>), "user-agent": "An app" },
    ...(body ? { body } : {}),
  });
  const text = await answer.text();
  if (answer.status !== (status ?? operation.answer.status)) return false;
  if (answer.status === 302) return (await reach(answer.headers.get("location")!)).ok;
  const promise = promises[operation.id];
  if (promise) return promise(text, known, world);
  return operation.permission === "public" || linksWork(text, body);
}

/** A default role, made once in a world. */
const defaults = new WeakMap<World, Promise<unknown>>();
function aDefaultRole(world: World): Promise<unknown> {
  const { token } = world.home.users.admin;
  const asked = { token, body: { name: unique(), is_default: true } };
  const known = defaults.get(world) ?? expectStatus(201, "POST", "/v1/roles", asked);
  defaults.set(world, known);
  return known;
}

const inHours = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

/** A client with two emails: they are one client's. */
async function aReachableClient({ home: { users } }: World) {
  const [email, other] = [`${unique()}@iam.example`, `${unique()}@iam.example`];
  const body = { name: `Client ${unique()}`, email, more_emails: [other] };
  const { id } = await expectStatus(201, "POST", "/v1/clients", { token: users.admin.token, body });
  return { client_id: id as string, email };
}
const clientIdOf = async (world: World) => (await aReachableClient(world)).client_id;
const itsId = async (world: World) => ({ client_id: await clientIdOf(world) });

/** A contact that is the latest with its client is noted there; what is none needs the client to be there. */
const aContactAndNone: readonly Form[] = [
  { body: () => ({ type: "call", occurred_at: new Date().toISOString() }) },
  { body: () => ({ type: "note" }) },
];

/** How an operation is asked, and what it answers where that is not its own status. */
type Form = Partial<Row> & { readonly status?: number };

/** What an operation is asked so that it uses all that it is granted; in several forms where none does alone. */
const usingAll: Readonly<Record<string, Form | readonly Form[]>> = {
  // Who has the phone or the name is looked up.
  createClient: {
    query: async () => ({}),
    body: () => ({ name: unique(), email: `${unique()}@iam.example`, more_emails: [] }),
  },
  // Emails are let go, and change hands.
  ...Object.fromEntries(["updateClient", "deleteClient", "eraseClient"].map((id) => [id, { params: itsId }])),
  postMcp: {
    body: () => ({
      method: "tools/call",
      params: { name: "propose", arguments: { operation_id: "createTask", body: { title: "Call Nora" } } },
    }),
  },
  mergeClients: {
    params: itsId,
    body: async (world) => ({ from: [await clientIdOf(world)], keep: undefined }),
  },
  undoMerge: {
    params: async (world) => mergeOf(world, [await clientIdOf(world), await clientIdOf(world)]),
  },
  createInteraction: aContactAndNone,
  updateInteraction: aContactAndNone,
  // Of somebody who is new, and of a client.
  createLead: [
    {},
    {
      status: 200,
      body: async (world) => ({ person: { name: "Nora", email: (await aReachableClient(world)).email } }),
    },
  ],
  // The admin is counted when they accept.
  confirmPasswordReset: {
    body: async ({ home }) => ({ token: await aMailedToken(home.users.admin, "password", "admin") }),
  },
  // Roles that are given are counted, and checked.
  createUser: {
    async body(world, caller) {
      await aDefaultRole(world);
      return rows.createUser!.body!(world, caller);
    },
  },
  putUserRoles: { body: async (world) => ({ role_ids: [(await makers.role_id!(world)).role_id] }) },
  // A client's look is noted.
  getProperty: { caller: async ({ home }) => home.users.client },
  getPublicProperty: { params: anotherPublicListing },
  // The log may be empty still, and then nothing of it is read.
  listAuditEvents: { query: async () => ({ from: inHours(-1), to: inHours(1) }) },
};

/** Whether a look at a property was noted. */
async function isNoted(_: string, { params }: Known, { home }: World): Promise<boolean> {
  const { slug, property_id } = params;
  const brokerage = slug ? String((await table.get(slugKey(slug)))!.id) : brokerageOf(home.users.admin);
  const today = new Date().toISOString().slice(0, 10);
  let looks = 0;
  for (const shard of shards)
    for await (const { metric_type, entity_id } of eventsOfDay(table, brokerage, today, shard))
      if (metric_type === "detailed_view" && entity_id === property_id) looks++;
  return looks === 1;
}

/** What some operations promise beside their answer. */
const promises: Readonly<Record<string, (text: string, known: Known, world: World) => Promise<boolean>>> = {
  getProperty: isNoted,
  getPublicProperty: isNoted,
  /** The pictures open, and the view is counted. */
  async getSharedReport(text, { params: { cma_id, link_id } }, { home }) {
    const path = `/v1/cmas/${cma_id}/links`;
    const { items } = await expectStatus(200, "GET", path, { token: home.users.admin.token });
    const { views } = items.find(({ id }: { id: string }) => id === link_id);
    return views === 1 && linksWork(text, undefined);
  },
};

/**
 * The actions without which an operation does all it promises just as well. Of public operations the read with which
 * every HTTP function warms up in INIT does not count: those that need none do without when it is denied.
 */
export async function needlessFor(
  operation: Operation,
  actions: readonly string[],
  world: World,
): Promise<string[]> {
  const needless: string[] = [];
  for (const action of actions) if (await works(operation, action, world)) needless.push(action);
  return needless.filter((action) => operation.permission !== "public" || action !== "dynamodb:GetItem");
}

/** Sends to the upload that an answer offers, and reads the first file that it links. */
async function linksWork(text: string, sent: string | undefined): Promise<boolean> {
  if (text.includes('"upload":')) {
    const { upload, ...rest } = JSON.parse(text);
    const { url, method, headers } = upload;
    const body = new Uint8Array(JSON.parse(sent!).size_bytes);
    return (await reach(url, { method, headers, body })).ok && linksWork(JSON.stringify(rest), undefined);
  }
  const [link] = text.match(/http[^"\s]+X-Amz-Signature=[^"\s]+/) ?? [];
  return link === undefined || (await reach(link.replace(/&(amp|#38);/g, "&"))).ok;
}

/** Whether a worker ends its job in the copy whose role lacks `action`. */
export async function worksOff(prepare: () => Promise<Delivery>, action: string): Promise<boolean> {
  const { functionId, event, settled } = await prepare();
  const result = await cloud.invoke(lacking(functionId, action), event).catch(() => undefined);
  return (
    result !== undefined &&
    !(result?.batchItemFailures?.length > 0) &&
    (functionId === "applyEffects" || (await settled()))
  );
}
