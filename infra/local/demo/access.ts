import type { Call } from "./client.ts";

const invited = { email: "ben@emerald.example", first_name: "Ben", last_name: "Invited", role: "agent" };

/**
 * Adds what shows who may do what: the agent's team, which has the listings; Ben, a member invited by mail, whose role
 * changes the team's listings; and a share that lets a colleague outside the team change the first listing until
 * Friday. Looks before each step whether it is done: the next start finishes what this one did not, and renews a share
 * that has ended. Answers the ids of Ben, the colleague and the team.
 */
export async function addAccess(
  call: Call,
  tokens: Readonly<Record<"admin" | "agent" | "colleague", string | undefined>>,
  listings: readonly string[],
): Promise<{ readonly ben: string; readonly dan: string; readonly team: string }> {
  const asAdmin = (method: string, path: string, sent: { body?: object; version?: number } = {}) =>
    call(method, path, { token: tokens.admin, ...sent });
  const findOrMake = async (path: string, field: string, body: Record<string, unknown>) => {
    const { items } = await asAdmin("GET", `${path}?limit=100`);
    const found = items.find((item: typeof body) => item[field] === body[field]);
    return found ?? asAdmin("POST", path, { body });
  };
  const team = await findOrMake("/v1/teams", "name", { name: "Waterfront" });
  const description = "Keeps the listings of the teams in order";
  const role = await findOrMake("/v1/roles", "name", { name: "Listing coordinator", description });
  const { id: ben } = await findOrMake("/v1/users", "email", invited);
  const { id: ana } = await call("GET", "/v1/me", { token: tokens.agent });
  const { id: dan } = await call("GET", "/v1/me", { token: tokens.colleague });

  const { members } = await asAdmin("GET", `/v1/teams/${team.id}`);
  const isMember = (id: string) => members.some(({ user_id }: { user_id: string }) => user_id === id);
  for (const id of [ana, ben])
    if (!isMember(id))
      await asAdmin("PUT", `/v1/teams/${team.id}/members/${id}`, { body: { is_lead: id === ana } });
  for (const id of listings) {
    const { team_id, version } = await asAdmin("GET", `/v1/properties/${id}`);
    if (team_id !== team.id)
      await asAdmin("PATCH", `/v1/properties/${id}`, { version, body: { team_id: team.id } });
  }

  if (role.permissions.length === 0) {
    const permissions = [{ resource: "property", action: "write", scope: "team" }];
    const asked = { version: role.version, body: { permissions } };
    await asAdmin("PUT", `/v1/roles/${role.id}/permissions`, asked);
  }
  const { role_ids, version } = await asAdmin("GET", `/v1/users/${ben}`);
  if (role_ids?.includes(role.id) === false) {
    const body = { role_ids: [...role_ids, role.id] };
    await asAdmin("PUT", `/v1/users/${ben}/roles`, { version, body });
  }

  const shares = `/v1/properties/${listings[0]}/shares`;
  const { items } = await asAdmin("GET", `${shares}?limit=100`);
  if (!items.some(({ grantee_id }: { grantee_id: string }) => grantee_id === dan)) {
    const body = { access: "write", until: friday(new Date()) };
    await asAdmin("PUT", `${shares}/user/${dan}`, { body });
  }
  return { ben, dan, team: team.id };
}

/** Six in the evening of the next Friday, in UTC. */
function friday(now: Date): string {
  const days = (5 - now.getUTCDay() + 7) % 7 || 7;
  return new Date(
    Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() + days, 18),
  ).toISOString();
}

/** Lines that show all of it when they are pasted into a shell, in their order. */
export function toTry(
  url: string,
  password: string,
  { listing, ben, dan }: { readonly listing: string; readonly ben: string; readonly dan: string },
): readonly string[] {
  const quoted = JSON.stringify(password).replaceAll("'", "'\\''");
  const version = String.raw`$(ask $1 properties/$listing | sed 's/.*"version":\([0-9]*\).*/\1/')`;
  return [
    "To try who may do what, paste into a shell. Sign in (again after 15 minutes):",
    `  api=${url}/v1 listing=${listing} ben=${ben} dan=${dan}`,
    `  ask() { curl -s -w '\\n' -H 'content-type: application/json' -H "authorization: Bearer $1" "$api/$2" "\${@:3}"; }`,
    `  token() { ask - auth/login -d '{"email":"'$1'@emerald.example","password":${quoted}}' | ` +
      String.raw`sed 's/.*"session_token":"\([^"]*\)".*/\1/'; }`,
    "  ADA=$(token admin) ANA=$(token agent) DAN=$(token colleague)",
    "What Ana may do, whether Dan may change her listing, and why; who else may:",
    "  ask $ANA me",
    '  ask $ADA "access?permission=property:write&entity=property&id=$listing&user_id=$dan"',
    '  ask $ADA "access/who?permission=property:write&entity=property&id=$listing"',
    "Dan changes it until Friday, or until Ana withdraws the share (the next start shares it again):",
    `  change() { ask $1 properties/$listing -X PATCH -H "if-match: \\"${version}\\"" -d '{"description":"'"$2"'"}'; }`,
    '  change $DAN "By Dan"',
    "  ask $ANA properties/$listing/shares/user/$dan -X DELETE",
    '  change $DAN "No more"',
    `Ben takes the token out of the mail that invited him (${url}/_local/outbox), and changes his team's listing (the link works once):`,
    `  link=$(curl -s "${url}/_local/outbox?to=${invited.email}" | grep -o 'accept-invitation/[A-Za-z0-9_-]*' | tail -n 1)`,
    `  ask - auth/password-reset/confirm -d '{"token":"'\${link#*/}'","password":${quoted}}'`,
    '  BEN=$(token ben); change $BEN "By Ben"',
    '  ask $ADA "access?permission=property:write&entity=property&id=$listing&user_id=$ben"',
    "Who did what to the listing; all changes, for a copy:",
    '  ask $ADA "audit-events?entity=property&id=$listing"',
    '  ask $ADA "changes?since=0"',
  ];
}
