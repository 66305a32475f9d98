import { type Caller, decide, type Guarded, type Permission, scopeOf } from "../access.ts";
import { invalidInput, Problem } from "../problem.ts";
import type { Team } from "../team.ts";
import { type Dimension, type Subject, type ViewName, viewOf } from "./views.ts";

const toRead: Permission = "analytics:read";

/** Whose numbers are asked for: at most one of them; without, the office's, or the caller's own. */
export interface Asked {
  readonly view: ViewName;
  readonly by?: Dimension | undefined;
  readonly property_id?: string | undefined;
  readonly user_id?: string | undefined;
  readonly team_id?: string | undefined;
}

/** The records that are named, where they exist: they decide who may ask. */
export interface NamedRecords {
  readonly property?: Guarded | undefined;
  readonly team?: Pick<Team, "members"> | undefined;
}

/** The numbers to be read: one subject's, or those of every value of a dimension. */
export type Reads = { readonly subject: Subject } | { readonly by: Dimension };

/**
 * Decides whose numbers a caller reads, the one place that does. At brokerage scope: everybody's. At team scope: own
 * ones and those of the caller's teams. At own scope: own ones, and those of teams that the caller leads. A property's
 * are also for who may change it. What the market is like is for everybody who reads numbers at all. Throws 400 for what
 * a view does not have, 404 for what is out of the caller's scope, 403 where the scope has no numbers in the view.
 */
export function numbersFor(caller: Caller, asked: Asked, records: NamedRecords, now: Date): Reads {
  checkAsked(asked);
  const { view, by, property_id, user_id, team_id } = asked;
  const isOffice = scopeOf(caller, toRead) === "brokerage";
  const seesAll = isOffice || viewOf(view).forEverybody === true;
  if (property_id !== undefined) {
    const needed = isOffice ? "property:read" : "property:write";
    if (!records.property || !decide(caller, needed, records.property, now).allowed)
      throw new Problem("not_found");
    return { subject: `property:${property_id}` };
  }
  if (team_id !== undefined) {
    if (!isOffice && !readsTeam(caller, team_id, records.team)) throw new Problem("not_found");
    return { subject: `team:${team_id}` };
  }
  if (user_id !== undefined) {
    if (!isOffice && user_id !== caller.user_id) throw new Problem("not_found");
    return { subject: `user:${user_id}` };
  }
  if (seesAll) return by === undefined ? { subject: "office" } : { by };
  if (by !== undefined) throw forOffice(`by=${by}`);
  if (!viewOf(view).of.some((one) => one === "user")) throw forOffice(`the view ${view}`);
  return { subject: `user:${caller.user_id}` };
}

const forOffice = (what: string) =>
  new Problem("forbidden", `${toRead} is needed for the whole brokerage for ${what}`);

/** A team's numbers are for its leads, and for members who read numbers at team scope. */
function readsTeam(caller: Caller, teamId: string, team: NamedRecords["team"]): boolean {
  if (!team || !caller.team_ids.includes(teamId)) return false;
  return (
    scopeOf(caller, toRead) === "team" ||
    team.members.some(({ user_id, is_lead }) => is_lead && user_id === caller.user_id)
  );
}

/** Throws 400 where a view has no such numbers, or where two of them are asked for. */
function checkAsked({ view, by, ...one }: Asked): void {
  const { by: dimensions, of } = viewOf(view);
  const has = (names: readonly string[]) => names.join(", ") || "none";
  if (by !== undefined && !dimensions.some((name) => name === by))
    throw invalidInput("?by", `${view} has: ${has(dimensions)}`);
  const named = (["property", "user", "team"] as const).filter((name) => one[`${name}_id`] !== undefined);
  for (const name of named)
    if (!of.some((some) => some === name))
      throw invalidInput(`?${name}_id`, `${view} has numbers of: ${has(of)}`);
  if (named.length + (by === undefined ? 0 : 1) > 1)
    throw invalidInput(`?${by === undefined ? `${named[1]}_id` : "by"}`, "ask for one of them at a time");
}
