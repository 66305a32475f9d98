import { changeOf, entriesSince, Unreadable } from "../../shared/data/log-changes.ts";
import { queryTable } from "../../shared/data/table.ts";
import { Changes, ChangesQuery, changesReadableDays, readsAll } from "../../shared/domain/audit.ts";
import { invalidInput, Problem } from "../../shared/domain/problem.ts";
import { operation } from "../../shared/entry/definition.ts";

export const listChanges = operation({
  id: "listChanges",
  method: "GET",
  path: "/v1/changes",
  permission: "change:read",
  scope: "brokerage",
  summary: "List every change of the brokerage's records, in order",
  description:
    "To keep a copy: read all records once, then ask here again and again, with the `next_since` of the answer before, " +
    "and fetch what changed (404: it is deleted). The media of a property go with it when it is deleted, and come back " +
    "with it, without entries of their own. Sequences are 1, 2, 3 ... without a gap; an entry that you may not " +
    `read is \`hidden\`. Changes appear within seconds and are kept for ${changesReadableDays} days: then 410, and ` +
    "`detail` says the first that is kept.",
  query: ChangesQuery,
  answer: { status: 200, body: Changes },
  problems: ["gone"],
  access: { table: queryTable },
  async run({ table, query, caller, now }) {
    const { since, limit } = query;
    try {
      const { entries, hasMore } = await entriesSince(table, caller.brokerage_id, since, limit, now);
      return {
        items: entries.map((entry) => changeOf(entry, (entity) => readsAll(caller, entity))),
        next_since: entries.at(-1)?.sequence ?? since,
        has_more: hasMore,
      };
    } catch (error) {
      if (!(error instanceof Unreadable)) throw error;
      const { first } = error;
      if (first === undefined) throw invalidInput("?since", "is beyond the last sequence");
      const detail = `The first that is kept is ${first}: read the records anew, then ask with since=${first - 1}`;
      throw new Problem("gone", detail, { firstKept: first });
    }
  },
});
