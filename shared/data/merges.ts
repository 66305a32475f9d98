import { isDeepStrictEqual } from "node:util";
import { type Caller, decide, type Guarded } from "../domain/access.ts";
import {
  checkNotMerged,
  clientRecord,
  emailsOf,
  idsOf,
  type StoredClient,
  statusSet,
} from "../domain/client.ts";
import type { Invocation } from "../domain/invocation.ts";
import { mergeRecord, merging, mostMerged, type NewMerge, type StoredMerge } from "../domain/merge.ts";
import { Problem } from "../domain/problem.ts";
import { type Left, type Standing, unmerging } from "../domain/unmerge.ts";
import { userRecord } from "../domain/user.ts";
import { changedOwner, mayOwn } from "./owners.ts";
import { aliveIn, fromItem, isAlive, recordKey } from "./record-item.ts";
import {
  changeRecord,
  createRecord,
  loadRecord,
  lookupKey,
  moving,
  orConflict,
  type Stamp,
} from "./records.ts";
import { checkNotOnlyShared } from "./shares.ts";
import type { Item, TableReader, Write } from "./table.ts";

/**
 * Merges clients into one, in one transaction: they get `merged_into`, their emails and what it lacks become the kept
 * one's, and what hangs on them stays where it is. Those that were merged into one of them before go along.
 * Throws 409 and 422 that say what to do.
 */
export async function mergeClients(
  table: TableReader,
  caller: Caller,
  client: StoredClient,
  { from, keep = {} }: NewMerge,
  invoked: Invocation,
) {
  checkNotMerged(client);
  if (from.includes(client.id))
    throw new Problem("cannot_merge", "A client cannot be merged with itself: leave its id out of `from`");
  const others = (await clientItems(table, client.brokerage_id, from)).map((item, at) =>
    mergeable(caller, item, from[at]!, invoked.now),
  );
  const ids = others.flatMap(idsOf);
  if (idsOf(client).length - 1 + ids.length > mostMerged)
    throw new Problem(
      "limit_reached",
      `At most ${mostMerged} clients are merged into one: undo a merge first`,
    );
  const chosen = keep.owner_user_id && [client, ...others].find(({ id }) => id === keep.owner_user_id);
  const owner = chosen && { owner_user_id: chosen.owner_user_id };
  const owned = owner ? await changedOwner(table, caller, "client", client, owner, invoked.now, "/keep") : {};
  const { changes, moved } = merging(client, others, keep, owned);
  const merge = createRecord(
    mergeRecord,
    client.brokerage_id,
    { client_id: client.id, from, status: "merged", moved },
    invoked,
  );
  const merges = [...(client.merges ?? []), { merge_id: merge.record.id, client_ids: ids }];
  const said = { ...(keep.nurture_status ? { nurture_status: changes.nurture_status } : {}) };
  const next = changeRecord(
    clientRecord,
    client,
    { ...changes, ...statusSet(said, invoked.now, client.nurture_status), merges },
    invoked,
  );
  const below = await clientsAt(
    table,
    client.brokerage_id,
    others.flatMap((one) => idsOf(one).slice(1)),
  );
  const pointers = [...others, ...below].flatMap(
    (one) => changeRecord(clientRecord, one, { merged_into: client.id }, invoked).writes,
  );
  return {
    answer: { merge_id: merge.record.id, client: next.record },
    writes: orConflict(moving([...next.writes, ...pointers, ...merge.writes])),
  };
}

