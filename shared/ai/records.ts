import type { Api } from "../data/api.ts";
import { Unanswered } from "./model.ts";
import { pathOf, requestOf, type Tool } from "./tools.ts";
import type { SourceRecord } from "./work.ts";

/** Reads records as the assistant of a user, over the API: what the user may not read is not there. */
export interface Records {
  /** What the API answers to a call of a tool; a refusal, too. */
  call(
    tool: Tool,
    given: Readonly<Record<string, unknown>>,
  ): Promise<{ readonly status: number; readonly body: unknown }>;
  /** A record that the request is about. Throws `Unanswered` where the user may not read it. */
  read<R = Readonly<Record<string, unknown>>>(
    operationId: string,
    params: Readonly<Record<string, string>>,
  ): Promise<R>;
}

/** The records that an assistant's token opens. */
export function recordsOf(api: Api, authorization: string, tools: readonly Tool[]): Records {
  const call: Records["call"] = async (tool, given) => {
    const path = pathOf(tool.path, requestOf(tool, given));
    const answer = await api.call({ authorization, method: tool.method, path });
    if (answer.status === 401) throw new Unanswered("You have signed out since, or may not ask any more");
    return answer;
  };
  return {
    call,
    async read(operationId, params) {
      const tool = tools.find(({ operation_id }) => operation_id === operationId);
      if (!tool) throw new Error(`${operationId} is no tool`);
      const { status, body } = await call(tool, params);
      if (status === 404 || status === 403)
        throw new Unanswered("You may not read what it is about, or it was deleted");
      // Busy, or a fault: the job is tried again.
      if (status !== 200) throw new Error(`${operationId} answered ${status}`);
      return body as never;
    },
  };
}

/** What an operation's records are called. */
const entities: Readonly<Record<string, string>> = {
  listProperties: "property",
  getProperty: "property",
  listClients: "client",
  getClient: "client",
  listLeads: "client",
  listInteractions: "interaction",
  listTasks: "task",
  getTask: "task",
  listCmas: "cma",
  getCma: "cma",
};

/** The records in an answer of the API, as sources of what is said. */
export function sourcesIn({ operation_id }: Pick<Tool, "operation_id">, body: unknown): SourceRecord[] {
  const entity = entities[operation_id];
  if (!entity || typeof body !== "object" || body === null) return [];
  const { items } = body as { readonly items?: readonly unknown[] };
  return (items ?? [body]).flatMap((one) => {
    const { id, client_id, title, name, type, created_at } = one as Readonly<Record<string, unknown>>;
    const known = typeof id === "string" ? id : client_id;
    if (typeof known !== "string") return [];
    const said = title ?? name ?? [type ?? entity, String(created_at ?? "").slice(0, 10)].join(" ").trim();
    return [{ entity, id: known, title: String(said), alone: items === undefined }];
  });
}

/** The sources of a text: what was read by itself, and of what was listed that which it names. */
export function sourcesOf(text: string, found: readonly SourceRecord[]) {
  const said = text.toLowerCase();
  const used = found.filter(
    ({ alone, id, title }) => alone || said.includes(id) || said.includes(title.toLowerCase()),
  );
  return [...new Map(used.map(({ entity, id, title }) => [id, { entity, id, title }])).values()].slice(0, 50);
}
