import { definitions } from "../../functions/index.ts";
import type { Grants } from "../../shared/data/grant.ts";
import type { Operation } from "../../shared/entry/definition.ts";
import { takesIdempotencyKey } from "../../shared/entry/request.ts";
import { cloud, expectStatus, unique } from "../cloud.ts";
import { aCompletedExport, makers } from "../contract/makers.ts";
import { type Row, rowOf, rows, type World } from "../contract/rows.ts";
import { eventOf, goodRequest, type Known, Subject } from "../contract/subject.ts";
import { aMailedToken } from "../mail.ts";
import { lacking, pathLacking } from "./one-action-less.ts";
import { type Delivery, workedOff } from "./worker-cases.ts";

/** The actions that an entry point is granted, as IAM names them. */
export function actionsOf(id: string): string[] {
  const { access } = definitions.find((definition) => definition.id === id)!;
  return [...new Set(Object.values(access as Grants).flatMap(({ actions }) => actions))];
}

/** Whether an operation does all it promises in the copy whose role lacks `action`: its URLs must work, too. */
export async function works(operation: Operation, action: string, world: World): Promise<boolean> {
  const params = workedOff[operation.id];
  const row = { ...rowOf(operation), ...(params && { params }), ...usingAll[operation.id] };
  const subject = new Subject(operation, world, row);
  const known = await subject.current();
  // With a key where it takes one: the answer is kept beside the effect.
  const idempotencyKey = takesIdempotencyKey(operation) ? unique() : undefined;
  const request = { ...(await goodRequest(operation, subject)), idempotencyKey };
  const { headers, body } = eventOf(operation, request, known);
  const path = operation.path.replace(/\{(\w+)\}/g, (_, name: string) => known.params[name]!);
  const query = new URLSearchParams(known.query).toString();
  const answer = await fetch(`${cloud.url}${pathLacking(path, action)}${query && `?${query}`}`, {
    method: operation.method,
    redirect: "manual",
    headers: headers as Record<string, string>,
    ...(body ? { body } : {}),
  });
  const text = await answer.text();
  if (answer.status !== operation.answer.status) return false;
  if (answer.status === 302) return (await fetch(answer.headers.get("location")!)).ok;
  if (operation.permission === "public") return (await promises[operation.id]?.(text, known, world)) ?? true;
  return linksWork(text, body);
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

/** What an operation is asked so that it uses all that it is granted. */
const usingAll: Readonly<Record<string, Partial<Row>>> = {
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
  getExport: { params: aCompletedExport },
  putUserRoles: { body: async (world) => ({ role_ids: [(await makers.role_id!(world)).role_id] }) },
  // The log may be empty still, and then nothing of it is read.
  listAuditEvents: { query: async () => ({ from: inHours(-1), to: inHours(1) }) },
};

/** What public operations promise beside their answer. */
const promises: Readonly<Record<string, (text: string, known: Known, world: World) => Promise<boolean>>> = {
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
    return (await fetch(url, { method, headers, body })).ok && linksWork(JSON.stringify(rest), undefined);
  }
  const [link] = text.match(/http[^"\s]+X-Amz-Signature=[^"\s]+/) ?? [];
  return link === undefined || (await fetch(link.replace(/&(amp|#38);/g, "&"))).ok;
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