/** A client, or the one that it was merged into: what comes in about a merged client is about that one. */
export async function loadKept(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<StoredClient | undefined> {
  const client = await loadRecord(table, clientRecord, brokerageId, id);
  return client?.merged_into ? loadKept(table, brokerageId, client.merged_into) : client;
}

/** A client that the caller may merge away. */
function mergeable(caller: Caller, item: Item | undefined, id: string, now: Date): StoredClient {
  const client = aliveIn(clientRecord, item);
  if (!client || !decide(caller, "client:read", client, now).allowed)
    throw new Problem("cannot_merge", `You may read no client ${id}: leave it out of \`from\``);
  if (!decide(caller, "client:delete", client, now).allowed)
    throw new Problem(
      "cannot_merge",
      `A merge takes client ${id} out of all lists, and you may not delete it: ask its owner, or an admin, to merge`,
    );
  checkNotMerged(client);
  return client;
}

/** A merge with the client that was kept, deleted or not; undefined once that was purged or erased. */
export type KeptMerge = StoredMerge &
  Pick<Guarded, "owner_user_id" | "team_id"> & {
    readonly kept: StoredClient | undefined;
    readonly isDeleted: boolean;
  };

/** The merge, with what decides who may undo it: the kept client. */
export async function loadMerge(
  table: TableReader,
  brokerageId: string,
  id: string,
): Promise<KeptMerge | undefined> {
  const merge = aliveIn(mergeRecord, await table.get(recordKey(brokerageId, mergeRecord, id)));
  if (!merge) return undefined;
  const [item] = await clientItems(table, brokerageId, [merge.client_id]);
  const kept = item && fromItem(clientRecord, item);
  const { owner_user_id, team_id, shares } = kept ?? {};
  return { ...merge, kept, isDeleted: item !== undefined && !isAlive(item), owner_user_id, team_id, shares };
}

/**
 * Undoes a merge, in one transaction: the clients are back in the lists, with what the merge moved of them and nobody
 * changed since. Throws 409 where it does not stand, or where another step must come first.
 */
export async function undoMerge(table: TableReader, caller: Caller, merge: KeptMerge, stamp: Stamp) {
  const { kept } = merge;
  if (merge.status === "erased" || !kept?.merges)
    throw new Problem("invalid_transition", merge.status === "undone" ? undone : erased);
  if (merge.status === "undone") throw new Problem("invalid_transition", undone);
  if (merge.isDeleted) throw new Problem("invalid_transition", `Restore client ${kept.id} first`);
  if (kept.merged_into)
    throw new Problem(
      "merged",
      `Client ${kept.id} was merged into ${kept.merged_into}: undo that merge first`,
    );
  const { brokerage_id } = merge;
  const standing = await standingMerges(table, kept);
  const own = standing.find(({ merge_id }) => merge_id === merge.id)!;
  // Each of them becomes a client of its own again: whose it is must be the caller's to change.
  for (const client of [kept, ...own.clients]) {
    if (!decide(caller, "client:write", client, stamp.now).allowed) throw new Problem("not_found");
    checkNotOnlyShared(caller, "client", client, stamp.now);
  }
  const others = standing.filter((one) => one !== own);
  const after = unmerging(kept, own, others, await heldByOthers(table, kept, own.clients));
  const whole = { ...kept, ...after.kept };
  const owners = await ownersOf(table, kept, [whole, ...own.clients]);
  const merges = kept.merges.filter(({ merge_id }) => merge_id !== merge.id);
  const parted = (client: StoredClient, from: readonly string[]) => ({
    parted_from: [...new Set([...(client.parted_from ?? []), ...from])],
  });
  const next = changeRecord(
    clientRecord,
    kept,
    {
      ...{ ...after.kept, ...owners(whole), merges: merges.length > 0 ? merges : null },
      ...parted(kept, own.clients.flatMap(idsOf)),
    },
    stamp,
  );
  const back = after.clients.map(({ client, changes }) =>
    changeRecord(
      clientRecord,
      client,
      { ...changes, ...owners(client), ...parted(client, [kept.id]), merged_into: null },
      stamp,
    ),
  );
  const below = own.clients.map(async (client) => {
    const those = await clientsAt(table, brokerage_id, idsOf(client).slice(1));
    return those.flatMap(
      (one) =>
        changeRecord(clientRecord, one, { merged_into: client.id, ...parted(one, [kept.id]) }, stamp).writes,
    );
  });
  const records = [
    ...changeRecord(mergeRecord, own.merge, { status: "undone", moved: null }, stamp).writes,
    ...after.others.flatMap(({ merge_id, moved }) => {
      const other = others.find((one) => one.merge_id === merge_id)!.merge;
      return isDeepStrictEqual(moved, other.moved)
        ? []
        : changeRecord(mergeRecord, other, { moved }, stamp).writes;
    }),
  ];
  const pointers = (await Promise.all(below)).flat();
  return {
    answer: {
      merge_id: merge.id,
      client: next.record,
      clients: back.map(({ record }) => record),
      left: [...after.left, ...[whole, ...own.clients].flatMap((client) => inactive(client, owners))],
    },
    writes: orConflict(
      moving<Write>([...next.writes, ...back.flatMap(({ writes }) => writes), ...pointers, ...records]),
    ),
  };
}

/** That a client stays with the kept one's owner, because its own has left. */
const inactive = (client: StoredClient, owners: Owners): Left[] =>
  owners(client).owner_user_id === client.owner_user_id
    ? []
    : [{ client_id: client.id, field: "owner_user_id", reason: "inactive" }];

const undone = "The merge was undone already";
const erased = "One of its clients was erased: there is nothing to give back";

/** The merges of a client that stand, each with the clients that it brought. */
async function standingMerges(
  table: TableReader,
  { brokerage_id, merges }: StoredClient,
): Promise<(Standing & { readonly merge: StoredMerge })[]> {
  const keys = (merges ?? []).map(({ merge_id }) => recordKey(brokerage_id, mergeRecord, merge_id));
  const records = (await table.getMany(keys)).flatMap((item) => aliveIn(mergeRecord, item) ?? []);
  const clients = await clientsAt(
    table,
    brokerage_id,
    records.flatMap(({ from }) => from),
  );
  return records.map((merge) => ({
    merge,
    merge_id: merge.id,
    created_at: merge.created_at,
    moved: merge.moved!,
    clients: merge.from.flatMap((id) => clients.find((one) => one.id === id) ?? []),
  }));
}

/** Emails of merged clients that another client holds by now: the kept one gave them up. */
async function heldByOthers(
  table: TableReader,
  { id, brokerage_id }: StoredClient,
  clients: readonly StoredClient[],
): Promise<ReadonlySet<string>> {
  const emails = clients.flatMap(emailsOf);
  const keys = emails.map((email) => lookupKey(clientRecord, "email", email, brokerage_id));
  const lookups = await table.getMany(keys);
  return new Set(emails.filter((_, at) => lookups[at] && lookups[at].id !== id));
}

/** Who owns each of the clients from now on: its own owner where that one is still active, else the kept client's. */
async function ownersOf(
  table: TableReader,
  kept: StoredClient,
  clients: readonly StoredClient[],
): Promise<Owners> {
  const ids = [...new Set(clients.map(({ owner_user_id }) => owner_user_id))];
  const items = await table.getMany(ids.map((id) => recordKey(kept.brokerage_id, userRecord, id)));
  const here = new Set(ids.filter((_, at) => mayOwn(aliveIn(userRecord, items[at]))));
  return ({ owner_user_id, team_id }: StoredClient) => {
    const { owner_user_id: keeper, team_id: team } = kept;
    return here.has(owner_user_id) ? { owner_user_id, team_id } : { owner_user_id: keeper, team_id: team };
  };
}

type Owners = (client: StoredClient) => Pick<StoredClient, "owner_user_id" | "team_id">;

async function clientItems(table: TableReader, brokerageId: string, ids: readonly string[]) {
  return ids.length > 0 ? table.getMany(ids.map((id) => recordKey(brokerageId, clientRecord, id))) : [];
}

const clientsAt = async (...asked: Parameters<typeof clientItems>): Promise<StoredClient[]> =>
  (await clientItems(...asked)).flatMap((item) => aliveIn(clientRecord, item) ?? []);
