import type { Item } from "../data/table.ts";
import { errorFields, log } from "./log.ts";

/**
 * Runs `work` for each record. A failure is logged and does not stop the rest; throws at the end if any failed, so
 * that the alarm goes off.
 */
export async function eachOf(records: readonly Item[], work: (record: Item) => Promise<void>): Promise<void> {
  let stuck = 0;
  for (const record of records)
    try {
      await work(record);
    } catch (error) {
      stuck++;
      log("record_stuck", { entity: record.entity, ...errorFields(error) });
    }
  if (stuck > 0) throw new Error(`${stuck} of ${records.length} records failed`);
}
