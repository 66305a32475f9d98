import {
  type Asked,
  checkCalls,
  checkFormat,
  checkLimit,
  checkNames,
  checkTool,
  type Heard,
  isText,
  must,
  objectIn,
  onlyFields,
  type Sent,
} from "./asked.ts";

type Read = Pick<Asked, "model" | "instructions" | "heard" | "tools" | "schema">;

/** Reads a body of `POST /v1/chat/completions`, as an older server takes it. */
export function readChat(body: Sent): Read {
  onlyFields(body, "body", ["model", "messages", "max_tokens"], ["tools", "response_format"]);
  must(isText(body.model) && body.model !== "", "model", "expected a string");
  checkLimit(body.max_tokens, "max_tokens");
  must(Array.isArray(body.messages) && body.messages.length > 1, "messages", "expected an array of messages");
  const [first, ...rest] = body.messages as Sent[];
  must(first?.role === "system" && isText(first.content), "messages[0]", "expected the instructions");
  const heard = rest.flatMap((message, at) => messageRead(message, `messages[${at + 1}]`));
  checkCalls(heard);
  return {
    ...{ model: body.model, instructions: first.content, heard },
    tools: toolsIn(body.tools ?? []),
    schema: schemaIn(body.response_format),
  };
}

function messageRead(message: Sent, param: string): Heard[] {
  switch (message?.role) {
    case "user":
      onlyFields(message, param, ["role", "content"]);
      must(isText(message.content), `${param}.content`, "expected a string");
      return [{ role: "user", text: message.content }];
    case "tool":
      onlyFields(message, param, ["role", "content", "tool_call_id"]);
      must(isText(message.content), `${param}.content`, "expected a string");
      return [{ role: "output", text: message.content, call_id: message.tool_call_id }];
    case "assistant": {
      onlyFields(message, param, ["role", "content"], ["tool_calls"]);
      must(isText(message.content), `${param}.content`, "expected a string");
      const calls = (message.tool_calls ?? []) as Sent[];
      return [
        ...(message.content || calls.length === 0
          ? [{ role: "assistant" as const, text: message.content as string }]
          : []),
        ...calls.map((call, at) => callRead(call, `${param}.tool_calls[${at}]`)),
      ];
    }
    default:
      return must(false, `${param}.role`, `'${message?.role}' is not supported`) as never;
  }
}

function callRead(call: Sent, param: string): Heard {
  onlyFields(call, param, ["id", "type", "function"]);
  must(call.type === "function", `${param}.type`, "expected 'function'");
  onlyFields(call.function, `${param}.function`, ["name", "arguments"]);
  objectIn(call.function.arguments, `${param}.function.arguments`);
  return { role: "call", text: call.function.arguments, call_id: call.id, tool: call.function.name };
}

function toolsIn(tools: Sent): Asked["tools"] {
  must(Array.isArray(tools), "tools", "expected an array");
  const functions = (tools as Sent[]).map((tool, at) => {
    onlyFields(tool, `tools[${at}]`, ["type", "function"]);
    must(tool.type === "function", `tools[${at}].type`, "expected 'function'");
    onlyFields(tool.function, `tools[${at}].function`, ["name", "description", "parameters"]);
    checkTool(tool.function, `tools[${at}].function`);
    return tool.function;
  });
  checkNames(functions);
  return functions;
}

function schemaIn(format: Sent): Sent {
  if (format === undefined) return undefined;
  onlyFields(format, "response_format", ["type", "json_schema"]);
  must(format.type === "json_schema", "response_format.type", "expected 'json_schema'");
  onlyFields(format.json_schema, "response_format.json_schema", ["name", "schema", "strict"]);
  checkFormat(format.json_schema, "response_format.json_schema");
  return format.json_schema.schema;
}
