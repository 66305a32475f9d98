/** `npm run verify-log`: follows the log of each brokerage and compares it with its checkpoints, locally or in AWS. */
import { parseArgs } from "node:util";
import { openTable } from "../shared/data/table.ts";
import { clientConfig } from "./bootstrap.ts";
import { command } from "./command.ts";
import { readKept, verifyLogs } from "./log-verification.ts";

const usage = `Usage: npm run verify-log -- [--data DIR | --table NAME] [--brokerage ID] [--checkpoints PATH]

Follows the log from its first entry, recomputes every hash and compares it with the signed checkpoints and with the
log's head. Says the first fault of each brokerage and exits with 1 where there is one. A log that was rewritten whole,
checkpoints in the table included, is only found out by checkpoints that were kept elsewhere: pass those. They also name
brokerages that are gone from the table.

  --data DIR           data of a local cloud that is stopped (.gable)
  --table NAME         in AWS: TableName, an output of the stage's Data stack. The environment's AWS variables say where
                       and as whom: it reads the table and nothing else
  --brokerage ID       one brokerage only; all unless said
  --checkpoints PATH   kept checkpoints: an answer of GET /v1/audit-checkpoints, or a folder of files from the bucket
                       (aws s3 sync s3://BUCKET/checkpoints/ DIR)
  --help               show this help`;

await command(main);

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      data: { type: "string" },
      table: { type: "string" },
      brokerage: { type: "string" },
      checkpoints: { type: "string" },
      help: { type: "boolean" },
    },
  });
  const { data, table: name, brokerage, checkpoints: path } = values;
  if (values.help) return console.log(usage);
  if (name && data) throw new Error(`Name a table or a data folder\n\n${usage}`);
  const kept = path === undefined ? undefined : readKept(path);

  const verify = async (tableName: string, environment: Readonly<Record<string, string | undefined>>) => {
    const table = openTable(tableName, clientConfig(environment));
    for await (const verified of verifyLogs(table, kept, brokerage)) {
      const { brokerageId, entries, erased, checkpoints, fault } = verified;
      if (fault) process.exitCode = 1;
      const whole = `${entries} entries hold together (of ${erased} the values were erased), and agree with ${checkpoints} checkpoints`;
      console.log(`${brokerageId}: ${fault ? `BROKEN at ${fault.sequence}: ${fault.because}` : whole}`);
    }
  };
  if (name) return verify(name, process.env);
  const { onStoppedCloud } = await import("./local/stopped-cloud.ts");
  await onStoppedCloud(data, ({ environment, resource }) =>
    verify(resource("AWS::DynamoDB::GlobalTable"), environment),
  );
}
