import type { areas as areasOfGable } from "../../functions/index.ts";
import type { Definition, Operation } from "../../shared/entry/definition.ts";
import { Components } from "./components.ts";
import type { OpenApi, OperationObject } from "./document.ts";
import { operationObject, sharedHeaders, sharedParameters } from "./operation.ts";
import { defineProblems, refusalsIn } from "./problems.ts";

/** Entry points by area, as functions/index.ts lists them. */
type Areas = Readonly<Record<string, readonly Definition[]>>;

/** The operations that have a path of their own, with their area: all but what answers unknown routes. */
export function routedOperations(areas: Areas): { readonly area: string; readonly operation: Operation }[] {
  return Object.entries(areas).flatMap(([area, definitions]) =>
    definitions.flatMap((operation) =>
      operation.kind === "http" && operation.path !== "$default" ? [{ area, operation }] : [],
    ),
  );
}

/** The OpenAPI document of the operations, derived from their definitions; names.ts and examples.ts say what differs. */
export function openApi(areas: Areas): OpenApi {
  const routed = routedOperations(areas);
  const components = new Components(routed.map(({ operation }) => operation));
  defineProblems(components);
  const paths: Record<string, Record<string, OperationObject>> = {};
  for (const { area, operation } of routed) {
    paths[operation.path] ??= {};
    paths[operation.path]![operation.method.toLowerCase()] = operationObject(operation, area, components);
  }
  return {
    openapi: "3.1.1",
    info: {
      title: "Gable",
      version: "1.0.0",
      summary: "The back office of a real-estate brokerage",
      description: introduction,
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/", description: "The stage that answered this document", "x-internal": false }],
    tags: [...new Set(routed.map(({ area }) => area))].map((name) => ({ name, description: about(name) })),
    paths,
    components: {
      schemas: components.schemas,
      parameters: sharedParameters,
      headers: sharedHeaders,
      responses: refusalsIn(routed.map(({ operation }) => operation)),
      securitySchemes,
    },
  };
}

const introduction = `Sign up (\`POST /v1/brokerages\`) or register, sign in (\`POST /v1/auth/login\`), and send
\`Authorization: Bearer <session_token>\` with everything else. A program sends an API key in the same place
(\`POST /v1/api-keys\`): it acts as its maker, within its own grants.

Every error is an RFC 9457 problem document with a \`code\` from a closed list; each response names the codes it can
have. The exceptions are answers of the gateway itself (413 beyond 10 MB, 429, 503, 504), which carry \`{"message"}\`.
Every record has a \`version\`, which is also its ETag; changing or deleting one needs \`If-Match\`. Every write
outside \`/v1/auth\` accepts an \`Idempotency-Key\`: repeated within 24 hours, the request takes effect once and gets
the first answer again, even if the record has changed or was deleted since. 503 \`busy\` says in \`Retry-After\` how
many seconds to wait. Lists may lag behind a write by a second; a record read by its id never does. Bodies are I-JSON (RFC 7493):
an unpaired surrogate is refused.`;

const areas: Readonly<Record<keyof typeof areasOfGable, string>> = {
  service: "The API itself: health, this document, and the keys that its session tokens are signed with",
  identity: "Brokerages, their users, and signing in and out",
  properties: "Listings and past sales, and how their status and price changed",
  public: "What anyone may read of a brokerage that has public_listings, and photos at addresses that stay",
  media: "Photos, documents and videos of a property: announced, uploaded, checked and re-encoded",
  cma: "Comparative market analyses: asked for, revised, approved, and shared as a report",
  imports: "Files of properties, past sales and clients, taken in row by row, and undone",
  exports: "Files of what a list shows, made for who asked and gone after a day",
  tasks: "Things to be done, by a person or by a job",
  roles: "What users may do beside their built-in role",
  keys: "API keys, with which programs call the API: made, listed and revoked by people",
  access: "Who may do what with a record, and why",
  teams: "Users who work together, and whose records permissions of scope team reach",
  ai: "The assistant: drafts, answers about one's own records, and changes that a person approves",
  changes: "What follows from a change of a record",
  clients: "People who buy, sell or rent: what is known of them, and what was said with them",
  leads: "Enquiries in, who gets them and why",
  analytics: "What happens with listings and clients, the numbers made of it, and a page of them",
  trust: "Who did what and when, signed so that nobody rewrites it, and every change for a copy elsewhere",
};

/** What is written of an area, or its name. */
const about = (area: string): string =>
  areas[area as keyof typeof areas] ?? area[0]!.toUpperCase() + area.slice(1);

const securitySchemes = {
  session: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "The `session_token` of a sign-in: a JWT signed with Ed25519, good for 15 minutes, checked as RFC8725 asks " +
      "(one algorithm, issuer, audience and type)",
  },
  api_key: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "gable_ and 112 characters of base64url",
    description: "An API key, where a session token goes",
  },
};
