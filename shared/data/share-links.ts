import type { Invocation, WriteStamp } from "../domain/invocation.ts";
import { cmaRecord, type StoredCma } from "../domain/market-analysis.ts";
import { propertyRecord } from "../domain/property-record.ts";
import type { ShareLink } from "../domain/share-link.ts";
import { userRecord } from "../domain/user.ts";
import { policyIn, policyKey } from "./brokerages.ts";
import { fromItem, isAlive, recordKey } from "./record-item.ts";
import { ttl } from "./records.ts";
import { withSchemaVersion } from "./schema.ts";
import { readSignedIds, signIds, type TokenKind } from "./signed-ids.ts";
import type { Key, StoredItem, TableReader, UpdateWrite } from "./table.ts";

/** A link as stored, without its URL. */
export type StoredLink = Key &
  Omit<ShareLink, "url"> & {
    readonly brokerage_id: string;
    readonly revoked_at?: string;
    /** The invocation that counted the last view: a retried write does not count again. */
    readonly viewed_in?: string;
    readonly written: WriteStamp;
    readonly ttl: number;
  };

/** What a link's token names. */
interface LinkName {
  readonly brokerage_id: string;
  readonly cma_id: string;
  readonly id: string;
}

export const linkPrefix = "link#";

/** A link stands beside its analysis. */
export const linkKey = ({ brokerage_id, cma_id, id }: LinkName): Key => ({
  pk: recordKey(brokerage_id, cmaRecord, cma_id).pk,
  sk: `${linkPrefix}${id}`,
});

/** Days for which a link that has ended still shows its views. */
const daysAfter = 30;
const milliseconds = 86_400_000;

/** A link that is good for so many days from now. */
export function newLink(
  of: Omit<LinkName, "id">,
  days: number,
  by: string,
  { now, newId, written }: Pick<Invocation, "now" | "newId" | "written">,
): StoredLink {
  const name = { ...of, id: newId() };
  const until = new Date(now.getTime() + days * milliseconds);
  return {
    ...linkKey(name),
    ...name,
    expires_at: until.toISOString(),
    created_at: now.toISOString(),
    created_by: by,
    views: 0,
    last_viewed_at: null,
    written,
    ttl: ttl(new Date(until.getTime() + daysAfter * milliseconds)),
  };
}

/** The item of a link. */
export const linkItem = (link: StoredLink): StoredItem => withSchemaVersion("link", { ...link });

/** Whether a link opens its page. DynamoDB removes what has expired late. */
export const isOpen = ({ revoked_at, expires_at }: StoredLink, now: Date): boolean =>
  revoked_at === undefined && expires_at > now.toISOString();

/** Whether links to an analysis work: its property is not deleted, and its agent is active. */
export async function isPresentable(
  table: TableReader,
  {
    brokerage_id,
    property_id,
    owner_user_id,
  }: Pick<StoredCma, "brokerage_id" | "property_id" | "owner_user_id">,
): Promise<boolean> {
  const [property, agent] = await table.getMany([
    recordKey(brokerage_id, propertyRecord, property_id),
    recordKey(brokerage_id, userRecord, owner_user_id),
  ]);
  return isAlive(property) && isAlive(agent) && fromItem(userRecord, agent).is_active;
}

/** Ends a link from the next request on; 404 for one that does not exist or was ended before. */
export function revokeLink(name: LinkName, now: Date, written: WriteStamp): UpdateWrite {
  return {
    Update: {
      Key: linkKey(name),
      UpdateExpression: "SET revoked_at = :now, written = :written",
      ConditionExpression: "attribute_exists(pk) AND attribute_not_exists(revoked_at)",
      ExpressionAttributeValues: { ":now": now.toISOString(), ":written": written },
    },
    ifConditionFails: "not_found",
  };
}

/** Counts one view. The SDK sends again what got no answer: the last view that was counted is not counted again. */
export function countView(link: StoredLink, now: Date, { operation_id }: WriteStamp): UpdateWrite {
  return {
    Update: {
      Key: linkKey(link),
      UpdateExpression: "ADD #views :one SET last_viewed_at = :now, viewed_in = :this",
      ConditionExpression: "attribute_exists(pk) AND (attribute_not_exists(viewed_in) OR viewed_in <> :this)",
      ExpressionAttributeNames: { "#views": "views" },
      ExpressionAttributeValues: { ":one": 1, ":now": now.toISOString(), ":this": operation_id },
    },
  };
}

const linkTokens: TokenKind = { purpose: "share links", ids: 3 };

/** A link's token: it names brokerage, analysis and link. `cursorKey` is the brokerage's key. */
export const linkToken = ({ brokerage_id, cma_id, id }: LinkName, cursorKey: string): string =>
  signIds(linkTokens, { ids: [brokerage_id, cma_id, id] }, cursorKey);

/** A link with the URL under which it is read. */
export const withUrl = (link: StoredLink, cursorKey: string, origin: string): ShareLink => ({
  ...link,
  url: `${origin}/v1/reports/${linkToken(link, cursorKey)}`,
});

/**
 * The link that a token names; undefined for a token that we never issued. Reads the brokerage's key and nothing else.
 */
export async function verifyLinkToken(table: TableReader, token: string): Promise<LinkName | undefined> {
  const read = readSignedIds(linkTokens, token);
  if (!read) return undefined;
  const [brokerage_id, cma_id, id] = read.ids as [string, string, string];
  const policy = policyIn(await table.get(policyKey(brokerage_id)));
  return policy && read.isSigned(policy.cursor_key) ? { brokerage_id, cma_id, id } : undefined;
}
