import { dueBy } from "../../shared/data/due.ts";
import { moveLead } from "../../shared/data/lead-moves.ts";
import { tableFor } from "../../shared/data/table.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

/** Leads of a run: those that came in one night are due in the same minute. */
const most = 2000;

export const moveUnansweredLeads = schedule({
  id: "moveUnansweredLeads",
  summary: "Give leads that nobody has answered in time to the next agent",
  impact: "Leads wait for agents who do not answer.",
  everyMinutes: 1,
  timeout: 300,
  access: { table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem") },
  async run({ table, ...stamp }) {
    const due = await dueBy(table, "leads", stamp.now, most);
    await eachOf(
      due,
      ({ brokerage_id, id }) => ({ brokerage_id, client_id: id }),
      ({ brokerage_id, id }) => moveLead(table, String(brokerage_id), String(id), stamp),
    );
  },
});
