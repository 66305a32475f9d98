/** Examples of the Model Context Protocol. */
export const assistant: Readonly<Record<string, unknown>> = {
  McpMessage: { jsonrpc: "2.0", id: 1, method: "tools/list" },
  McpReply: {
    jsonrpc: "2.0",
    id: 1,
    result: { content: [{ type: "text", text: '{"items":[],"next_cursor":null}' }] },
  },
  McpRefusal: { jsonrpc: "2.0", id: null, error: { code: -32700, message: "The body is not JSON" } },
};
