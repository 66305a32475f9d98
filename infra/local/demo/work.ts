import { type Call, everyItem } from "./client.ts";

type Token = string | undefined;
interface Client {
  readonly id: string;
  readonly name: string;
  readonly owner_user_id: string;
  readonly last_contacted_at?: string;
}

const day = 86_400_000;
const inDays = (days: number) => new Date(Date.now() + days * day).toISOString();

/** A second entry of somebody whom Ana has, as an open house made it. */
const [twin, merged] = ["nora@work.example", "omar@work.example"];

/**
 * Adds what an agent does all day: Ana's calls and notes, what her clients like, one whom she shares with Dan, two
 * entries of one person (and two that were merged), and what is to be done. Looks before each step whether it is done.
 * Answers the clients that are tried out, where she has them.
 */
export async function addWork(
  call: Call,
  tokens: Readonly<Record<"agent" | "colleague" | "employee", Token>>,
  { listings, dan }: { readonly listings: readonly string[]; readonly dan: string },
): Promise<{ readonly nora: string; readonly twin: string }> {
  const asAna = (method: string, path: string, sent: { body?: object; version?: number } = {}) =>
    call(method, path, { token: tokens.agent, ...sent });
  const { id: ana } = await asAna("GET", "/v1/me");
  const all: Client[] = await everyItem(call, tokens.agent, "/v1/clients?sort=created_at");
  const own = all.filter(({ owner_user_id }) => owner_user_id === ana);
  const [nora, omar, shared] = [await hers("Nora Lindqvist"), await hers("Omar Haddad"), own[2]!];

  /** Ana's entry of somebody, which she adds where another agent got the enquiry. */
  async function hers(name: string): Promise<Client> {
    const found = own.find((one) => one.name === name);
    return (
      found ?? asAna("POST", "/v1/clients?allow_duplicate=true", { body: { name, lead_source: "referral" } })
    );
  }

  for (const { id, last_contacted_at } of [nora, omar, ...own.slice(2, 6)]) {
    if (last_contacted_at) continue;
    const path = `/v1/clients/${id}/interactions`;
    await asAna("POST", path, { body: { type: "call", outcome: "Will call back" } });
    await asAna("POST", path, { body: { type: "note", notes: "Two dogs, needs a yard." } });
  }
  const { version, tags } = await asAna("GET", `/v1/clients/${nora.id}`);
  if (tags.length === 0) {
    const call = { status: "granted", how: "Said so on the telephone" };
    const custom = { budget: 850_000, financing: "loan" };
    const body = { tags: ["dogs", "relocating"], nurture_status: "hot", consent: { call }, custom };
    await asAna("PATCH", `/v1/clients/${nora.id}`, { version, body });
  }
  for (const [at, interest] of (["favorite", "possibility"] as const).entries())
    if (listings[at])
      await asAna("PUT", `/v1/clients/${nora.id}/properties/${listings[at]}`, { body: { interest } });
  await asAna("PUT", `/v1/clients/${shared.id}/shares/user/${dan}`, { body: { access: "write" } });

  /** The id of the second entry, or of whoever has its email by now. */
  const second = async (name: string, email: string): Promise<string> => {
    const body = { name, email, lead_source: "open house" };
    const made = await asAna("POST", "/v1/clients?allow_duplicate=true", { body });
    return made.id ?? made.candidates?.[0]?.id;
  };
  // Whom she added herself had no email before: the second entry's is then the first.
  const { email, more_emails } = await asAna("GET", `/v1/clients/${omar.id}`);
  if (![email, ...more_emails].includes(merged)) {
    const from = [await second(omar.name, merged)];
    await asAna("POST", `/v1/clients/${omar.id}/merge`, { body: { from } });
  }
  const other = await second(nora.name, twin);
  await addTasks(call, tokens, { ana, client_id: nora.id, property_id: listings[0] });
  await addExport(call, tokens.agent);
  return { nora: nora.id, twin: other };
}

/** Adds the tasks that are not there, by title: overdue, of this week, done, and one that somebody else gave Ana. */
async function addTasks(
  call: Call,
  tokens: Readonly<Record<"agent" | "colleague" | "employee", Token>>,
  {
    ana,
    ...about
  }: { readonly ana: string; readonly client_id: string; readonly property_id: string | undefined },
): Promise<void> {
  const tasks: readonly (readonly [keyof typeof tokens, string, number, object])[] = [
    ["agent", "Send the disclosures", -1, { ...about, priority: "high", category: "paperwork" }],
    ["agent", "Call back about the roof", -0.1, { client_id: about.client_id, category: "follow_up" }],
    ["agent", "Show the house", 2, { ...about, category: "viewing" }],
    ["agent", "Ask for the pre-approval letter", 5, { client_id: about.client_id }],
    ["agent", "Thank them for the visit", -3, { ...about, status: "completed" }],
    ["colleague", "Order the yard sign", -2, { category: "marketing" }],
    ["employee", "Check the escrow papers", 1, { owner_user_id: ana, priority: "urgent" }],
  ];
  const all = await everyItem(call, tokens.employee, "/v1/tasks");
  const known = new Set(all.map(({ title }: { title: string }) => title));
  for (const [who, title, days, more] of tasks)
    if (!known.has(title))
      await call("POST", "/v1/tasks", {
        token: tokens[who],
        body: { title, due_date: inDays(days), ...more },
      });
}

/** Asks for a file of Ana's clients, where there is none. */
async function addExport(call: Call, token: Token): Promise<void> {
  const { items } = await call("GET", "/v1/exports", { token });
  const isThere = items.some(({ status }: { status: string }) =>
    ["queued", "processing", "completed"].includes(status),
  );
  if (!isThere) await call("POST", "/v1/exports", { token, body: { resource: "client", format: "csv" } });
}
