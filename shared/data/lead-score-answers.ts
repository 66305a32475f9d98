import { clientRecord, type StoredClient } from "../domain/client.ts";
import { type LeadScore, leadScore, type PastScore } from "../domain/lead-score/answer.ts";
import { ledgersOf, scoredOf } from "./lead-ledgers.ts";
import { historyPrefix } from "./lead-scores.ts";
import { type ListQuery, type Page, partitionPage } from "./list.ts";
import { recordKey } from "./record-item.ts";
import type { TableQuerier, TableReader } from "./table.ts";

/** One page of what a client's score was, the latest first. */
export const pastScores = (
  table: TableQuerier,
  { brokerage_id, id }: StoredClient,
  query: ListQuery,
  cursorKey: string,
): Promise<Page<PastScore>> =>
  partitionPage(table, recordKey(brokerage_id, clientRecord, id), historyPrefix, query, cursorKey);

/** A client's score as of now, point by point. */
export async function scoreOf(table: TableReader, client: StoredClient, now: Date): Promise<LeadScore> {
  const ledgers = await ledgersOf(table, client);
  return leadScore(scoredOf(client, [...ledgers.values()], now), now);
}
