import { analytics } from "./examples/analytics.ts";
import { assistant } from "./examples/assistant.ts";
import { cma } from "./examples/cma.ts";
import { exported } from "./examples/exports.ts";
import { handOvers } from "./examples/hand-overs.ts";
import { identity } from "./examples/identity.ts";
import { imports } from "./examples/imports.ts";
import { leads } from "./examples/leads.ts";
import { properties } from "./examples/properties.ts";
import { proposals } from "./examples/proposals.ts";
import { tasks } from "./examples/tasks.ts";
import { trust } from "./examples/trust.ts";

/** Examples that tell more than those made of their fields (`example.ts`), by the name of the schema. */
export const examples: Readonly<Record<string, unknown>> = {
  ...analytics,
  ...assistant,
  ...identity,
  ...handOvers,
  ...properties,
  ...cma,
  ...imports,
  ...leads,
  ...exported,
  ...proposals,
  ...tasks,
  ...trust,
  GetHealthResponse: { status: "ok" },
  GetJwksResponse: {
    keys: [
      {
        kty: "OKP",
        crv: "Ed25519",
        x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
        kid: "1Xt8rW5n",
        use: "sig",
        alg: "EdDSA",
      },
    ],
  },
};
