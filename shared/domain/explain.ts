import * as z from "zod/mini";
import { type Guarded, type Permission, permissionNames, type Rule, rules, type Scope } from "./access.ts";
import { entityNames } from "./entities.ts";
import { id } from "./schemas.ts";

/** The parameters that say what is asked for. */
export const accessQuery = {
  permission: z.enum(permissionNames).check(z.describe("What is to be done with the record")),
  entity: z.enum(entityNames).check(z.describe("The type of the record")),
  id: id.check(z.describe("The record")),
};

/** How a decision came about. */
export const AccessDecision = z.object({
  allowed: z.boolean(),
  rule: z.enum(rules).check(z.describe("The rule that decided")),
  because: z.string().check(
    z.meta({
      description: "The same in a sentence",
      examples: ["Ana Agent owns the property, and the role agent gives property:write for own records."],
    }),
  ),
});

/** A user who may do what was asked for, and the rule that allows it. */
export const AllowedUser = z.object({
  user_id: id,
  rule: z.enum(rules),
});

/** Whom a decision is about, and about which record: what `explain` puts into words. */
interface Decided {
  readonly rule: Rule;
  readonly user: { readonly id: string; readonly first_name: string; readonly last_name: string } & {
    readonly is_active: boolean;
  };
  readonly permission: Permission;
  /** How widely the user holds the permission, and the name of the role that gives it. */
  readonly held: { readonly scope: Scope; readonly from: string } | undefined;
  /** What the record is called ("property", "property of the media"), and what decides about it. */
  readonly called: string;
  readonly record: Guarded;
}

const reach: Readonly<Record<Scope, string>> = {
  own: "own records",
  team: "own records and those of own teams",
  brokerage: "all records of the brokerage",
};

/** A decision as a sentence of plain English. */
export function explain({ rule, user, permission, held, called, record }: Decided): string {
  const who = `${user.first_name} ${user.last_name}`;
  const given = held && `the role ${held.from} gives ${permission} for ${reach[held.scope]}`;
  const needs = held && `the role ${held.from} gives ${permission}`;
  switch (rule) {
    case "brokerage_scope":
      return `${who} may, because ${given}.`;
    case "owner":
      return `${who} owns the ${called}, and ${given}.`;
    case "team_scope":
      return `The ${called} belongs to a team of ${who}, and ${given}.`;
    case "shared":
      return `The ${called} is shared with ${who}${until(record.shares?.[`user:${user.id}`])}, and ${needs}.`;
    case "shared_with_team":
      return `The ${called} is shared with a team of ${who}, and ${needs}.`;
    case "listed":
      return `The ${called} is on the market, and ${needs}, which is enough to read what is on the market.`;
    case "no_permission":
      return user.is_active
        ? `No role of ${who} gives ${permission}.`
        : `${who} is deactivated: all requests of theirs are refused.`;
    case "out_of_scope":
      return (
        `${who} does not own the ${called}, and no share or team lets them do this. ` +
        `For ${permission}, ${given}.`
      );
  }
}

const until = (share: { readonly until?: string | undefined } | undefined) =>
  share?.until ? ` until ${share.until}` : "";
