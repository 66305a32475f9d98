import type { Call } from "../demo.ts";

const colleague = { email: "ben@emerald.example", first_name: "Ben", last_name: "Invited", role: "agent" };

/**
 * Adds what shows who may do what: a team of the agent's, a role that changes the team's listings, a colleague who was
 * invited by mail and has that role, and a listing that is shared with them until Friday. What stands is left alone.
 */
export async function addAccess(
  call: Call,
  admin: string | undefined,
  agent: string | undefined,
  listing: string,
) {
  const all = (path: string, token = admin) => call("GET", `${path}?limit=100`, { token });
  const { items: teams } = await all("/v1/teams");
  if (teams.length > 0) return;
  const { id: agentId } = await call("GET", "/v1/me", { token: agent });
  const team = await call("POST", "/v1/teams", { token: admin, body: { name: "Waterfront" } });
  await call("PUT", `/v1/teams/${team.id}/members/${agentId}`, { token: admin, body: { is_lead: true } });

  const body = { name: "Listing coordinator", description: "Keeps the listings of the teams in order" };
  const role = await call("POST", "/v1/roles", { token: admin, body });
  const permissions = [{ resource: "property", action: "write", scope: "team" }];
  const asked = { token: admin, version: role.version, body: { permissions } };
  await call("PUT", `/v1/roles/${role.id}/permissions`, asked);

  const user = await call("POST", "/v1/users", { token: admin, body: colleague });
  const roles = { token: admin, version: user.version, body: { role_ids: [role.id] } };
  await call("PUT", `/v1/users/${user.id}/roles`, roles);
  const share = { access: "read", until: friday(new Date()) };
  await call("PUT", `/v1/properties/${listing}/shares/user/${user.id}`, { token: agent, body: share });
}

/** Six in the evening of the next Friday, in UTC. */
function friday(now: Date): string {
  const days = (5 - now.getUTCDay() + 7) % 7 || 7;
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 18),
  ).toISOString();
}

/** What there is to try of it, for whoever reads the terminal. */
export const toTry = (url: string) => [
  "To try",
  `  Ben was invited: open his mail at ${url}/_local/outbox and set his password with the token at its end`,
  `  POST ${url}/v1/auth/password-reset/confirm {"token": "...", "password": "..."}, then sign in as ${colleague.email}`,
  `  As the admin: GET ${url}/v1/audit-events (who did what), GET ${url}/v1/changes?since=0 (for a copy)`,
  `  As anyone: GET ${url}/v1/me (what you may do, and why)`,
];
