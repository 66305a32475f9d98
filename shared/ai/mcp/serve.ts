import type { Tool } from "../tools.ts";
import { earlier, instructions, meta, revision } from "./protocol.ts";
import type { McpRequest } from "./read-message.ts";
import { type McpAnswer, McpError, reply } from "./reply.ts";

const server = { name: "gable", title: "Gable", version: "1.0.0" };
const capabilities = { tools: {} };
/** The list of tools changes with a release alone, and is the same for everybody. */
const cached = { ttlMs: 3_600_000, cacheScope: "public" };

/** What one call of a tool is: its name, its arguments, and what an answer that asked for more gave to send back. */
export interface ToolCall {
  readonly name: string;
  readonly given: Readonly<Record<string, unknown>>;
  readonly state: string | undefined;
  /** Whether the caller can show a person a link. */
  readonly showsLinks: boolean;
}

/** Answers a request; `use` does a call of a tool, and answers undefined where there is no such tool. */
export async function serve(
  request: McpRequest,
  tools: readonly Tool[],
  use: (call: ToolCall) => Promise<object | undefined>,
): Promise<McpAnswer> {
  const { id, isCurrent } = request;
  const result = await resultOf(request, tools, use);
  if (!isCurrent) return reply(id, result);
  return reply(id, { resultType: "complete", ...result, _meta: { [meta.server]: server } });
}

async function resultOf(
  request: McpRequest,
  tools: readonly Tool[],
  use: (call: ToolCall) => Promise<object | undefined>,
): Promise<object> {
  const { id, method, params, isCurrent } = request;
  switch (`${method} ${isCurrent ? "now" : "before"}`) {
    case "server/discover now":
      return { supportedVersions: [revision], capabilities, instructions, ...cached };
    case "initialize before":
      return { protocolVersion: agreedOn(params), capabilities, serverInfo: server, instructions };
    case "ping before":
      return {};
    case "tools/list now":
    case "tools/list before":
      if (params.cursor !== undefined)
        throw new McpError("params", "The list has one page", { id, status: 200 });
      return { tools: await listed(tools), ...(isCurrent ? cached : {}) };
    case "tools/call now":
    case "tools/call before": {
      const call = callIn(request);
      const used = await use(call);
      if (!used) throw new McpError("params", "There is no such tool", { id, status: 200 });
      return used;
    }
    default:
      // Before the revision every answer to a request was a 200.
      throw new McpError("method", "There is no such method", { id, status: isCurrent ? 404 : 200 });
  }
}

/** The list, which a client asks for once. */
const listed = async (tools: readonly Tool[]) => (await import("./listed-tools.ts")).listedTools(tools);

/** The revision that a client of before asks for, or the last one before. */
const agreedOn = ({ protocolVersion }: McpRequest["params"]): string =>
  earlier.find((one) => one === protocolVersion) ?? earlier[0];

function callIn({ id, params, showsLinks }: McpRequest): ToolCall {
  const { name, arguments: given = {}, requestState } = params;
  if (typeof name !== "string") throw new McpError("params", "name must be a text", { id, status: 200 });
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new McpError("params", "arguments must be an object", { id, status: 200 });
  const state = typeof requestState === "string" ? requestState : undefined;
  return { name, given: given as Record<string, unknown>, state, showsLinks };
}
