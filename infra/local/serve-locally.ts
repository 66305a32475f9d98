import type { IncomingMessage, ServerResponse } from "node:http";
import { type Outbox, outboxPage } from "./outbox.ts";
import type { Schedules } from "./schedules.ts";

/**
 * Answers what only the local cloud has, under `/_local/`: `POST fire/<schedule>`, and `GET outbox` with an optional
 * `?to=<address>`, as JSON or to a browser as a page. False for any other request, which is the API's.
 */
export async function serveLocally(
  request: IncomingMessage,
  response: ServerResponse,
  { schedules, outbox }: { readonly schedules: Pick<Schedules, "fire">; readonly outbox: Outbox },
): Promise<boolean> {
  if (!request.url!.startsWith("/_local/")) return false;
  const { pathname, searchParams } = new URL(request.url!, "http://local");
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  const [, schedule] = /^\/_local\/fire\/([^/]+)$/.exec(pathname) ?? [];
  if (schedule && request.method === "POST") {
    try {
      await schedules.fire(decodeURIComponent(schedule));
      response.writeHead(204).end();
    } catch (error) {
      json(422, { message: (error as Error).message });
    }
    return true;
  }
  if (request.method !== "GET" || pathname !== "/_local/outbox") return false;
  const mails = outbox.list(searchParams.get("to") ?? undefined);
  if (!request.headers.accept?.includes("text/html")) json(200, mails);
  else
    response
      .writeHead(200, {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'",
      })
      .end(outboxPage(mails));
  return true;
}
