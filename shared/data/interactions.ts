import type { Caller } from "../domain/access.ts";
import { clientRecord, type StoredClient } from "../domain/client.ts";
import { contactOf, type Interaction, interactionRecord } from "../domain/interaction.ts";
import { entriesIn } from "./list.ts";
import { recordKey } from "./record-item.ts";
import { mustExist, type Stamp } from "./records.ts";
import type { CheckWrite, Item, TableQuerier, UpdateWrite } from "./table.ts";

/**
 * What an interaction writes of its client, in its own transaction: the moments of contact, under conditions of their
 * own and not of the client's version, so that two interactions do not get in each other's way and the later moment
 * stays. Otherwise only that the client is there.
 */
export function noteContact(
  client: StoredClient,
  interaction: Pick<Interaction, "type" | "occurred_at">,
  caller: Pick<Caller, "session_id">,
  { now, written }: Stamp,
): UpdateWrite | CheckWrite {
  const { brokerage_id, id } = client;
  const { last_contacted_at, first_responded_at } = contactOf(client, interaction, caller);
  if (!last_contacted_at && !first_responded_at) return mustExist(brokerage_id, clientRecord, id);
  return {
    Update: {
      Key: recordKey(brokerage_id, clientRecord, id),
      UpdateExpression: [
        "SET #version = #version + :one, updated_at = :now, changed_at = :now, written = :written",
        ...(last_contacted_at ? ["listed.last_contacted_at = :last"] : []),
        ...(first_responded_at
          ? ["detail.first_responded_at = if_not_exists(detail.first_responded_at, :first)"]
          : []),
      ].join(", "),
      ConditionExpression: [
        "attribute_exists(pk) AND attribute_not_exists(deleted) AND attribute_not_exists(detail.merged_into)",
        ...(last_contacted_at
          ? ["(attribute_not_exists(listed.last_contacted_at) OR listed.last_contacted_at < :last)"]
          : ["attribute_not_exists(detail.first_responded_at)"]),
      ].join(" AND "),
      ExpressionAttributeNames: { "#version": "version" },
      ExpressionAttributeValues: {
        ":one": 1,
        ":now": now.toISOString(),
        ":written": written,
        ...(last_contacted_at ? { ":last": last_contacted_at } : {}),
        ...(first_responded_at ? { ":first": first_responded_at } : {}),
      },
    },
    // Another interaction was faster: with the client as it is then, there is less to note.
    ifConditionFails: "conflict",
  };
}

/** Entries of all interactions of a client, oldest first; eventually consistent. */
export const interactionsOf = (
  table: TableQuerier,
  brokerage_id: string,
  client_id: string,
): AsyncGenerator<Item> =>
  entriesIn(table, "of_client", { brokerage_id, client_id, child: interactionRecord.name });
