/** A request to a model as the test's provider reads it: checked strictly, and the same for both protocols. */

// biome-ignore lint/suspicious/noExplicitAny: what a client sent; it is checked field by field.
export type Sent = any;

export type Protocol = "responses" | "chat_completions";

/** Something that was said to the model, or by it, in order. A call's text is its arguments. */
export interface Heard {
  readonly role: "user" | "assistant" | "call" | "output";
  readonly text: string;
  /** Of a call, and of the output that answers it. */
  readonly call_id?: string;
  readonly tool?: string;
}

export interface Asked {
  readonly protocol: Protocol;
  /** From 0: the requests before this one, those that failed included. */
  readonly number: number;
  readonly body: Sent;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly model: string;
  readonly instructions: string;
  readonly heard: readonly Heard[];
  readonly tools: readonly {
    readonly name: string;
    readonly description: string;
    readonly parameters: Sent;
  }[];
  /** The JSON Schema of the answer that is wanted. */
  readonly schema: Sent;
}

/** A request that OpenAI would refuse: 400, or 401 and 404. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  readonly param: string | null;

  constructor(
    message: string,
    { status = 400, code = "invalid_request_error", param = null as string | null } = {},
  ) {
    super(message);
    this.status = status;
    this.code = code;
    this.param = param;
  }
}

export function must(holds: unknown, param: string, why: string): asserts holds {
  if (!holds) throw new Refused(`Invalid '${param}': ${why}.`, { code: "invalid_value", param });
}

export const isText = (value: unknown): value is string => typeof value === "string";
export const isObject = (value: unknown): value is Record<string, Sent> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** No field beyond those that we mean to send: the others of the protocol would be a mistake of ours. */
export function onlyFields(value: unknown, param: string, required: string[], optional: string[] = []): void {
  must(isObject(value), param, "expected an object");
  for (const field of required) must(field in value, `${param}.${field}`, "it is missing");
  for (const field of Object.keys(value))
    if (![...required, ...optional].includes(field))
      throw new Refused(`Unknown parameter: '${param}.${field}'.`, {
        code: "unknown_parameter",
        param: field,
      });
}

export function objectIn(text: unknown, param: string): Sent {
  must(isText(text), param, "expected a string");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    must(false, param, "it is no JSON");
  }
  must(isObject(value), param, "expected the JSON of an object");
  return value;
}

export function checkLimit(value: unknown, param: string): void {
  must(Number.isSafeInteger(value) && (value as number) >= 16, param, "an integer of 16 or more is expected");
}

/** Each call is answered by one output, before anything else is said; ids are used once. */
export function checkCalls(heard: readonly Heard[]): void {
  const ids = heard.flatMap(({ role, call_id }) => (role === "call" ? [call_id!] : []));
  must(new Set(ids).size === ids.length, "input", "two calls have the same id");
  const open = new Set<string>();
  for (const { role, call_id } of heard) {
    if (role === "call") open.add(call_id!);
    else if (role === "output")
      must(open.delete(call_id!), "input", `No tool call found for the output with call_id ${call_id}`);
    else must(open.size === 0, "input", `No tool output found for function call ${[...open][0]}`);
  }
  must(open.size === 0, "input", `No tool output found for function call ${[...open][0]}`);
}

export function checkTool({ name, description, parameters }: Sent, param: string): void {
  must(
    isText(name) && /^[\w-]{1,64}$/.test(name),
    `${param}.name`,
    "it does not match ^[a-zA-Z0-9_-]{1,64}$",
  );
  must(isText(description), `${param}.description`, "expected a string");
  must(
    isObject(parameters) && parameters.type === "object",
    `${param}.parameters`,
    "expected a schema of an object",
  );
}

export function checkNames(tools: readonly { readonly name: string }[]): void {
  must(new Set(tools.map(({ name }) => name)).size === tools.length, "tools", "two tools have the same name");
}

/** As OpenAI's strict mode does: closed objects, all of their properties required. */
export function checkFormat({ name, schema, strict }: Sent, param: string): void {
  must(
    isText(name) && /^[\w-]{1,64}$/.test(name),
    `${param}.name`,
    "it does not match ^[a-zA-Z0-9_-]{1,64}$",
  );
  must(isObject(schema) && schema.type === "object", `${param}.schema`, "expected a schema of an object");
  must(typeof strict === "boolean", `${param}.strict`, "expected a boolean");
  if (strict) checkStrict(schema, `${param}.schema`);
}

function checkStrict(schema: Sent, param: string): void {
  if (!isObject(schema)) return;
  if (schema.type === "object") {
    must(schema.additionalProperties === false, param, "'additionalProperties' is required to be false");
    const names = Object.keys(schema.properties ?? {}).sort();
    must(
      JSON.stringify([...(schema.required ?? [])].sort()) === JSON.stringify(names),
      param,
      "'required' must include every key in properties",
    );
  }
  for (const key of ["minLength", "maxLength", "oneOf", "allOf", "not", "default", "$schema"])
    must(!(key in schema), param, `'${key}' is not permitted`);
  for (const [key, value] of Object.entries({ ...schema.properties, ...schema.$defs }))
    checkStrict(value, `${param}.${key}`);
  checkStrict(schema.items, `${param}.items`);
  for (const value of schema.anyOf ?? []) checkStrict(value, `${param}.anyOf`);
}
