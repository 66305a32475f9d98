import { isDeepStrictEqual } from "node:util";
import { eventIn, lookPrefix } from "../data/events.ts";
import { interestPrefix, propertyIdOf, type StoredInterest } from "../data/interests.ts";
import { forgetAction, noteAction, rescore } from "../data/lead-scores.ts";
import { loadRecord } from "../data/records.ts";
import { type Item, type TableReader, tableFor } from "../data/table.ts";
import { clientRecord, type StoredClient } from "../domain/client.ts";
import { interactionRecord, type StoredInteraction } from "../domain/interaction.ts";
import { knownOf } from "../domain/lead-score/features.ts";
import type { Action } from "../domain/lead-score/ledger.ts";
import { kinds } from "../domain/lead-score/signals.ts";
import { propertyRecord } from "../domain/property-record.ts";
import { onChange, onChangeOf } from "../entry/effect.ts";

const access = {
  table: tableFor("GetItem", "BatchGetItem", "PutItem", "DeleteItem", "ConditionCheckItem"),
};

/**
 * Keeps an interaction among its client's actions: as it is now, whatever the change said, so that repeats and disorder
 * do no harm.
 */
export const scoreInteractions = onChangeOf(interactionRecord, {
  name: "scoreInteractions",
  access,
  async run({ before, after, table, ...invoked }) {
    if (!(before && counts(before)) && !(after && counts(after))) return;
    const { brokerage_id, client_id, id } = (after ?? before)!;
    const said = await loadRecord(table, interactionRecord, brokerage_id, id);
    const action = said && counts(said) && (await actionOf(table, said));
    if (action) await noteAction(table, brokerage_id, client_id, action, invoked);
    else await forgetAction(table, brokerage_id, client_id, id, invoked);
  },
});

const counts = ({ type, enquiry }: StoredInteraction): boolean =>
  enquiry !== undefined || kinds.some((kind) => kind === type);

async function actionOf(table: TableReader, said: StoredInteraction): Promise<Action> {
  const { brokerage_id, id, type, occurred_at: at, enquiry } = said;
  if (type !== "note") return { id, kind: type, at };
  const asked = enquiry?.property_id;
  // A website may name what there is not.
  const property = asked && (await loadRecord(table, propertyRecord, brokerage_id, asked));
  return { id, kind: "enquiry", at, ...(property ? { listing: property.id } : {}) };
}

/** Keeps what a client thinks of a listing among the actions, likewise; what they discarded, or took back, is none. */
export const scoreInterests = onChange({
  name: "scoreInterests",
  items: interestPrefix,
  access,
  async run({ change, table, ...invoked }) {
    const item = (change.after ?? change.before) as unknown as StoredInterest | undefined;
    if (!item?.sk?.startsWith(interestPrefix)) return;
    const { brokerage_id, id: clientId, pk, sk } = item;
    const now = await table.get<StoredInterest>({ pk, sk });
    const kind = now?.listed?.interest;
    const listing = propertyIdOf(item);
    if (now && kind && kind !== "discard")
      await noteAction(table, brokerage_id, clientId, { id: sk, kind, at: now.updated_at, listing }, invoked);
    else await forgetAction(table, brokerage_id, clientId, sk, invoked);
  },
});

/** Keeps a look of a client at a listing among the actions. */
export const scoreLooks = onChange({
  name: "scoreLooks",
  items: lookPrefix,
  access,
  async run({ change: { before, after }, table, ...invoked }) {
    if (before || !String(after?.sk).startsWith(lookPrefix)) return;
    const { id, brokerage_id, occurred_at: at, about } = eventIn(after as Item);
    if (about.client_id === undefined) return;
    const look = { id, kind: "view", at, listing: about.property_id } as const;
    await noteAction(table, brokerage_id, about.client_id, look, invoked);
  },
});

/**
 * Computes a score anew when something that it follows from changed at the client itself: how they are reached, a merge or
 * its undo, a restore, a status that somebody set. Of an erased client the ledger goes at once.
 */
export const scoreClients = onChangeOf(clientRecord, {
  name: "scoreClients",
  access,
  async run({ before, after, version, erases, table, ...invoked }) {
    const { brokerage_id, id } = (after ?? before)!;
    const isOwn = after?.scored?.version === version;
    if (!erases && (!after || version === 1 || isOwn || (before && sameFor(before, after)))) return;
    await rescore(table, brokerage_id, id, "What is known of them changed", invoked);
  },
});

/** Whether two versions are the same for a score. */
const sameFor = (before: StoredClient, after: StoredClient): boolean =>
  isDeepStrictEqual(knownOf(before), knownOf(after)) &&
  (["nurture_set_at", "nurture_status", "lead_score", "merges", "merged_into"] as const).every((name) =>
    isDeepStrictEqual(before[name], after[name]),
  );
