import { clientRecord, phonesOf, type StoredClient } from "../domain/client.ts";
import { phoneWord } from "../domain/words.ts";
import { loadKept } from "./merges.ts";
import { aliveIn, recordKey } from "./record-item.ts";
import { lookupKey, type Stamp, ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import { idsWith } from "./search.ts";
import type { Item, Key, PutWrite, TableQuerier, TableReader } from "./table.ts";

/** How a person can be reached. */
interface Reached {
  readonly email: string | null;
  readonly phone: string | null;
}

/** Who is known by an email or a phone, and the item that notes the phone. */
interface Known {
  readonly client: StoredClient | undefined;
  readonly noted: Item | undefined;
}

/**
 * The client with an email, else the first one with a phone; a merged one is whom it was merged into. Phones are found by
 * the words of a search, which follow a client by a second: those that leads came with are noted, too.
 */
export async function knownClient(
  table: TableQuerier,
  brokerageId: string,
  { email, phone }: Reached,
): Promise<Known> {
  const lookup = (name: string, value: string | null) =>
    value === null ? undefined : lookupKey(clientRecord, name, value, brokerageId);
  const [byEmail, noted] = await some(table, [lookup("email", email), lookup("phone", phone)]);
  const clientKey = (id: unknown) => recordKey(brokerageId, clientRecord, String(id));
  const items = await some(table, [byEmail && clientKey(byEmail.id), noted && clientKey(noted.id)]);
  const [withEmail, withPhone] = items.map((item) => aliveIn(clientRecord, item));
  const found = withEmail ?? having(phone, [withPhone]);
  if (found || phone === null) return { client: found && (await keptOf(table, found)), noted };
  const ids = (await idsWith(table, brokerageId, clientRecord, phoneWord(phone))).sort();
  const others = (await some(table, ids.map(clientKey))).map((item) => aliveIn(clientRecord, item));
  const first = having(phone, others);
  return { client: first && (await keptOf(table, first)), noted };
}

/** The first client who has a phone: one that was noted, or found by its words, may have another since. */
const having = (phone: string | null, clients: readonly (StoredClient | undefined)[]) =>
  clients.find((client) => client !== undefined && phone !== null && phonesOf(client).includes(phone));

/** Reads items at the keys that there are. */
async function some(table: TableReader, keys: readonly (Key | undefined)[]): Promise<(Item | undefined)[]> {
  const asked = keys.filter((key) => key !== undefined);
  const items = await table.getMany(asked);
  return keys.map((key) => (key ? items.shift() : undefined));
}

/** The client itself, or whom it was merged into: undefined where that one was deleted. */
const keptOf = async (table: TableReader, client: StoredClient): Promise<StoredClient | undefined> =>
  client.merged_into ? loadKept(table, client.brokerage_id, client.merged_into) : client;

/**
 * Notes the phone of a new client, so that leads that come at the same time make one client; over what was read. It goes
 * after a day: by then the client is found by its words.
 */
export function notePhone(
  { brokerage_id, id }: StoredClient,
  phone: string,
  read: Item | undefined,
  { now, written }: Stamp,
): PutWrite {
  const item = { ...lookupKey(clientRecord, "phone", phone, brokerage_id), brokerage_id, id, written };
  const end = ttl(new Date(now.getTime() + 24 * 3_600_000));
  return {
    Put: {
      Item: withSchemaVersion("leadPhone", { ...item, ttl: end }),
      ...(read
        ? { ConditionExpression: "id = :read", ExpressionAttributeValues: { ":read": read.id } }
        : { ConditionExpression: "attribute_not_exists(pk)" }),
    },
    ifConditionFails: "conflict",
  };
}
