import { describe, expect, test } from "vitest";
import { definitions } from "../../functions/index.ts";
import { defaultGrants, permissionNames, type RoleGrant } from "../../shared/domain/access.ts";
import { callerOf, heldBy, keyCaller, type Person } from "../../shared/domain/caller.ts";
import { grant, permissions } from "../../shared/domain/permissions.ts";

const agent: Person = {
  ...{ brokerage_id: "b", id: "me", role: "agent" },
  ...{ role_ids: ["listings", "gone"], team_ids: ["t"], is_active: true },
};
const roleGrants = { listings: ["property:write:team", "task:read:own"] } as const;

describe("a user as a caller", () => {
  test("holds what the built-in role and the own ones give, and nothing of roles that are gone", () => {
    const { grants, ...caller } = callerOf(agent, roleGrants);
    expect(caller).toEqual({ brokerage_id: "b", user_id: "me", role: "agent", team_ids: ["t"] });
    expect(grants).toEqual([...defaultGrants.agent, ...roleGrants.listings]);
  });

  test("holds nothing once deactivated", () => {
    expect(callerOf({ ...agent, is_active: false }, roleGrants).grants).toEqual([]);
  });

  test("has each permission as widely as any role gives it, from the first that does", () => {
    expect(heldBy(agent, roleGrants, "property:write")).toEqual({ scope: "team", from: "listings" });
    expect(heldBy(agent, roleGrants, "task:read")).toEqual({ scope: "own", from: "agent" });
    expect(heldBy(agent, roleGrants, "role:read")).toBeUndefined();
  });
});

describe("an API key as a caller", () => {
  const grantsOf = (grants: readonly RoleGrant[], maker: Person = agent) =>
    keyCaller(callerOf(maker, roleGrants), { id: "k", grants }).grants;

  test("has the narrower of its own scope and its maker's", () => {
    expect(grantsOf(["property:write:brokerage", "property:read:own"])).toEqual([
      ...(["property:write:team", "property:read:own"] as const),
    ]);
    expect(grantsOf(["role:read:own"])).toEqual([]);
    expect(grantsOf(["task:read:own"], { ...agent, is_active: false })).toEqual([]);
  });

  test("never has more than its maker, whatever it was given", () => {
    const maker = callerOf(agent, roleGrants);
    const all = defaultGrants.admin;
    const held = keyCaller(maker, { id: "k", grants: all });
    for (const name of permissionNames) {
      const widest = heldBy(agent, roleGrants, name)?.scope;
      expect(held.grants.filter((one) => one.startsWith(`${name}:`))).toEqual(
        widest ? [`${name}:${widest}`] : [],
      );
    }
  });
});

describe("permissions", () => {
  test("are those that operations ask for, and no other", () => {
    const needed = definitions.flatMap((one) =>
      one.kind === "http" ? [one.permission, one.recordPermission ?? one.permission] : [],
    );
    const asked = new Set(needed.filter((one) => one !== "public" && one !== "session"));
    expect(permissionNames.filter((one) => !asked.has(one))).toEqual([]);
    expect([...asked].filter((one) => !permissionNames.includes(one as never))).toEqual([]);
  });

  test("have ids and sentences of their own", () => {
    for (const field of ["id", "name", "description"] as const)
      expect(new Set(permissions.map((one) => one[field])).size, field).toBe(permissions.length);
  });

  test("are what a grant names: another one is refused, with those that exist", () => {
    expect(grant.safeParse("property:read:team").success).toBe(true);
    for (const wrong of ["property:read", "property:read:all", "pet:read:own", "property:admin:own", ""])
      expect(grant.safeParse(wrong).error?.issues[0]?.message, wrong).toContain("property:read");
  });
});
