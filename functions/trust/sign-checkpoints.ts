import { writeObjects } from "../../shared/data/bucket.ts";
import { checkpointFile, checkpointItem } from "../../shared/data/checkpoints.ts";
import { checkpointKey, readHead } from "../../shared/data/log.ts";
import { create, tryCommit } from "../../shared/data/records.ts";
import { readSecret } from "../../shared/data/secret.ts";
import { tableFor } from "../../shared/data/table.ts";
import { schedule } from "../../shared/entry/definition.ts";
import { eachBrokerage } from "../../shared/entry/each-of.ts";
import { checkpointSecret, signCheckpoint } from "../../shared/identity/checkpoints.ts";

/** Brokerages at the same time: signing the log of one is mostly waiting for the table and the bucket. */
const atOnce = 10;

export const signCheckpoints = schedule({
  id: "signCheckpoints",
  summary: "Sign the size and the last hash of every brokerage's log",
  impact: "A log that is rewritten is found out only as far as its last checkpoint.",
  everyMinutes: 24 * 60,
  timeout: 600,
  access: {
    table: tableFor("Query", "GetItem", "PutItem"),
    key: readSecret("checkpoints"),
    files: writeObjects("checkpoints"),
  },
  async run({ table, key, files, now, written }) {
    const secret = await checkpointSecret(key);
    await eachBrokerage(
      table,
      async (brokerageId) => {
        const head = await readHead(table, brokerageId);
        // Nothing was logged since the last one. Or a run was cut off and is tried again: it passes over what it signed.
        if (head.sequence === 0 || (await table.get(checkpointKey(brokerageId, head.sequence)))) return;
        const checkpoint = await signCheckpoint(secret, brokerageId, head, now);
        const { name, bytes } = checkpointFile(brokerageId, checkpoint);
        await files.put(name, bytes, "application/json");
        await tryCommit(table, [create(checkpointItem(brokerageId, checkpoint, written))]);
      },
      atOnce,
    );
  },
});
