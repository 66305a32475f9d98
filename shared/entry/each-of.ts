import { allBrokerages } from "../data/directory.ts";
import type { TableQuerier } from "../data/table.ts";
import { errorFields, log } from "./log.ts";

/**
 * Runs `work` for each record, for `atOnce` of them at the same time. A failure is logged with what `named` says of the
 * record, and does not stop the rest; throws at the end if any failed, so that the alarm goes off.
 */
export async function eachOf<Rec>(
  records: Iterable<Rec> | AsyncIterable<Rec>,
  named: (record: Rec) => Readonly<Record<string, unknown>>,
  work: (record: Rec) => Promise<void>,
  atOnce = 1,
): Promise<void> {
  let [all, stuck] = [0, 0];
  const waiting = inTurn(records);
  const workOff = async () => {
    for await (const record of waiting) {
      all++;
      try {
        await work(record);
      } catch (error) {
        stuck++;
        log("record_stuck", { ...named(record), ...errorFields(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, workOff));
  if (stuck > 0) throw new Error(`${stuck} of ${all} records failed`);
}

/** The same for each brokerage. */
export const eachBrokerage = (
  table: TableQuerier,
  work: (brokerageId: string) => Promise<void>,
  atOnce: number,
): Promise<void> => eachOf(allBrokerages(table), (brokerage_id) => ({ brokerage_id }), work, atOnce);

/** One iterator that several loops share: each record goes to one of them. */
async function* inTurn<Rec>(records: Iterable<Rec> | AsyncIterable<Rec>): AsyncGenerator<Rec> {
  yield* records;
}
