import { describe, expect, test } from "vitest";
import {
  type Caller,
  decide,
  defaultGrants,
  type Guarded,
  notHeld,
  permissionNames,
  type RoleGrant,
  type roles,
  scopeOf,
  widest,
} from "../../shared/domain/access.ts";

const caller = (over: Partial<Caller>): Caller => ({
  brokerage_id: "b",
  user_id: "me",
  session_id: "s",
  role: "agent",
  team_ids: [],
  grants: [],
  ...over,
});
const now = new Date("2026-03-02T12:00:00.000Z");
const mine: Guarded = { owner_user_id: "me", status: "sold" };
const theirs: Guarded = { owner_user_id: "them", team_id: "t", status: "sold" };

describe("decide", () => {
  test("without the permission nothing is allowed, not even one's own", () => {
    expect(decide(caller({}), "property:read", mine, now)).toEqual({ allowed: false, rule: "no_permission" });
  });

  test("the widest scope wins", () => {
    const both = caller({ grants: ["property:write:own", "property:write:brokerage"] });
    expect(scopeOf(both, "property:write")).toBe("brokerage");
    expect(decide(both, "property:write", theirs, now)).toEqual({ allowed: true, rule: "brokerage_scope" });
  });

  test("own reaches what one owns and nothing else", () => {
    const own = caller({ grants: ["property:write:own"] });
    expect(decide(own, "property:write", mine, now).rule).toBe("owner");
    expect(decide(own, "property:write", theirs, now).rule).toBe("out_of_scope");
  });

  test("team reaches the teams that one is in", () => {
    const grants = ["property:write:team"] as const;
    expect(decide(caller({ grants, team_ids: ["t"] }), "property:write", theirs, now).rule).toBe(
      "team_scope",
    );
    expect(decide(caller({ grants, team_ids: ["u"] }), "property:write", theirs, now).rule).toBe(
      "out_of_scope",
    );
    expect(
      decide(caller({ grants }), "property:write", { owner_user_id: "them", team_id: null }, now).allowed,
    ).toBe(false);
  });

  test("listings are read by everyone who reads properties at all, and written by nobody for that", () => {
    const client = caller({ role: "client", grants: ["property:read:own", "property:write:own"] });
    for (const status of ["active", "under_offer"]) {
      expect(decide(client, "property:read", { ...theirs, status }, now).rule).toBe("listed");
      expect(decide(client, "property:write", { ...theirs, status }, now).rule).toBe("out_of_scope");
    }
    for (const status of ["sold", "rented"])
      expect(decide(client, "property:read", { ...theirs, status }, now).rule).toBe("out_of_scope");
    expect(decide(client, "cma:read", { ...theirs, status: "active" }, now).allowed).toBe(false);
  });

  test("a share lets read, or also change, until it ends; it never lets delete, and needs the permission", () => {
    const grants = ["task:read:own", "task:write:own", "task:delete:own"] as const;
    const me = caller({ grants, team_ids: ["a", "b"] });
    const shared = (grantee: string, access: "read" | "write", until?: string) => ({
      owner_user_id: "them",
      shares: { [grantee]: { access, until } },
    });
    expect(decide(me, "task:read", shared("user:me", "read"), now).rule).toBe("shared");
    expect(decide(me, "task:write", shared("user:me", "read"), now).rule).toBe("out_of_scope");
    expect(decide(me, "task:write", shared("user:me", "write"), now).rule).toBe("shared");
    expect(decide(me, "task:delete", shared("user:me", "write"), now).rule).toBe("out_of_scope");
    expect(decide(me, "task:read", shared("team:b", "read"), now).rule).toBe("shared_with_team");
    expect(decide(me, "task:read", shared("team:c", "read"), now).rule).toBe("out_of_scope");
    expect(decide(me, "task:read", shared("user:me", "read", now.toISOString()), now).rule).toBe(
      "out_of_scope",
    );
    expect(decide(me, "task:read", shared("user:me", "read", "2026-03-02T12:00:00.001Z"), now).rule).toBe(
      "shared",
    );
    expect(decide(caller({}), "task:read", shared("user:me", "read"), now).rule).toBe("no_permission");
  });
});

test("nobody gives a permission that they lack, or hold less widely", () => {
  const me = caller({ grants: ["property:write:team", "task:read:own", "task:read:brokerage"] });
  expect(notHeld(me, [])).toBeUndefined();
  expect(notHeld(me, ["property:write:own", "property:write:team", "task:read:team"])).toBeUndefined();
  expect(notHeld(me, ["task:read:own", "property:write:brokerage"])).toBe("property:write:brokerage");
  expect(notHeld(me, ["property:read:own"])).toBe("property:read:own");
});

test("of a permission the widest scope counts, and what does not exist gives nothing", () => {
  const grants = ["task:read:team", "cma:read:own", "task:read:brokerage", "task:read:own"] as const;
  expect(widest(grants)).toEqual(["cma:read:own", "task:read:brokerage"]);
  // Roles of an earlier release may have it: they can still be given, and their users changed.
  const gone = "brokerage:admin:brokerage" as RoleGrant;
  expect(notHeld(caller({}), [gone])).toBeUndefined();
});

test("the built-in roles give what the field expects of them", () => {
  const may = (role: (typeof roles)[number], permission: Parameters<typeof scopeOf>[1]) =>
    scopeOf(caller({ role, grants: defaultGrants[role] }), permission);
  expect([may("client", "property:read"), may("client", "property:write")]).toEqual(["own", undefined]);
  expect([may("agent", "property:read"), may("agent", "property:write")]).toEqual(["brokerage", "own"]);
  expect([may("employee", "property:write"), may("employee", "user:write")]).toEqual([
    "brokerage",
    undefined,
  ]);
  expect(permissionNames.filter((name) => may("admin", name) !== "brokerage")).toEqual([]);
  expect(defaultGrants.admin).toHaveLength(permissionNames.length);
});
