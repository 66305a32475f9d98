import { stepOf } from "../data/property-history.ts";
import { tryCommit } from "../data/records.ts";
import { tableFor } from "../data/table.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { onChangeOf } from "../entry/effect.ts";

/** Writes the history of a property's status and price. */
export const writePropertyHistory = onChangeOf(propertyRecord, {
  name: "writePropertyHistory",
  access: { table: tableFor("PutItem") },
  async run({ before, after, table }) {
    const step = before && after && stepOf(before, after);
    if (step) await tryCommit(table, [step]);
  },
});
