/** `npm run rebuild-analytics`: folds days of the views from zero, locally or in AWS. */
import { parseArgs } from "node:util";
import { rebuildDays } from "../shared/data/closing.ts";
import { allBrokerages } from "../shared/data/directory.ts";
import { loadRecord } from "../shared/data/records.ts";
import { openTable } from "../shared/data/table.ts";
import { brokerageRecord } from "../shared/domain/brokerage.ts";
import { daysBetween } from "../shared/domain/days.ts";
import { clientConfig } from "./bootstrap.ts";
import { command } from "./command.ts";

/** Events are kept for 400 days after they happened: of an older day some or all are gone. */
const daysRebuildable = 398;

const usage = `Usage: npm run rebuild-analytics -- --from DAY --to DAY [--data DIR | --table NAME] [--brokerage ID]

Folds the numbers of some days once more from the events of those days, while requests, events and the fold go on, and
corrects the numbers that differ: a line for each day that has events says how many buckets that were. Final days stay final.
Safe to run twice and to stop. Views of the market are not made of events: they are left as they are.

  --from DAY       the first day, YYYY-MM-DD in the brokerage's time zone; at most ${daysRebuildable} days ago
  --to DAY         the day after the last one
  --data DIR       data of a local cloud that is stopped (.gable)
  --table NAME     in AWS: TableName, an output of the stage's Data stack. The environment's AWS variables say where and
                   as whom
  --brokerage ID   one brokerage only; all unless said
  --help           show this help`;

await command(main);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      from: { type: "string", default: "" },
      to: { type: "string", default: "" },
      data: { type: "string" },
      table: { type: "string" },
      brokerage: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const { from, to, data, table: name, brokerage } = values;
  if (values.help) return console.log(usage);
  if (name && data) throw new Error(`Name a table or a data folder\n\n${usage}`);
  if (![from, to].every(isDay) || from >= to) throw new Error(`Name a day and a later one\n\n${usage}`);
  if (daysBetween(from, new Date().toISOString().slice(0, 10)) > daysRebuildable)
    throw new Error(`The events of ${from} are no longer all there: at most ${daysRebuildable} days ago`);

  const rebuild = async (tableName: string, environment: Readonly<Record<string, string | undefined>>) => {
    const table = openTable(tableName, clientConfig(environment));
    if (brokerage !== undefined && !(await loadRecord(table, brokerageRecord, brokerage, brokerage)))
      throw new Error(`There is no brokerage ${brokerage}`);
    for await (const id of brokerage === undefined ? allBrokerages(table) : [brokerage])
      for await (const { day, final, events, written } of rebuildDays(table, id, { from, to }, new Date()))
        if (events > 0 || written > 0)
          console.log(`${id} ${day}${final ? " (final)" : ""}: ${events} events, ${written} buckets written`);
  };
  if (name) return rebuild(name, process.env);
  const { onStoppedCloud } = await import("./local/stopped-cloud.ts");
  await onStoppedCloud(data, ({ environment, resource }) =>
    rebuild(resource("AWS::DynamoDB::GlobalTable"), environment),
  );
}

function isDay(text: string): boolean {
  const at = Date.parse(text);
  return /^\d{4}-\d\d-\d\d$/.test(text) && !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
