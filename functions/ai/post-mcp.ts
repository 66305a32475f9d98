import { answerMcp } from "../../shared/ai/mcp/answer.ts";
import { mcp } from "../../shared/ai/mcp/protocol.ts";
import { toolsBeside } from "../../shared/ai/tools.ts";
import { apiOrigin, callApi } from "../../shared/data/api.ts";
import { appOrigin } from "../../shared/data/mailer.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { writeTable } from "../../shared/data/table.ts";
import { operation } from "../../shared/entry/definition.ts";

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
  async run(context) {
    const { sent, apiOrigin, appOrigin, problem } = context;
    const { origin } = sent.headers;
    // A page that found out where this is, on a machine or behind its firewall, has no business here.
    if (origin !== undefined && origin !== apiOrigin && origin !== appOrigin)
      throw problem("forbidden", "Pages of this Origin may not call this");
    return answerMcp(context, toolsBeside(import.meta.url));
  },
});
