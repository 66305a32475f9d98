/** `npm run verify-log -- --table NAME`: follows the log of each brokerage and compares it with its checkpoints. */
import { parseArgs } from "node:util";
import { openTable } from "../shared/data/table.ts";
import { clientConfig } from "./bootstrap.ts";
import { allBrokerages, readKept, verifyBrokerage } from "./log-verification.ts";

const usage = `Usage: npm run verify-log -- --table NAME [--brokerage ID] [--checkpoints PATH]

Follows the log from its first entry, recomputes every hash and compares it with the signed checkpoints. Says the first
broken link and exits with 1 where there is one. The environment's AWS variables say where and as whom: it reads the
table and nothing else. A log that was rewritten whole, checkpoints in the table included, is only found out by
checkpoints that were kept elsewhere: pass those.

  --table NAME         TableName, an output of the stage's Data stack
  --brokerage ID       one brokerage only; all unless said
  --checkpoints PATH   kept checkpoints: an answer of GET /v1/audit-checkpoints, or a folder of files from the bucket
                       (aws s3 sync s3://BUCKET/checkpoints/ DIR)
  --help               show this help`;

try {
  const { values } = parseArgs({
    options: {
      table: { type: "string" },
      brokerage: { type: "string" },
      checkpoints: { type: "string" },
      help: { type: "boolean" },
    },
  });
  if (values.help) console.log(usage);
  else if (!values.table) throw new Error(`Name the table\n\n${usage}`);
  else {
    const table = openTable(values.table, clientConfig(process.env));
    const kept = values.checkpoints === undefined ? undefined : readKept(values.checkpoints);
    for await (const id of values.brokerage ? [values.brokerage] : allBrokerages(table)) {
      const { entries, erased, checkpoints, fault } = await verifyBrokerage(table, id, kept);
      if (fault) process.exitCode = 1;
      const whole = `${entries} entries hold together (of ${erased} the values were erased), and agree with ${checkpoints} checkpoints`;
      console.log(`${id}: ${fault ? `BROKEN at ${fault.sequence}: ${fault.because}` : whole}`);
    }
  }
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
}
