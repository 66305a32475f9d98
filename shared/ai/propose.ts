import type { Api } from "../data/api.ts";
import type { Fields, Proposed } from "../domain/proposal.ts";
import { id } from "../domain/schemas.ts";
import { givenTo, labelOf, named, previewed, takenBackBy } from "./preview.ts";
import { pathOf, type Tool, type ToolRequest } from "./tools.ts";

/** What a model asks to be proposed, as it said it: nothing of it is known to be well formed. */
export interface Asked {
  /** The operation's id, or the tool's name. */
  readonly operation_id: unknown;
  readonly params?: unknown;
  readonly query?: unknown;
  readonly body?: unknown;
}

/** Who asks: the assistant's own token. */
interface As {
  readonly api: Api;
  readonly authorization: string;
  readonly tools: readonly Tool[];
  readonly signal?: AbortSignal;
}

/** The proposal, or what to tell the model instead. */
export type ProposalOf =
  | { readonly ok: true; readonly fields: Proposed }
  | { readonly ok: false; readonly problem: string };

/** Longest body of a proposal, in bytes of JSON. */
const longestBody = 20_000;

/**
 * Makes a proposal of what a model asks for: reads what it is about, has the API check the exact request as it would be
 * for the person, without doing it, and shows what would change. Answers a problem for what is no tool, is refused, or
 * must not be proposed; throws where the API cannot be reached.
 */
export async function proposalOf(as: As, asked: Asked): Promise<ProposalOf> {
  try {
    return { ok: true, fields: await proposed(as, asked) };
  } catch (error) {
    if (error instanceof Refused) return { ok: false, problem: error.message };
    throw error;
  }
}

/** What the model is told. */
class Refused extends Error {
  override name = "Refused";
}

async function proposed(as: As, asked: Asked): Promise<Proposed> {
  const tool = toolOf(as.tools, asked.operation_id);
  const request = requestOf(tool, asked);
  const about = await readAll(as, request);
  const record = about.get(named(tool));
  const based_on = tool.needs_version ? Number(record?.version) : null;
  if (based_on !== null && !Number.isInteger(based_on))
    throw new Refused("What it would change has no version");
  await check(as, tool, request, based_on);
  const changed = tool.needs_version ? record : undefined;
  const taken_back = takenBackBy(tool, request, changed);
  const client = request.params.client_id ?? request.body?.client_id ?? record?.client_id;
  return {
    operation_id: tool.operation_id,
    request,
    preview: {
      title: titleOf(tool, request, about),
      ...previewed(tool, request, changed),
      undo: taken_back?.operation_id ?? null,
    },
    route: { method: tool.method, path: tool.path },
    based_on,
    taken_back,
    about_client_id: typeof client === "string" ? client : null,
  };
}

function toolOf(tools: readonly Tool[], said: unknown): Tool {
  const tool = tools.find(({ operation_id, name }) => said === operation_id || said === name);
  const proposing = tools.filter(({ kind }) => kind === "proposes").map(({ operation_id }) => operation_id);
  if (!tool)
    throw new Refused(
      `There is no operation ${brief(said)}: what can be proposed is ${proposing.join(", ")}`,
    );
  if (tool.kind !== "proposes")
    throw new Refused(`${tool.operation_id} changes nothing: call it, there is nothing to propose`);
  return tool;
}

/** The request that a model means, in the form in which it is kept and done. */
function requestOf(tool: Tool, { params, query, body }: Asked): ToolRequest {
  const request = {
    params: textsOf("params", params, tool.params),
    query: textsOf("query", query, Object.keys((tool.query?.properties ?? {}) as object)),
    body: bodyOf(tool, body),
  };
  for (const name of tool.params)
    if (!id.safeParse(request.params[name]).success)
      throw new Refused(`params.${name} must be the id of a record, as a tool answered it`);
  if (bytesOf(request) > longestBody) throw new Refused(`The request has more than ${longestBody} bytes`);
  if (request.body && "consent" in request.body)
    throw new Refused("What a client consents to is noted by the person whom they told, and never proposed");
  return request;
}

