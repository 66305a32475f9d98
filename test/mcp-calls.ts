import { SdkHttpError } from "@modelcontextprotocol/client";
import type { RoleGrant } from "../shared/domain/access.ts";
import { type ProblemCode, problems } from "../shared/domain/problem.ts";
import { api, cloud, expectStatus, type SignedIn } from "./cloud.ts";
import { type Connected, connect } from "./mcp.ts";
import type { Send } from "./permissions/matrix.ts";
import { tools } from "./proposals.ts";

/** An API key of somebody, made as whoever may make keys. */
export const keyOf = async (
  { token }: SignedIn,
  ...grants: RoleGrant[]
): Promise<{ readonly id: string; readonly key: string }> =>
  expectStatus(201, "POST", "/v1/api-keys", { token, body: { name: "An assistant", grants } });

/** Calls a tool once, as whoever has the token. */
export async function call(token: string, name: string, given: Readonly<Record<string, unknown>> = {}) {
  await using connected = await connect(cloud.url, token);
  // Awaited here: the client closes when this returns.
  return await connected.client.callTool({ name, arguments: given });
}

/** What the tool answered as data; an error that says all where it failed. */
export async function told(token: string, name: string, given: Readonly<Record<string, unknown>> = {}) {
  const answer = await call(token, name, given);
  if (answer.isError) throw new Error(JSON.stringify(answer.content));
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it expects.
  return answer.structuredContent as any;
}

/** A message over HTTP, whose answer is checked against the document. */
export const post = (
  token: string | undefined,
  { body, headers }: { readonly body: object; readonly headers?: Readonly<Record<string, string>> },
) => api("POST", "/mcp", { token, body, ...(headers ? { headers } : {}) });

/** Calls an operation's tool, and says what it answered as if it had been over HTTP; `clients` are kept by token. */
export const throughMcp =
  (clients: Map<string | undefined, Promise<Connected>>): Send =>
  async (operation, { params, token }) => {
    const { name } = tools.find(({ operation_id }) => operation_id === operation.id)!;
    const connecting = clients.get(token) ?? connect(cloud.url, token);
    clients.set(token, connecting);
    try {
      const { client } = await connecting;
      const { isError, structuredContent } = await client.callTool({ name, arguments: { ...params } });
      if (!isError) return { status: 200, body: structuredContent };
      const { code } = structuredContent as { readonly code: ProblemCode };
      return { status: problems[code].status, body: structuredContent };
    } catch (error) {
      clients.delete(token);
      if (!(error instanceof SdkHttpError)) throw error;
      return { status: error.status, body: JSON.parse(String(error.data.text)) };
    }
  };
