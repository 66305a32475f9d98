import { errorFields, log } from "./log.ts";

/**
 * Runs `work` for each record. A failure is logged with what `named` says of the record, and does not stop the rest;
 * throws at the end if any failed, so that the alarm goes off.
 */
export async function eachOf<Rec>(
  records: readonly Rec[],
  named: (record: Rec) => Readonly<Record<string, unknown>>,
  work: (record: Rec) => Promise<void>,
): Promise<void> {
  let stuck = 0;
  for (const record of records)
    try {
      await work(record);
    } catch (error) {
      stuck++;
      log("record_stuck", { ...named(record), ...errorFields(error) });
    }
  if (stuck > 0) throw new Error(`${stuck} of ${records.length} records failed`);
}
