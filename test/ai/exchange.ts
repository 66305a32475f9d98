import { request as ask, createServer, type IncomingMessage } from "node:http";
import { buffer } from "node:stream/consumers";
import { listen } from "../../infra/local/cloud.ts";
import { filled } from "./obedient-model.ts";
import { providerServer } from "./provider-server.ts";
import type { Step } from "./step.ts";

/**
 * The provider of a test cloud, whom all test files share: what is asked with `(model <port>)` somewhere in its texts goes
 * to the scripted server on that port, which a test has started; to all else it answers a few words itself.
 */
export async function exchange(): Promise<{ readonly url: string; close(): Promise<void> }> {
  const anything = await providerServer({
    script: ({ schema }): Step => ({
      text: schema ? JSON.stringify(filled(schema, "A house.")) : "A house.",
    }),
  });
  const server = createServer(async (request, response) => {
    const body = await buffer(request);
    const [, port] = /\(model (\d+)\)/.exec(body.toString()) ?? [];
    const { method, url, headers } = request;
    const options = {
      host: "127.0.0.1",
      port: port ?? new URL(anything.url).port,
      method,
      path: url,
      headers,
    };
    const forwarded = ask(options, (answer: IncomingMessage) => {
      response.writeHead(answer.statusCode!, answer.headers);
      answer.on("error", () => response.destroy()).pipe(response);
    });
    forwarded.on("error", () => response.destroy());
    response.on("close", () => forwarded.destroy());
    forwarded.end(body);
  });
  const url = await listen(server, 0);
  return {
    url: `${url}/v1`,
    async close() {
      server.closeAllConnections();
      server.close();
      await anything.close();
    },
  };
}

/** What of a text makes the exchange send it to a scripted server. */
export const to = ({ url }: { readonly url: string }): string => `(model ${new URL(url).port})`;
