/** Who signs in to the demo, beside Ben, who is invited. */
export const people = {
  admin: { email: "admin@emerald.example", first_name: "Ada", last_name: "Broker" },
  agent: { email: "agent@emerald.example", first_name: "Ana", last_name: "Agent" },
  colleague: { email: "colleague@emerald.example", first_name: "Dan", last_name: "Colleague" },
  employee: { email: "employee@emerald.example", first_name: "Emil", last_name: "Office" },
  client: { email: "client@emerald.example", first_name: "Cleo", last_name: "Seller" },
} as const;
type Person = keyof typeof people;

export type Call = ReturnType<typeof clientOf>["call"];

/** Calls the API at an address and signs the demo's people in. */
export function clientOf(url: string, password: string) {
  async function call(
    method: string,
    path: string,
    { token, body, version }: { token?: string | undefined; body?: object; version?: number } = {},
    // biome-ignore lint/suspicious/noExplicitAny: the API's records.
  ): Promise<any> {
    const answer = await fetch(url + path, {
      method,
      headers: {
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(body ? { "content-type": "application/json" } : {}),
        ...(version ? { "if-match": `"${version}"` } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    if (answer.status >= 500) throw new Error(`${method} ${path} was answered ${answer.status}`);
    return answer.status === 204 ? undefined : answer.json();
  }
  const signIn = async (person: Person): Promise<string | undefined> => {
    const { email } = people[person];
    return (await call("POST", "/v1/auth/login", { body: { email, password } })).session_token;
  };
  return { call, signIn };
}

/** All items of a list, page by page. */
export async function everyItem(call: Call, token: string | undefined, path: string): ReturnType<Call> {
  const items: unknown[] = [];
  const [separator, paged] = [path.includes("?") ? "&" : "?", (cursor: string) => `&cursor=${cursor}`];
  for (let cursor: string | null | undefined; cursor !== null; ) {
    const page = await call("GET", `${path}${separator}limit=100${cursor ? paged(cursor) : ""}`, { token });
    items.push(...page.items);
    cursor = page.next_cursor;
  }
  return items;
}
