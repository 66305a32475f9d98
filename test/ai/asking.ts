import type * as z from "zod/mini";
import type { NewAiRequest } from "../../shared/domain/ai-request.ts";
import { client, ok } from "../client.ts";
import { type SignedIn, waitFor } from "../cloud.ts";
import { to } from "./exchange.ts";
import { type ProviderServer, providerServer, type ServerOptions } from "./provider-server.ts";
import type { Script } from "./step.ts";

type Body = z.input<typeof NewAiRequest>;

/** Runs with a scripted model, which the exchange finds by `to(model)` in what is asked. */
export async function withModel<T>(
  script: Script,
  run: (model: ProviderServer & { readonly to: string }) => Promise<T>,
  kind: ServerOptions["kind"] = "openai",
): Promise<T> {
  const model = await providerServer({ script, kind });
  try {
    return await run({ ...model, to: to(model) });
  } finally {
    await model.close();
  }
}

/** Asks the assistant, and waits until the request has ended. */
export async function asked({ token }: Pick<SignedIn, "token">, body: Body, seconds = 60) {
  const { id } = await ok(client.createAiRequest({ token, body }));
  return ended({ token }, id, seconds);
}

/** A request once it has ended. */
export const ended = ({ token }: Pick<SignedIn, "token">, ai_request_id: string, seconds = 60) =>
  waitFor(async () => {
    const request = await ok(client.getAiRequest({ token, params: { ai_request_id } }));
    return ["completed", "failed", "cancelled"].includes(request.status) ? request : undefined;
  }, seconds);

/** A question in a conversation of one turn. */
export const question = (content: string): Body => ({
  source: "chat",
  request_payload: { messages: [{ role: "user", content }] },
});

/** A description of a listing, for social media unless said. */
export const description = (
  property_id: string,
  notes: string,
  length: "mls" | "web" | "social" = "social",
): Body => ({
  source: "content",
  request_payload: { kind: "listing_description", property_id, length, notes },
});
