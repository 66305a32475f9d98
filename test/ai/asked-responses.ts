import {
  type Asked,
  checkCalls,
  checkFormat,
  checkLimit,
  checkNames,
  checkTool,
  type Heard,
  isObject,
  isText,
  must,
  objectIn,
  onlyFields,
  Refused,
  type Sent,
} from "./asked.ts";

type Read = Pick<Asked, "model" | "instructions" | "heard" | "tools" | "schema">;

/** Reads a body of `POST /v1/responses`: only what a stateless client sends. */
export function readResponses(body: Sent): Read {
  onlyFields(
    body,
    "body",
    ["model", "instructions", "input", "max_output_tokens", "store"],
    ["tools", "text", "service_tier"],
  );
  must(isText(body.model) && body.model !== "", "model", "expected a string");
  must(isText(body.instructions), "instructions", "expected a string");
  must(body.store === false, "store", "nothing may be stored");
  must(["default", undefined].includes(body.service_tier), "service_tier", "expected 'default'");
  checkLimit(body.max_output_tokens, "max_output_tokens");
  must(Array.isArray(body.input) && body.input.length > 0, "input", "expected an array that is not empty");
  const heard = (body.input as Sent[]).flatMap((item, at) => itemRead(item, `input[${at}]`));
  checkCalls(heard);
  return {
    ...{ model: body.model, instructions: body.instructions, heard },
    tools: toolsIn(body.tools ?? []),
    schema: schemaIn(body.text),
  };
}

function itemRead(item: Sent, param: string): Heard[] {
  must(isObject(item), param, "expected an object");
  switch (item.type) {
    case "message":
      return [messageRead(item, param)];
    case "function_call": {
      onlyFields(item, param, ["type", "call_id", "name", "arguments"], ["id", "status"]);
      must(isText(item.call_id) && isText(item.name), param, "expected strings");
      objectIn(item.arguments, `${param}.arguments`);
      return [{ role: "call", text: item.arguments, call_id: item.call_id, tool: item.name }];
    }
    case "function_call_output":
      onlyFields(item, param, ["type", "call_id", "output"]);
      must(isText(item.output), `${param}.output`, "expected a string");
      return [{ role: "output", text: item.output, call_id: item.call_id }];
    case "reasoning":
      onlyFields(item, param, ["type", "id", "summary", "encrypted_content"], ["status", "content"]);
      if (!/^enc_/.test(item.encrypted_content))
        throw new Refused(
          `Item with id '${item.id}' not found. Items are not persisted when store is false.`,
          {
            status: 404,
          },
        );
      return [];
    default:
      return must(false, `${param}.type`, `'${item.type}' is not supported`) as never;
  }
}

/** What a person or the model said: a text, or as the model's own items have it. */
function messageRead(item: Sent, param: string): Heard {
  onlyFields(item, param, ["type", "role", "content"], ["id", "status", "phase"]);
  const { role, content } = item;
  must(
    ["user", "assistant", "system", "developer"].includes(role),
    `${param}.role`,
    `'${role}' is not supported`,
  );
  must(role === "user" || role === "assistant", `${param}.role`, "instructions have a field of their own");
  if (isText(content)) return { role, text: content };
  must(Array.isArray(content), `${param}.content`, "expected a string or an array");
  const texts = (content as Sent[]).map((part, at) => {
    const known = { output_text: "text", refusal: "refusal" }[part.type as string];
    must(role === "assistant" && known && isText(part[known]), `${param}.content[${at}]`, "unknown content");
    return part[known] as string;
  });
  return { role, text: texts.join("") };
}

function toolsIn(tools: Sent): Asked["tools"] {
  must(Array.isArray(tools), "tools", "expected an array");
  (tools as Sent[]).forEach((tool, at) => {
    onlyFields(tool, `tools[${at}]`, ["type", "name", "description", "parameters", "strict"]);
    must(tool.type === "function", `tools[${at}].type`, "expected 'function'");
    // Strict is the default there, and operations have fields that may be left out.
    must(tool.strict === false, `tools[${at}].strict`, "expected false");
    checkTool(tool, `tools[${at}]`);
  });
  checkNames(tools);
  return tools;
}

function schemaIn(text: Sent): Sent {
  if (text === undefined) return undefined;
  onlyFields(text, "text", ["format"]);
  onlyFields(text.format, "text.format", ["type", "name", "schema", "strict"]);
  must(text.format.type === "json_schema", "text.format.type", "expected 'json_schema'");
  checkFormat(text.format, "text.format");
  return text.format.schema;
}
