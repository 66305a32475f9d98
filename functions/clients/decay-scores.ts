import { dueBy } from "../../shared/data/due.ts";
import { rescore } from "../../shared/data/lead-scores.ts";
import { tableFor } from "../../shared/data/table.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachOf } from "../../shared/entry/each-of.ts";

/** Clients of a run, and how many at the same time. */
const [most, atOnce] = [5000, 8];

/** Each ledger says when its client's score changes if nothing happens, so nobody else is looked at. */
export const decayScores = schedule({
  id: "decayScores",
  summary: "Lower the scores of clients from whom nothing was heard",
  impact: "Scores of clients stay higher than they are: agents call the wrong people first.",
  everyMinutes: 10,
  timeout: 300,
  access: {
    table: tableFor("GetItem", "BatchGetItem", "Query", "PutItem", "DeleteItem", "ConditionCheckItem"),
  },
  async run({ table, ...stamp }) {
    const due = await dueBy(table, "scores", stamp.now, most);
    await eachOf(
      due,
      ({ brokerage_id, id }) => ({ brokerage_id, client_id: id }),
      ({ brokerage_id, id }) => rescore(table, String(brokerage_id), String(id), "Time passed", stamp),
      atOnce,
    );
  },
});
