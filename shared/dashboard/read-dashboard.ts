import type { Reader } from "../data/dashboard-links.ts";
import { aliveIn, recordKey } from "../data/record-item.ts";
import type { TableQuerier, TableReader } from "../data/table.ts";
import type { Caller } from "../domain/access.ts";
import { numbersFor } from "../domain/analytics/scope.ts";
import { type Subject, type ViewName, viewOf } from "../domain/analytics/views.ts";
import { brokerageRecord } from "../domain/brokerage.ts";
import { Problem } from "../domain/problem.ts";
import { type StoredTeam, teamRecord } from "../domain/team.ts";
import { userRecord } from "../domain/user.ts";
import { defaultAccent } from "../page/color.ts";
import type { DashboardData, Waiting } from "./data.ts";
import { readNumbers } from "./read-numbers.ts";
import { readWork, type WorkOf } from "./read-work.ts";

/**
 * All that a dashboard says, of the office, of the reader or of whom the query names, as `GET /v1/analytics` would decide.
 * Throws 404 for what is out of the reader's scope.
 */
export async function readDashboard(
  table: TableQuerier,
  { caller, cursorKey }: Reader,
  asked: WorkOf,
  now: Date,
): Promise<DashboardData> {
  const { brokerage_id } = caller;
  const teamIds = [...new Set([...caller.team_ids, ...(asked.team_id ? [asked.team_id] : [])])];
  const [brokerageItem, userItem, ...teamItems] = await table.getMany([
    recordKey(brokerage_id, brokerageRecord, brokerage_id),
    recordKey(brokerage_id, userRecord, asked.user_id ?? caller.user_id),
    ...teamIds.map((id) => recordKey(brokerage_id, teamRecord, id)),
  ]);
  const teams = teamItems.flatMap((item) => aliveIn(teamRecord, item) ?? []);
  const subject = subjectOf(caller, asked, teams, now);
  const user = aliveIn(userRecord, userItem);
  const team = teams.find(({ id }) => id === asked.team_id);
  if (!user || (asked.team_id && !team)) throw new Problem("not_found");

  const brokerage = aliveIn(brokerageRecord, brokerageItem)!;
  const { name, accent_color, currency, time_zone } = brokerage;
  const of = subject === "office" ? {} : team ? { team_id: team.id } : { user_id: user.id };
  const [{ responses, ...numbers }, { leads, tasks, listings }] = await Promise.all([
    readNumbers(table, brokerage, subject, now),
    readWork({ table, caller, cursorKey, now, of, time_zone }),
  ]);
  const called = await namesOf(table, brokerage_id, [
    ...[leads, tasks, listings].flatMap((waiting) => waiting?.items.map(({ agent }) => agent) ?? []),
    ...(responses?.agents.map(({ user_id }) => user_id) ?? []),
  ]);
  const named = <One extends { readonly agent: string }>({ items, more }: Waiting<One>): Waiting<One> => ({
    items: items.map((one) => ({ ...one, agent: called(one.agent) })),
    more,
  });
  return {
    brokerage: { name, accent: accent_color ?? defaultAccent, currency, time_zone },
    now,
    whose:
      subject === "office"
        ? { kind: "office" }
        : team
          ? { kind: "team", name: team.name }
          : { kind: "user", name: fullName(user), isReader: user.id === caller.user_id },
    others: othersOf(caller, asked, teams, now),
    ...numbers,
    ...(leads && { leads: named(leads) }),
    ...(tasks && { tasks: named(tasks) }),
    ...(listings && { listings: named(listings) }),
    ...(responses && {
      responses: {
        days: responses.days,
        agents: responses.agents.map((one) => ({ ...one, agent: called(one.user_id) })),
      },
    }),
    definitions: definitions.map(([view, title]) => ({ title, ...viewOf(view).definition })),
  };
}

const definitions = [
  ["agent-performance", "Leads, answers, contacts, listings, closings"],
  ["listing-performance", "Views of listings"],
  ["pipeline", "Pipeline"],
  ["lead-conversion", "Conversion of leads"],
] as const satisfies readonly (readonly [ViewName, string])[];

/** Whose numbers a dashboard shows. Throws as `GET /v1/analytics` does. */
function subjectOf(caller: Caller, asked: WorkOf, teams: readonly StoredTeam[], now: Date): Subject {
  const team = teams.find(({ id }) => id === asked.team_id);
  const reads = numbersFor(caller, { view: "agent-performance", ...asked }, { team }, now);
  if ("by" in reads) throw new Problem("internal");
  return reads.subject;
}

/** Dashboards beside this one: the reader's first, and those of their teams whose numbers they may read. */
function othersOf(
  caller: Caller,
  asked: WorkOf,
  teams: readonly StoredTeam[],
  now: Date,
): DashboardData["others"] {
  const mayRead = (team_id: string) => {
    try {
      return subjectOf(caller, { team_id }, teams, now) !== undefined;
    } catch (error) {
      if (error instanceof Problem) return false;
      throw error;
    }
  };
  const isFirst = asked.user_id === undefined && asked.team_id === undefined;
  const first = subjectOf(caller, {}, teams, now) === "office" ? "The whole office" : "Your own";
  return [
    ...(isFirst ? [] : [{ title: first, query: "" }]),
    ...teams
      .filter(({ id }) => id !== asked.team_id && caller.team_ids.includes(id) && mayRead(id))
      .map(({ id, name }) => ({ title: `Team ${name}`, query: `team_id=${id}` })),
  ];
}

const fullName = ({ first_name, last_name }: { first_name: string; last_name: string }) =>
  `${first_name} ${last_name}`;

/** What users are called, by their ids; one request for all of them. */
async function namesOf(
  table: TableReader,
  brokerageId: string,
  ids: readonly string[],
): Promise<(id: string) => string> {
  const all = [...new Set(ids)].filter((id) => id !== "");
  const items =
    all.length === 0 ? [] : await table.getMany(all.map((id) => recordKey(brokerageId, userRecord, id)));
  const names = new Map(
    items.flatMap((item) => {
      const user = aliveIn(userRecord, item);
      return user ? [[user.id, fullName(user)] as const] : [];
    }),
  );
  return (id) => names.get(id) ?? "nobody";
}
