import { setTimeout as sleep } from "node:timers/promises";
import { type Call, everyItem } from "./client.ts";

const firstNames = ["Nora", "Omar", "Lin", "Tomás", "Priya", "Ike", "Zoë", "Wei", "Rosa", "Dev"];
const lastNames = ["Lindqvist", "Haddad", "Chen", "Okafor", "Linares"];

/** The agent who leaves: what was hers is Dan's. */
const leaver = { email: "lea@emerald.example", first_name: "Lea", last_name: "Leaver", role: "agent" };

const words = [
  "Can we see it on Saturday?",
  "Is the price open to an offer?",
  "We are selling ours in spring and look for something with a yard.",
  "How old is the roof?",
];

const customFields = [
  { name: "budget", label: "Budget", type: "number" },
  { name: "financing", label: "Financing", type: "choice", choices: ["cash", "loan"] },
];

/** Fifty people who ask, always the same. Every tenth comes from a portal. */
const enquiries = (listings: readonly string[]) =>
  lastNames.flatMap((last, row) =>
    firstNames.map((first, column) => {
      const plain = `${first}.${last}`.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase();
      const at = row * firstNames.length + column;
      return {
        source: column === 9 ? "zillow" : "website",
        message: words[at % words.length],
        property_id: listings[at % listings.length],
        person: { first_name: first, last_name: last, email: `${plain}@mail.example` },
        consent: { email: "granted" },
      };
    }),
  );

/**
 * Says how enquiries are routed and which fields of its own the brokerage has for clients; has its website send fifty
 * enquiries, and one of the agents leave who got some of them. What came before is not sent again.
 */
export async function addEnquiries(
  call: Call,
  token: string | undefined,
  {
    listings,
    team,
    dan,
  }: { readonly listings: readonly string[]; readonly team: string; readonly dan: string },
): Promise<void> {
  const users: { id: string; email: string; role: string; is_active: boolean }[] = await everyItem(
    call,
    token,
    "/v1/users",
  );
  const lea =
    users.find(({ email }) => email === leaver.email) ??
    (await call("POST", "/v1/users", { token, body: leaver }));
  const routing = await call("GET", "/v1/lead-routing", { token });
  if (routing.rules.length === 0) {
    const offered = { when: { source: "zillow" }, assign: { kind: "first_to_claim", team_id: team } };
    const hours = { days: [1, 2, 3, 4, 5], from: "09:00", to: "18:00" };
    const agents = users.filter(({ role, is_active }) => role === "agent" && is_active).map(({ id }) => id);
    const inTurn = { when: {}, assign: { kind: "round_robin", user_ids: [...new Set([...agents, lea.id])] } };
    const body = {
      rules: [offered, inTurn],
      fallback_user_id: routing.fallback_user_id,
      office_hours: hours,
    };
    await call("PUT", "/v1/lead-routing", { token, version: routing.version, body });
  }
  const own = await call("GET", "/v1/custom-fields", { token });
  if (own.fields.length === 0)
    await call("PUT", "/v1/custom-fields", { token, version: own.version, body: { fields: customFields } });
  await send(call, token, listings);
  if (lea.is_active !== false) await leave(call, token, lea.id, dan);
}

/** Sends those that are missing with a key of the website's own, and waits until they are all clients. */
async function send(call: Call, token: string | undefined, listings: readonly string[]): Promise<void> {
  const missing = async () => {
    const clients: { email?: string }[] = await everyItem(call, token, "/v1/clients");
    const known = new Set(clients.map(({ email }) => email));
    return enquiries(listings).filter(({ person }) => !known.has(person.email));
  };
  const left = await missing();
  if (left.length === 0) return;
  const body = { name: "Website", grants: ["lead:write:brokerage"] };
  const { key } = await call("POST", "/v1/api-keys", { token, body });
  for (const enquiry of left) {
    const { received, detail } = await call("POST", "/v1/leads", { token: key, body: enquiry });
    if (!received) throw new Error(`An enquiry was refused: ${detail}`);
  }
  // They are taken in behind a queue.
  for (let tries = 0; tries < 120 && (await missing()).length > 0; tries++) await sleep(500);
}

async function leave(call: Call, token: string | undefined, id: string, to_user_id: string): Promise<void> {
  const title = "Give the lockbox key back";
  const due_date = new Date(Date.now() - 86_400_000).toISOString();
  await call("POST", "/v1/tasks", { token, body: { title, due_date, owner_user_id: id } });
  const job = await call("POST", `/v1/users/${id}/hand-over`, { token, body: { to_user_id } });
  for (let { status } = job; status !== "completed" && status !== "failed"; await sleep(500))
    status = (await call("GET", `/v1/tasks/${job.id}`, { token })).status;
  const { version } = await call("GET", `/v1/users/${id}`, { token });
  await call("DELETE", `/v1/users/${id}`, { token, version });
}