/** How long it is as JSON; what is nested too deeply to be written is too long. */
function bytesOf(value: unknown): number {
  try {
    return Buffer.byteLength(JSON.stringify(value));
  } catch {
    return Number.POSITIVE_INFINITY;
  }
}

/** Names and texts; null is as left out. */
function textsOf(part: string, said: unknown, known: readonly string[]): Record<string, string> {
  if (said === undefined || said === null) return {};
  if (!isFields(said)) throw new Refused(`${part} must be an object`);
  const given = Object.entries(said).filter(([, value]) => value !== null);
  for (const [name, value] of given) {
    if (!known.includes(name)) throw new Refused(`${part}.${brief(name)} is not known`);
    if (!["string", "number", "boolean"].includes(typeof value))
      throw new Refused(`${part}.${name} must be a text`);
  }
  return Object.fromEntries(given.map(([name, value]) => [name, String(value)]));
}

function bodyOf({ operation_id, body: schema }: Tool, said: unknown): Fields | null {
  const isEmpty = said === undefined || said === null || (isFields(said) && Object.keys(said).length === 0);
  if (!schema) {
    if (!isEmpty) throw new Refused(`${operation_id} takes no body`);
    return null;
  }
  if (isEmpty) throw new Refused(`${operation_id} needs a body`);
  if (!isFields(said)) throw new Refused("body must be an object");
  return said;
}

const isFields = (value: unknown): value is Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/**
 * The records that the request names in its path and its body, by the parameter or field: each as the person may read it,
 * so that nothing is proposed about what does not exist for them.
 */
async function readAll(as: As, { params, body }: ToolRequest): Promise<Map<string, Fields>> {
  const ids = Object.entries({ ...params, ...body, ...params }).flatMap(([name, value]) => {
    const reader = as.tools.find(
      ({ method, path, params }) => method === "GET" && params.length === 1 && path.endsWith(`/{${name}}`),
    );
    return reader && typeof value === "string" && id.safeParse(value).success
      ? [{ name, value, reader }]
      : [];
  });
  const read = ids.map(async ({ name, value, reader }) => {
    const path = pathOf(reader.path, { params: { [name]: value }, query: {} });
    const { status, body } = await as.api.call({ ...asSent(as), method: "GET", path });
    if (status !== 200 || !isFields(body)) throw new Refused(`${name}: ${saidBy(status, body)}`);
    return [name, body] as const;
  });
  return new Map(await Promise.all(read));
}

/** Sends the exact request with the assistant's token, with which the API checks it and does not do it. */
async function check(as: As, tool: Tool, request: ToolRequest, based_on: number | null): Promise<void> {
  const { status, body } = await as.api.call({
    ...asSent(as),
    method: tool.method,
    path: pathOf(tool.path, request),
    ...(request.body ? { body: request.body } : {}),
    ifMatch: based_on ?? undefined,
  });
  if (status >= 400) throw new Refused(saidBy(status, body));
  if (status !== 204) throw new Error(`${tool.operation_id} answered ${status} to what was only proposed`);
}

const asSent = ({ authorization, signal }: As) => ({ authorization, ...(signal ? { signal } : {}) });

/** A problem document in a line, for a model to mend its request by. */
function saidBy(status: number, body: unknown): string {
  const {
    code = status,
    detail = "",
    errors = [],
  } = (body ?? {}) as {
    code?: string;
    detail?: string;
    errors?: readonly { readonly path: string; readonly message: string }[];
  };
  const fields = errors.map(({ path, message }) => `${path} ${message}`).join("; ");
  return [code, detail, ...(fields && fields !== detail ? [fields] : [])].join(": ").slice(0, 1000);
}

/** What it would do, in a few words: to what, and whose it would be then. */
function titleOf(tool: Tool, request: ToolRequest, about: ReadonlyMap<string, Fields>): string {
  const own = about.has(named(tool)) ? undefined : labelOf(request.body);
  const labels = [own, ...[...about.values()].map(labelOf)].filter((one) => one !== undefined);
  const [said, given] = [[...new Set(labels)].join(", "), givenTo(request.body)];
  return `${tool.summary}${said && `: ${said}`}${given && ` (${given})`}`;
}

const brief = (value: unknown) => JSON.stringify(value ?? null).slice(0, 100);
