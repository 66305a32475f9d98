import type { Headers } from "../../entry/page.ts";
import { earlier, McpMessage, meta, revision } from "./protocol.ts";
import { McpError, type McpId } from "./reply.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A request that was understood. */
export interface McpRequest {
  readonly id: Exclude<McpId, null>;
  readonly method: string;
  readonly params: Fields;
  /** Whether it is of the revision, or of one before. */
  readonly isCurrent: boolean;
  /** Whether who sent it can show a person a link: only then may it be asked to. */
  readonly showsLinks: boolean;
}

/** A request, or undefined for a notification, which has no answer. Throws McpError for what is neither. */
export function readMessage(text: string, headers: Headers): McpRequest | undefined {
  const type = headers["content-type"]?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/json")
    throw new McpError("other", "Send Content-Type: application/json", { status: 415 });
  const { id, method, params = {} } = messageIn(parsed(text));
  if (id === undefined) return undefined;
  const said = fieldsIn(params._meta);
  const isCurrent = said !== undefined && Object.hasOwn(said, meta.version);
  if (isCurrent) checkCurrent({ id, method, params, said }, headers);
  else checkEarlier(id, headers);
  const capabilities = fieldsIn(said?.[meta.capabilities]);
  const showsLinks = isCurrent && fieldsIn(fieldsIn(capabilities?.elicitation)?.url) !== undefined;
  return { id, method, params, isCurrent, showsLinks };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new McpError("parse", "The body is not JSON");
  }
}

function messageIn(body: unknown): McpMessage {
  if (Array.isArray(body)) throw new McpError("request", "Send one message: there are no batches");
  const read = McpMessage.safeParse(body);
  if (read.success) return read.data;
  const { id } = fieldsIn(body) ?? {};
  const known = McpMessage.shape.id.safeParse(id);
  throw new McpError("request", "The body is no request of JSON-RPC 2.0", {
    id: known.success ? (known.data ?? null) : null,
  });
}

/** Checks a request of the revision: headers repeat what it says, for whoever routes it, and must not say something else. */
function checkCurrent(
  { id, method, params, said }: { id: Exclude<McpId, null>; method: string; params: Fields; said: Fields },
  headers: Headers,
): void {
  const version = said[meta.version];
  if (typeof version !== "string" || !fieldsIn(said[meta.capabilities]))
    throw new McpError("params", `_meta must have ${meta.version} and ${meta.capabilities}`, { id });
  if (version !== revision) throw unknownVersion(id, version, [revision]);
  const repeated: Readonly<Record<string, unknown>> = {
    "mcp-protocol-version": version,
    "mcp-method": method,
    ...(method === "tools/call" && typeof params.name === "string" ? { "mcp-name": params.name } : {}),
  };
  for (const [name, value] of Object.entries(repeated))
    if (plain(headers[name]) !== value)
      throw new McpError("header", `The header ${name} must say what the body says`, { id });
}

/** Checks a request of before: its version, where one is said, is in the header alone. */
function checkEarlier(id: Exclude<McpId, null>, headers: Headers): void {
  const version = headers["mcp-protocol-version"]?.trim();
  if (version === undefined || earlier.some((one) => one === version)) return;
  if (version === revision)
    throw new McpError(
      "params",
      `A request of ${revision} says in _meta ${Object.values(meta).slice(0, 2).join(" and ")}`,
      {
        id,
      },
    );
  throw unknownVersion(id, version, [revision, ...earlier]);
}

const unknownVersion = (id: McpId, requested: string, supported: readonly string[]) =>
  new McpError("version", "This revision of the protocol is not spoken here", {
    id,
    data: { supported, requested },
  });

/** A header's value; what no header can hold comes in Base64, between marks. */
function plain(value: string | undefined): string | undefined {
  const trimmed = value?.trim();
  const coded = /^=\?base64\?([A-Za-z0-9+/]*={0,2})\?=$/.exec(trimmed ?? "")?.[1];
  return coded === undefined ? trimmed : Buffer.from(coded, "base64").toString("utf8");
}

const fieldsIn = (value: unknown): Fields | undefined =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
