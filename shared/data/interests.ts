import { clientRecord, idsOf, type StoredClient } from "../domain/client.ts";
import type { Interest, NewInterest } from "../domain/interest.ts";
import type { WriteStamp } from "../domain/invocation.ts";
import { Problem } from "../domain/problem.ts";
import { recordKey } from "./record-item.ts";
import { create, mustBeAsRead, type Stamp } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import type { CheckWrite, Key, PutWrite, TableReader } from "./table.ts";

/**
 * An interest as stored beside its client. One that was taken back stays there, out of the property's list: of clients
 * that are merged, the last word about a property counts.
 */
export interface StoredInterest extends Key {
  readonly brokerage_id: string;
  /** The client. */
  readonly id: string;
  readonly version: number;
  readonly created_at: string;
  readonly updated_at: string;
  /** Undefined where it was taken back. */
  readonly listed?: NewInterest | undefined;
  readonly written: WriteStamp;
}

/** Beginning of the sort keys of interests, in their client's partition. */
export const interestPrefix = "interest#";
/** What interests are in the list of what belongs to a property. */
export const interestChild = "interest";

const interestKey = (brokerageId: string, clientId: string, propertyId: string): Key => ({
  pk: recordKey(brokerageId, clientRecord, clientId).pk,
  sk: `${interestPrefix}${propertyId}`,
});

/** The property of an interest. */
export const propertyIdOf = ({ sk }: Key): string => sk.slice(interestPrefix.length);

/** The last word of some about a property. */
export function lastWord<I extends StoredInterest>(interests: readonly I[]): I | undefined {
  const order = ({ updated_at, id }: I) => `${updated_at} ${id}`;
  return interests.reduce<I | undefined>(
    (last, one) => (last && order(last) >= order(one) ? last : one),
    undefined,
  );
}

/** What is noted of a property at the client itself, and the last word of them and of those merged into them. */
async function wordsAbout(table: TableReader, client: StoredClient, propertyId: string) {
  const keys = idsOf(client).map((id) => interestKey(client.brokerage_id, id, propertyId));
  const found = (await table.getMany(keys)) as readonly (StoredInterest | undefined)[];
  return { own: found[0], last: lastWord(found.flatMap((one) => one ?? [])) };
}

/** An interest as answered, with the client who has it now. */
export const answered = (clientId: string, interest: StoredInterest): Interest => ({
  client_id: clientId,
  property_id: propertyIdOf(interest),
  interest: interest.listed!.interest,
  created_at: interest.created_at,
  updated_at: interest.updated_at,
});

/** Notes what a client thinks of a property, instead of what was noted before. */
export async function noteInterest(
  table: TableReader,
  client: StoredClient,
  propertyId: string,
  listed: NewInterest,
  stamp: Stamp,
): Promise<{ readonly interest: Interest; readonly writes: readonly (PutWrite | CheckWrite)[] }> {
  const { own, last } = await wordsAbout(table, client, propertyId);
  if (last?.listed?.interest === listed.interest) return { interest: answered(client.id, last), writes: [] };
  const created_at = last?.listed ? last.created_at : stamp.now.toISOString();
  // By which the property's list finds it.
  const found = { property_id: propertyId, child: interestChild, at: created_at };
  const { item, writes } = written(client, propertyId, own, { created_at, listed, ...found }, stamp);
  return { interest: answered(client.id, item), writes };
}

/** Takes back what was noted. Throws 404 where nothing is. */
export async function withdrawInterest(
  table: TableReader,
  client: StoredClient,
  propertyId: string,
  stamp: Stamp,
): Promise<readonly (PutWrite | CheckWrite)[]> {
  const { own, last } = await wordsAbout(table, client, propertyId);
  if (!last?.listed) throw new Problem("not_found", "The client has no interest in this property");
  return written(client, propertyId, own, { created_at: last.created_at }, stamp).writes;
}

function written(
  client: StoredClient,
  propertyId: string,
  own: StoredInterest | undefined,
  said: Pick<StoredInterest, "created_at" | "listed">,
  { now, written }: Stamp,
) {
  const { brokerage_id, id } = client;
  const item = withSchemaVersion("interest", {
    ...interestKey(brokerage_id, id, propertyId),
    ...{ brokerage_id, id, version: (own?.version ?? 0) + 1, updated_at: now.toISOString(), written },
    ...said,
  });
  const put: PutWrite = own
    ? {
        Put: {
          Item: item,
          ConditionExpression: "#version = :read",
          ExpressionAttributeNames: { "#version": "version" },
          ExpressionAttributeValues: { ":read": own.version },
        },
        ifConditionFails: "conflict",
      }
    : create(item);
  // Not of a client that is being deleted, merged or erased.
  return { item, writes: [put, mustBeAsRead(clientRecord, client)] };
}
