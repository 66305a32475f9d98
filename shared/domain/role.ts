import * as z from "zod/mini";
import {
  actions,
  actionsOf,
  defaultGrants,
  partsOf,
  type RoleGrant,
  resources,
  roles,
  scopes,
} from "./access.ts";
import { internalFields, type RecordOf, recordType } from "./record-type.ts";
import { id, recordFields, text } from "./schemas.ts";

/** How many roles a brokerage may make, and how many of them a user may have, and new users get. */
export const maxRoles = 50;
export const maxUserRoles = 10;

/** Blanks around it make no other name. */
const name = text(100).check(z.trim(), z.meta({ examples: ["Listing coordinator"] }));
const description = z.nullable(text(1000)).check(z.meta({ examples: ["Keeps the listings in order"] }));
const is_default = z.boolean().check(
  z.meta({
    description: `Whether new users who are no clients get it; ${maxUserRoles} roles at most are defaults`,
    examples: [false],
  }),
);

/** What a role may do: an action on a resource, to one's own records, one's teams', or all of the brokerage. */
export const RolePermission = z.strictObject({
  resource: z.enum(resources),
  action: z.enum(actions),
  scope: z.enum(scopes),
});
export type RolePermission = z.output<typeof RolePermission>;

/** Permissions that exist: not every action is there on every resource. */
const existing = z.check<RolePermission[]>(({ value, issues }) => {
  for (const [at, { resource, action }] of value.entries()) {
    const known: readonly string[] = actionsOf[resource];
    if (known.includes(action)) continue;
    const message = `must be one of ${known.join(", ")}: there is no ${resource}:${action}`;
    issues.push({ code: "custom", input: action, path: [at, "action"], message });
  }
});

/** A role: what those may do who have it, beside their built-in role. */
export const Role = z.object({
  ...recordFields,
  name: z.string(),
  description: z.nullable(z.string()),
  is_default,
  is_built_in: z.boolean().check(z.describe("Whether every brokerage has it, and nobody can change it")),
  permissions: z.array(RolePermission),
});
export type Role = z.output<typeof Role>;

export const NewRole = z.strictObject({
  name,
  description: z.optional(description),
  is_default: z.optional(is_default),
});
export const RolePatch = z.partial(NewRole);
/** All that a role may do, in the place of what it could before. */
export const RolePermissions = z.strictObject({
  permissions: z.array(RolePermission).check(z.maxLength(100), existing),
});
/** All roles of a user beside the built-in one. */
export const UserRoles = z.strictObject({ role_ids: z.array(id).check(z.maxLength(maxUserRoles)) });

/** Roles in the table that a brokerage made; the policy item has their grants for every request. */
export const roleRecord = recordType({
  name: "role",
  schema: 1,
  guard: "role",
  fields: Role,
  listed: Role,
  internal: internalFields<{
    /** How many users had it before they were counted beside the record; it changes no more. */
    readonly users: number;
  }>(),
  lists: ["brokerage"],
  hoursDeleted: 24,
  unique: [
    { name: "name", problem: "name_taken", over: "brokerage", valuesOf: ({ name }) => [name.toLowerCase()] },
  ],
});
export type StoredRole = RecordOf<typeof roleRecord>;

/** A grant as text: "property:write:team". */
export const grantOf = ({ resource, action, scope }: RolePermission) =>
  `${resource}:${action}:${scope}` as RoleGrant;

/** A grant as a role lists it. */
export function permissionOf(grant: RoleGrant): RolePermission {
  const { resource, action, scope } = partsOf(grant);
  return { resource, action, scope };
}

/** Order of roles by age: ids sort by it, and those of the built-in roles come first. */
export const byAge = (one: Pick<Role, "id">, other: Pick<Role, "id">): number =>
  one.id < other.id ? -1 : Number(one.id > other.id);

const since = "2026-01-01T00:00:00.000Z";
const about = {
  client: "Reads listings that are on the market and what is shared with them",
  agent: "Reads all properties; writes own properties, analyses and tasks",
  employee: "Reads and writes for the whole brokerage",
  admin: "May do everything",
} as const;

/** The roles that every brokerage has: a user has one of them. */
export const builtInRoles: readonly Role[] = roles.map((role, at) => ({
  id: `00000000-0000-7000-8000-00000000000${at + 1}`,
  version: 1,
  created_at: since,
  updated_at: since,
  name: role,
  description: about[role],
  is_default: false,
  is_built_in: true,
  permissions: defaultGrants[role].map(permissionOf),
}));
