import { readFileSync } from "node:fs";
import { mcp } from "../../shared/ai/mcp/protocol.ts";
import { read } from "../../shared/ai/mcp/read.ts";
import { readMessage } from "../../shared/ai/mcp/read-message.ts";
import { McpAnswer, McpError, refusal } from "../../shared/ai/mcp/reply.ts";
import { serve } from "../../shared/ai/mcp/serve.ts";
import type { Tool } from "../../shared/ai/tools.ts";
import { apiOrigin, callApi } from "../../shared/data/api.ts";
import { appOrigin } from "../../shared/data/mailer.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { writeTable } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

let kept: readonly Tool[] | undefined;

export const postMcp = operation({
  id: "postMcp",
  method: "POST",
  path: "/mcp",
  permission: "ai:read",
  summary: "Let an assistant of your own read, and propose changes (Model Context Protocol)",
  description:
    "Messages of the Model Context Protocol, revision 2026-07-28 and those before it that begin with `initialize`; no " +
    "session is kept, and nothing is streamed. Its tools read what you may read, with the same operations. What an " +
    "assistant would change it proposes, which needs `ai:write`: you approve it or not, in a session of yours and never " +
    "here. An API key's proposals are its maker's to approve.",
  assistant: "calls",
  protocol: mcp,
  answer: { status: 200, type: "application/json" },
  access: {
    table: writeTable("PutItem", "UpdateItem"),
    api: callApi,
    apiOrigin,
    appOrigin,
    assistant: readSecret("assistant"),
  },
  bundle: { files: ["tools.json"] },
  async run({ sent, authorization = "", api, apiOrigin, appOrigin, problem }) {
    const { origin } = sent.headers;
    // A page that a browser shows may have found out where this is, but not who asks there.
    if (origin !== undefined && origin !== apiOrigin && origin !== appOrigin)
      throw problem("forbidden", "Pages of this Origin may not call this");
    try {
      const request = readMessage(sent.text, sent.headers);
      if (!request) return new McpAnswer(202);
      return await serve(request, tools(), async ({ name, given }) => {
        const tool = tools().find((one) => one.name === name && one.kind === "calls");
        return tool && read(api, authorization, tool, given);
      });
    } catch (error) {
      if (error instanceof McpError) return refusal(error);
      throw error;
    }
  },
});

/** The tools that the build laid beside the bundle; read once a process. */
function tools(): readonly Tool[] {
  kept ??= JSON.parse(readFileSync(new URL("./tools.json", import.meta.url), "utf8")) as Tool[];
  return kept;
}
