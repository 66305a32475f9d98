import { definitions } from "../functions/index.ts";
import { readSecret } from "../shared/data/secret.ts";
import type { Operation } from "../shared/entry/definition.ts";
import { signingSecret } from "../shared/identity/tokens.ts";
import { api, cloud, signUp } from "./cloud.ts";
import { forgedTokens, mutatedTokens } from "./forged-tokens.ts";
import { inParallel } from "./identity-attacks.ts";
import "./in-process.ts";

/** Every operation that asks who is calling. */
export const guarded: readonly Operation[] = definitions
  .filter((definition) => definition.kind === "http")
  .filter(({ permission }) => permission !== "public");

/** An admin's genuine token, and what is made of it. */
export async function tokenCorpus(mutations: number) {
  const { token, refresh_token } = await signUp();
  const secret = await signingSecret(readSecret("signing").open(cloud.signingSecret));
  return {
    genuine: token,
    secret,
    forged: forgedTokens(token, refresh_token, secret),
    mutated: mutatedTokens(token, mutations),
  };
}

/** Sends each token to the operation; the ones that were not refused with 401, each with what came instead. */
export async function accepted(
  { method, path }: Operation,
  tokens: readonly string[],
  through = api,
): Promise<string[]> {
  const id = "01900000-0000-7000-8000-000000000000";
  const place = path.replace(/\{(\w+)\}/g, id);
  const outcomes = await inParallel(tokens.length, 8, async (at) => {
    const { status } = await through(method, place, { token: tokens[at] });
    return status === 401 ? [] : [`${status} ${method} ${path}: ${tokens[at]}`];
  });
  return outcomes.flat();
}
