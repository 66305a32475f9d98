import { createHash } from "node:crypto";
import * as z from "zod/mini";
import { actions, actionsOf, type Permission, permissionNames, resources, scopes } from "./access.ts";
import { id, timestamp } from "./schemas.ts";

/** What whoever holds a permission may do. */
const sentences: Readonly<Record<Permission, string>> = {
  "brokerage:read": "See the brokerage's name and settings",
  "brokerage:write": "Change the brokerage's name and settings",
  "user:read": "See users",
  "user:write": "Add users, change and reactivate them, give them roles, and hand their records over",
  "user:delete": "Deactivate users",
  "user:admin": "See what other users may do, and who may see a record",
  "team:read": "See teams and their members",
  "team:write":
    "Make teams, change them, and make members of users who may do nothing with own records that one may not do with all",
  "team:delete": "Delete teams",
  "role:read": "See roles and permissions",
  "role:write": "Make roles and say what they may do",
  "role:delete": "Delete roles that nobody has",
  "api_key:read": "See API keys and when they were last used",
  "api_key:write": "Make API keys that may do what their maker may do, or less",
  "api_key:delete": "Revoke API keys",
  "audit_event:read":
    "Read who did what and when; with permission to see all records of a type, also their values before and after",
  "change:read": "Follow every change of the brokerage's records",
  "property:read": "See properties, their pictures, documents and history",
  "property:write": "Add and change properties with their pictures, and share them",
  "property:delete": "Delete properties and bring them back",
  "cma:read": "See market analyses and their reports",
  "cma:write": "Ask for market analyses, revise, approve and share them",
  "task:read": "See tasks",
  "task:write": "Add and change tasks, and share them",
  "task:delete": "Delete tasks and bring them back",
  "import:read": "See imports and their errors",
  "import:write": "Try imports; with property:write for the whole brokerage, import files and undo imports",
  "client:read": "See clients, what was said with them, and what they are interested in",
  "client:write": "Add and change clients, note what was said with them, merge and share them",
  "client:delete": "Delete clients and bring them back; for the whole brokerage, also erase them for good",
  "lead:read": "See leads that nobody has claimed, and who would get one",
  "lead:write": "Send leads, and claim those that are offered to one's team",
  "export:read": "See exports and fetch their files",
  "export:write": "Export what one may see",
  "ai:read": "See requests to the assistant, what it answered and proposed, and what it cost",
  "ai:write": "Ask the assistant, and approve or reject what it proposes to oneself",
  "analytics:read": "See numbers, and the events that they are made of",
  "analytics:write": "Send events of a website or an app",
};

/** A permission, as listed. */
export const PermissionInfo = z.object({
  id,
  name: z.string().check(z.meta({ examples: ["property:read"] })),
  resource: z.enum(resources),
  action: z.enum(actions),
  description: z.string().check(z.describe("What whoever holds it may do")),
  created_at: timestamp,
});

const created_at = "2026-01-01T00:00:00.000Z";

/** Every permission that exists. A permission's id follows from its name. */
export const permissions = resources.flatMap((resource) =>
  actionsOf[resource].map((action) => {
    const name = `${resource}:${action}` as Permission;
    return { id: idOf(name), name, resource, action, description: sentences[name], created_at };
  }),
);

function idOf(name: string): string {
  const hash = createHash("sha256").update(name).digest("hex");
  return `00000000-0000-7000-8000-${hash.slice(0, 12)}`;
}

/** Order of permissions: by resource, then by action, as they are declared. */
export const byResource = (one: Named, other: Named): number =>
  permissionNames.indexOf(one.name) - permissionNames.indexOf(other.name);
type Named = { readonly name: Permission };

const pattern = new RegExp(`^(?:${permissionNames.join("|")}):(?:${scopes.join("|")})$`);

/** A grant as text ("property:write:team"): a permission that exists, and how far it reaches. */
export const grant = z
  .string()
  .check(
    z.maxLength(60),
    z.regex(
      pattern,
      `must be permission:scope, with one of the permissions ${permissionNames.join(", ")} and one of the scopes ${scopes.join(", ")}`,
    ),
    z.meta({ examples: ["property:read:brokerage"] }),
  );
