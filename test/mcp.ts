import { Client, type ClientOptions, StreamableHTTPClientTransport } from "@modelcontextprotocol/client";

/** The client that the protocol's makers publish, connected; it closes with its scope. */
export interface Connected extends AsyncDisposable {
  readonly client: Client;
}

/**
 * Connects the official client: it finds out by itself which revision is spoken, or begins as clients did before
 * (`legacy`). `fetch` stands in for the network.
 */
export async function connect(
  url: string,
  token: string | undefined,
  {
    mode = "auto",
    ...more
  }: { readonly mode?: "auto" | "legacy"; readonly fetch?: typeof fetch } & Pick<
    ClientOptions,
    "capabilities"
  > = {},
): Promise<Connected> {
  const { capabilities = {}, fetch } = more;
  const client = new Client(
    { name: "gable-test", version: "1.0.0" },
    { capabilities, versionNegotiation: { mode } },
  );
  const headers: Record<string, string> = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const transport = new StreamableHTTPClientTransport(new URL(`${url}/mcp`), {
    requestInit: { headers },
    ...(fetch ? { fetch } : {}),
  });
  await client.connect(transport);
  return { client, [Symbol.asyncDispose]: () => client.close() };
}

/** A request of the revision, as it goes over HTTP, with what is changed of it. */
export function current(
  method: string,
  params: Readonly<Record<string, unknown>> = {},
  {
    headers = {},
    ...over
  }: { readonly headers?: Readonly<Record<string, string | undefined>> } & object = {},
): { readonly body: object; readonly headers: Record<string, string> } {
  const said = {
    "mcp-protocol-version": "2026-07-28",
    "mcp-method": method,
    ...(typeof params.name === "string" ? { "mcp-name": params.name } : {}),
    ...headers,
  };
  const _meta = {
    "io.modelcontextprotocol/protocolVersion": "2026-07-28",
    "io.modelcontextprotocol/clientCapabilities": {},
  };
  return {
    body: { jsonrpc: "2.0", id: 1, method, params: { _meta, ...params }, ...over },
    headers: Object.fromEntries(
      Object.entries(said).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
    ),
  };
}
