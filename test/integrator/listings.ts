import createClient from "openapi-fetch";
import type { components, paths } from "./gable.d.ts";

type Property = components["schemas"]["Property"];
type NewProperty = components["schemas"]["NewProperty"];

/** A client of the API at an address, with the token of a sign-in. */
export const gable = (baseUrl: string, sessionToken: string) =>
  createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${sessionToken}` } });

type Gable = ReturnType<typeof gable>;

/** Signs in; answers the session token. */
export async function signIn(baseUrl: string, email: string, password: string): Promise<string> {
  const { data, error } = await createClient<paths>({ baseUrl }).POST("/v1/auth/login", {
    body: { email, password },
  });
  if (!data) throw new Error("code" in error ? error.detail : error.message);
  return data.session_token;
}

/** Addresses and prices of the active listings of a city, all pages of them. */
export async function activeIn(api: Gable, city: string): Promise<string[]> {
  const found: string[] = [];
  let cursor: string | undefined;
  do {
    const query = { status: "active" as const, city, ...(cursor ? { cursor } : {}) };
    const { data } = await api.GET("/v1/properties", { params: { query } });
    found.push(...(data?.items ?? []).map(({ title, price }) => `${title}: ${price.toFixed(0)}`));
    cursor = data?.next_cursor ?? undefined;
  } while (cursor);
  return found;
}

/** Lists a property; says in a sentence why it could not be. */
export async function list(api: Gable, body: NewProperty): Promise<Property | string> {
  const { data, error } = await api.POST("/v1/properties", { body });
  if (data) return data;
  if (!("code" in error)) return `The gateway: ${error.message}`;
  switch (error.code) {
    case "invalid_input":
      return error.errors.map(({ path, message }) => `${path} ${message}`).join(", ");
    case "unauthenticated":
    case "forbidden":
      return "Sign in as someone who may list properties";
    // @ts-expect-error: no listing is refused with it.
    case "slug_taken":
      return "Never";
    default:
      return error.detail;
  }
}

/** Sets the price at the version that was read; answers the new version, or the code of what was wrong. */
export async function setPrice(api: Gable, property_id: string, price: number): Promise<number | string> {
  const { data: property, error } = await api.GET("/v1/properties/{property_id}", {
    params: { path: { property_id } },
  });
  if (!property) return "code" in error ? error.code : "throttled";
  const changed = await api.PATCH("/v1/properties/{property_id}", {
    params: { path: { property_id }, header: { "If-Match": `"${property.version}"` } },
    body: { price },
  });
  if (changed.data) return changed.data.version;
  return "code" in changed.error ? changed.error.code : "throttled";
}

/** What does not compile, so that no answer and no body is `any`. */
export const wrong = (api: Gable) => [
  // @ts-expect-error: a price is a number.
  api.POST("/v1/properties", { body: { title: "A house", property_type: "house", price: "725000" } }),
  // @ts-expect-error: castles are not among the types.
  api.POST("/v1/properties", { body: { title: "A castle", property_type: "castle", price: 725_000 } }),
  // @ts-expect-error: If-Match is required.
  api.DELETE("/v1/properties/{property_id}", { params: { path: { property_id: "x" } } }),
];
