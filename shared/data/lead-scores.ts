import { setTimeout as sleep } from "node:timers/promises";
import { isDeepStrictEqual } from "node:util";
import { clientRecord, type StoredClient, sinceOf } from "../domain/client.ts";
import type { PastScore } from "../domain/lead-score/answer.ts";
import { featuresOf } from "../domain/lead-score/features.ts";
import {
  type Action,
  type Ledger,
  linesAt,
  together,
  withAction,
  withoutAction,
} from "../domain/lead-score/ledger.ts";
import { judgedAt, nextChange, type Scored } from "../domain/lead-score/score.ts";
import { modelVersion, signals } from "../domain/lead-score/signals.ts";
import {
  type Computed,
  ledgerIn,
  ledgerKey,
  ledgersOf,
  putLedger,
  removeLedger,
  scoredOf,
} from "./lead-ledgers.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { changeRecord, loadRecord, mustBeAsRead, type Stamp, stillAsHanded, ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import {
  type CheckWrite,
  CommitConflict,
  ConditionFailed,
  type DeleteWrite,
  type PutWrite,
  type TableWriter,
} from "./table.ts";

/** What scoring needs of the table. */
type ScoringTable = TableWriter<PutWrite | DeleteWrite | CheckWrite>;

/** Notes an action of a client, or with them: the score is as of now with the next read. The same id twice is one action. */
export const noteAction = (
  table: ScoringTable,
  brokerageId: string,
  clientId: string,
  action: Action,
  stamp: Stamp,
): Promise<void> => {
  const now = stamp.now.toISOString();
  // The clock that it comes from may be ahead.
  const noted = action.at > now ? { ...action, at: now } : action;
  return move(table, brokerageId, clientId, signals[action.kind].reason, stamp, (ledger) =>
    withAction(ledger, noted, stamp.now),
  );
};

/** Takes back an action that turned out not to be one. */
export const forgetAction = (
  table: ScoringTable,
  brokerageId: string,
  clientId: string,
  id: string,
  stamp: Stamp,
): Promise<void> =>
  move(table, brokerageId, clientId, "Taken back", stamp, (ledger) => withoutAction(ledger, id));

/** Computes a client's score anew, where it has one: time has passed, or what is known of the client has changed. */
export const rescore = (
  table: ScoringTable,
  brokerageId: string,
  clientId: string,
  reason: string,
  stamp: Stamp,
): Promise<void> => move(table, brokerageId, clientId, reason, stamp);

/** Tries before a change is left to the next delivery: several actions of one client may come at the same moment. */
const mostTries = 20;

async function move(...asked: Parameters<typeof tryMove>): Promise<void> {
  for (let tries = 1; ; tries++)
    try {
      return await tryMove(...asked);
    } catch (error) {
      const isRace = error instanceof ConditionFailed || error instanceof CommitConflict;
      if (!isRace || tries === mostTries) throw error;
      await sleep(Math.random() * 60);
    }
}

/**
 * One step of a client's ledger, and the score that follows: ledger, client and history in one transaction, on the
 * condition of what was read. What is as it was is not written. The ledger of a client who was merged stays beside that
 * client, so that the undo of the merge has it back, and counts for the kept one.
 */
