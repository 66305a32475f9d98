import type { Headers } from "../../entry/page.ts";
import type { Tool } from "../tools.ts";
import type { Proposing } from "./propose.ts";
import { proposing } from "./protocol.ts";
import { read } from "./read.ts";
import { readMessage } from "./read-message.ts";
import { McpAnswer, McpError, refusal } from "./reply.ts";
import { serve, type ToolCall } from "./serve.ts";

/** A message, and whatever it may need. */
export interface Sent extends Proposing {
  readonly sent: { readonly headers: Headers; readonly text: string };
  readonly authorization: string | undefined;
}

/** Answers a message of the Model Context Protocol. */
export async function answerMcp(context: Sent, tools: readonly Tool[]): Promise<McpAnswer> {
  const { headers, text } = context.sent;
  try {
    const request = readMessage(text, headers);
    if (!request) return new McpAnswer(202);
    return await serve(request, tools, (call) => use(context, tools, call));
  } catch (error) {
    if (error instanceof McpError) return refusal(error);
    throw error;
  }
}

/** Does a call of a tool; undefined where there is no such tool. */
async function use(context: Sent, tools: readonly Tool[], call: ToolCall): Promise<object | undefined> {
  const { api, appOrigin, authorization = "" } = context;
  if (call.name === proposing) {
    // Most calls read: what proposing needs is loaded with the first one that proposes.
    const { propose, proposedBefore } = await import("./propose.ts");
    return call.state === undefined
      ? propose(context, tools, call)
      : proposedBefore(call.state, { api, authorization, appOrigin });
  }
  const tool = tools.find(({ kind, name }) => kind === "calls" && name === call.name);
  return tool && read(api, authorization, tool, call.given);
}
