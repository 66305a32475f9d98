import { expect, test } from "vitest";
import type { Caller, RoleGrant } from "../../shared/domain/access.ts";
import { defaultGrants } from "../../shared/domain/access.ts";
import { type Asked, type NamedRecords, numbersFor } from "../../shared/domain/analytics/scope.ts";
import type { Problem } from "../../shared/domain/problem.ts";

const caller = (grants: readonly RoleGrant[], over: Partial<Caller> = {}): Caller => ({
  ...{ brokerage_id: "b", user_id: "me", role: "agent", team_ids: ["north", "south"], grants },
  ...over,
});
const admin = caller(defaultGrants.admin, { role: "admin" });
const agent = caller(defaultGrants.agent);
const ofTeams = caller(["analytics:read:team"]);

/** What somebody reads, or the code of the refusal. */
function read(who: Caller, asked: Asked, records: NamedRecords = {}) {
  try {
    const reads = numbersFor(who, asked, records, new Date());
    return "by" in reads ? `by ${reads.by}` : reads.subject;
  } catch (error) {
    return (error as Problem).code;
  }
}
const team = (is_lead: boolean) => ({ team: { members: [{ user_id: "me", is_lead }] } });
const property = (owner_user_id: string) => ({ property: { owner_user_id, status: "active" } });
const performance = "agent-performance" as const;

test("whoever reads all numbers reads the office's, everybody's, and by dimension", () => {
  expect(read(admin, { view: "office" })).toBe("office");
  expect(read(admin, { view: performance, by: "team" })).toBe("by team");
  expect(read(admin, { view: performance, user_id: "other" })).toBe("user:other");
  expect(read(admin, { view: performance, team_id: "east" })).toBe("team:east");
  expect(read(admin, { view: "listing-performance", property_id: "p" }, property("other"))).toBe(
    "property:p",
  );
  // One that is not there.
  expect(read(admin, { view: "listing-performance", property_id: "p" })).toBe("not_found");
});

test("an agent reads own numbers, and what the market is like", () => {
  expect(read(agent, { view: performance })).toBe("user:me");
  expect(read(agent, { view: performance, user_id: "me" })).toBe("user:me");
  expect(read(agent, { view: performance, user_id: "other" })).toBe("not_found");
  expect(read(agent, { view: performance, by: "user" })).toBe("forbidden");
  expect(read(agent, { view: "office" })).toBe("forbidden");
  expect(read(agent, { view: "market" })).toBe("office");
  expect(read(agent, { view: "market", by: "city" })).toBe("by city");
});

test("a property's numbers are for who may change it", () => {
  const asked = { view: "listing-performance", property_id: "p" } as const;
  expect(read(agent, asked, property("me"))).toBe("property:p");
  // It is listed, so every agent may read it, but not its numbers.
  expect(read(agent, asked, property("other"))).toBe("not_found");
  const shared = {
    property: { owner_user_id: "other", shares: { "user:me": { access: "write" as const } } },
  };
  expect(read(agent, asked, shared)).toBe("property:p");
  // Who reads all numbers, but not this property.
  expect(read(caller(["analytics:read:brokerage"]), asked, property("other"))).toBe("not_found");
});

test("a team's numbers are for its lead, and for members at team scope", () => {
  const asked = { view: performance, team_id: "north" };
  expect(read(agent, asked, team(true))).toBe("team:north");
  expect(read(agent, asked, team(false))).toBe("not_found");
  expect(read(agent, asked)).toBe("not_found");
  expect(read(ofTeams, asked, team(false))).toBe("team:north");
  // No member any more, whatever its record says; or not yet.
  expect(read(agent, { ...asked, team_id: "east" }, team(true))).toBe("not_found");
  expect(read(ofTeams, { ...asked, team_id: "east" }, team(false))).toBe("not_found");
  expect(read(ofTeams, { view: performance })).toBe("user:me");
});

test("what a view has no numbers of is refused, and two at a time", () => {
  expect(read(admin, { view: "office", by: "user" })).toBe("invalid_input");
  expect(read(admin, { view: "office", user_id: "me" })).toBe("invalid_input");
  expect(read(admin, { view: "listing-performance", team_id: "north" })).toBe("invalid_input");
  expect(read(admin, { view: performance, user_id: "me", team_id: "north" })).toBe("invalid_input");
  expect(read(admin, { view: performance, by: "team", user_id: "me" })).toBe("invalid_input");
  expect(() => numbersFor(admin, { view: performance, by: "city" }, {}, new Date())).toThrow(
    "?by agent-performance has: user, team",
  );
});