async function tryMove(
  table: ScoringTable,
  brokerageId: string,
  clientId: string,
  reason: string,
  stamp: Stamp,
  step: (ledger: Ledger) => Ledger = (ledger) => together([ledger], stamp.now),
): Promise<void> {
  const item = await table.get(recordKey(brokerageId, clientRecord, clientId));
  const client = aliveIn(clientRecord, item);
  if (!client) return leave(table, brokerageId, clientId, item?.erased_at !== undefined || !item, stamp);
  const kept = client.merged_into
    ? await loadRecord(table, clientRecord, brokerageId, client.merged_into)
    : client;
  if (!kept) return leave(table, brokerageId, clientId, false, stamp);
  const ledgers = await ledgersOf(table, kept);
  const own = ledgers.get(clientId) ?? ledgerIn(await table.get(ledgerKey(brokerageId, clientId)));
  ledgers.set(clientId, { ...own, ...step(own) });
  const scored = scoredOf(kept, [...ledgers.values()], stamp.now);
  // Who began before an action was noted may be done after it: the score is never of a moment before the latest action.
  const latest = Date.parse(scored.ledger.acted_at ?? "") || 0;
  const computed = computedOf(scored, new Date(Math.max(stamp.now.getTime(), latest)));
  // Only the kept client's ledger says a score, and when it is due.
  const next = new Map(
    [...ledgers].map(([id, one]) => [id, { ...one, computed: id === kept.id ? computed : undefined }]),
  );
  const before = new Map(ledgers).set(clientId, own);
  const changed = [clientId, kept.id]
    .filter((id, at, all) => all.indexOf(id) === at)
    .filter((id) => !isDeepStrictEqual(next.get(id), before.get(id)));
  const isKnown = scored.ledger.acted_at !== undefined;
  const ofClient = isKnown ? clientAfter(kept, computed, reason, stamp) : [];
  if (!isKnown || (changed.length === 0 && ofClient.length === 0)) return;
  await table.commit([
    ...changed.map((id) => putLedger(brokerageId, id, next.get(id)!, stamp)),
    // Not of a client that is being deleted, merged or erased.
    ...(ofClient.length > 0 ? ofClient : [mustBeAsRead(clientRecord, kept)]),
  ]);
}

/** A client that is not there has no score that could change; of one that was erased nothing stays. */
async function leave(
  table: ScoringTable,
  brokerageId: string,
  clientId: string,
  isGone: boolean,
  stamp: Stamp,
): Promise<void> {
  const item = await table.get(ledgerKey(brokerageId, clientId));
  if (!item || !(isGone || item.due_at)) return;
  const ledger = ledgerIn(item);
  await table.commit([
    isGone
      ? removeLedger(brokerageId, clientId)
      : putLedger(brokerageId, clientId, { ...ledger, computed: undefined }, stamp),
  ]);
}

function computedOf(scored: Scored, now: Date): Computed {
  const { ledger, known } = scored;
  return {
    ...judgedAt(scored, now),
    features: featuresOf(known, linesAt(ledger.actions, now.getTime())),
    model_version: modelVersion,
    due_at: nextChange(scored, now)?.toISOString(),
  };
}

/** The client with its score and an entry of its history; nothing where both are as they were. */
function clientAfter(
  client: StoredClient,
  { score, status }: Computed,
  reason: string,
  stamp: Stamp,
): readonly PutWrite[] {
  if (client.lead_score === score && client.nurture_status === status) return [];
  const { version, import: imported } = client;
  const next = changeRecord(
    clientRecord,
    client,
    {
      ...{ lead_score: score, nurture_status: status, ...stillAsHanded(client) },
      ...(status === client.nurture_status ? {} : sinceOf(stamp.now)),
      // An import can still be undone, and who has read the version before may still change it.
      ...(imported?.version === version ? { import: { ...imported, version: version + 1 } } : {}),
      scored: { version: version + 1, since: clientRecord.lastEdit!(client) },
    },
    stamp,
  );
  // No value that is unique changes.
  return [...(next.writes as readonly PutWrite[]), past(next.record, reason, stamp)];
}

export const historyPrefix = "score#";
/** As long as events are kept. */
const daysKept = 400;

function past(
  { brokerage_id, id, ...client }: StoredClient,
  reason: string,
  { now, written }: Stamp,
): PutWrite {
  const { lead_score: score, nurture_status, version } = client;
  const item = withSchemaVersion("pastScore", {
    pk: recordKey(brokerage_id, clientRecord, id).pk,
    sk: `${historyPrefix}${String(version).padStart(12, "0")}`,
    ...({ at: now.toISOString(), score, nurture_status, reason } satisfies PastScore),
    ...{ written, ttl: ttl(new Date(now.getTime() + daysKept * 86_400_000)) },
  });
  return { Put: { Item: item } };
}
