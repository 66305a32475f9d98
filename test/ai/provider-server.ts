import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text as textOf } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Asked, type Protocol, Refused, type Sent } from "./asked.ts";
import { readChat } from "./asked-chat.ts";
import { readResponses } from "./asked-responses.ts";
import { bodyOf } from "./reply-body.ts";
import { fails, type Raw, type Reply, type Script, type Step, scriptIsOver } from "./step.ts";

/** A request that arrived, whatever became of it. */
export interface Arrived {
  readonly path: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Parsed; undefined when it is no JSON. */
  readonly body: Sent;
  /** Why it was refused, when the fault was the client's. */
  refused?: string;
  /** The client closed the connection before it had the whole answer. */
  abandoned: boolean;
}

export interface ProviderServer {
  /** Of the API, with its `/v1`: what `base_url` takes. */
  readonly url: string;
  readonly requests: readonly Arrived[];
  close(): Promise<void>;
}

export interface ServerOptions {
  readonly script: Script;
  /** `local` speaks chat completions alone, as servers of local models do, and heeds no `response_format`. */
  readonly kind?: "openai" | "local";
  /** The key that it accepts; any, unless said. */
  readonly key?: string;
}

const paths: Readonly<Record<string, Protocol>> = {
  "/v1/responses": "responses",
  "/v1/chat/completions": "chat_completions",
};

/** A provider of models on this machine, which does what its script says and refuses requests that OpenAI would. */
export async function providerServer({
  script,
  kind = "openai",
  key,
}: ServerOptions): Promise<ProviderServer> {
  const requests: Arrived[] = [];
  const steps = typeof script === "function" ? undefined : [...script];
  const local = kind === "local";
  const stopped = new AbortController();

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const text = await textOf(request);
    const arrived: Arrived = {
      ...{ path: request.url!, headers: request.headers, body: jsonIn(text), abandoned: false },
    };
    const number = requests.push(arrived) - 1;
    response.on("close", () => {
      arrived.abandoned = !response.writableFinished;
    });
    try {
      const asked = read(arrived, number);
      const step = steps ? (steps.shift() ?? scriptIsOver) : await (script as (asked: Asked) => Step)(asked);
      await perform(step, asked, response);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      arrived.refused = error.message;
      send(response, fails(error.status, { code: error.code, message: error.message }));
    }
  }

  function read(arrived: Arrived, number: number): Asked {
    const { path, headers, body } = arrived;
    const protocol = paths[path];
    if (!protocol || (local && protocol === "responses"))
      throw new Refused(`Unknown request URL: ${path}`, { status: 404, code: "unknown_url" });
    const given = /^Bearer (.+)$/.exec(headers.authorization as string)?.[1];
    if (!given || (key !== undefined && given !== key))
      throw new Refused(`Incorrect API key provided: ${given}`, { status: 401, code: "invalid_api_key" });
    if (body === undefined) throw new Refused("The body is no JSON");
    const asked = protocol === "responses" ? readResponses(body) : readChat(body);
    return { ...asked, ...{ protocol, number, body, headers }, ...(local && { schema: undefined }) };
  }

  async function perform(step: Step, asked: Asked, response: ServerResponse): Promise<void> {
    if ("hang" in step) return;
    if (step.after) await sleep(step.after, undefined, { signal: stopped.signal }).catch(() => {});
    if ("status" in step) return send(response, step);
    await reply(step, JSON.stringify(bodyOf(asked, step, { local })), response);
  }

  async function reply({ cut, drip }: Reply, body: string, response: ServerResponse): Promise<void> {
    response.setHeader("content-type", "application/json");
    if (cut) {
      response.write(body.slice(0, body.length * cut.at));
      // Written before it breaks, so that the client has read a part.
      if (cut.by === "break") setTimeout(() => response.destroy(), 20);
      else response.end();
      return;
    }
    const size = Math.ceil(body.length / (drip ? 20 : 1));
    for (let at = 0; at < body.length && !response.destroyed; at += size) {
      response.write(body.slice(at, at + size));
      if (drip) await sleep(drip, undefined, { signal: stopped.signal }).catch(() => {});
    }
    response.end();
  }

  const server = createServer((request, response) => {
    handle(request, response).catch((error) => {
      // A script's own mistake: seen by the client, and by who reads the requests.
      response.destroyed || send(response, fails(500, { message: String(error) }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    async close() {
      stopped.abort();
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function send(response: ServerResponse, { status, headers = {}, body }: Raw): void {
  response.writeHead(status, headers);
  response.end(body);
}

function jsonIn(text: string): Sent {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
