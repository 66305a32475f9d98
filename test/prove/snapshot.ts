import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { DynamoDBDocumentClient, ScanCommand } from "@aws-sdk/lib-dynamodb";
import type { Item } from "../../shared/data/table.ts";
import { cloud } from "../cloud.ts";
import { flat } from "../records.ts";

/** Every item of the table, by key. */
export type Snapshot = ReadonlyMap<string, Item>;

const { environment } = cloud;
const admin = DynamoDBDocumentClient.from(
  new DynamoDBClient({
    endpoint: environment.AWS_ENDPOINT_URL!,
    region: environment.AWS_REGION!,
    credentials: {
      accessKeyId: environment.AWS_ACCESS_KEY_ID!,
      secretAccessKey: environment.AWS_SECRET_ACCESS_KEY!,
      ...(environment.AWS_SESSION_TOKEN ? { sessionToken: environment.AWS_SESSION_TOKEN } : {}),
    },
  }),
);

/** Reads the whole table. */
export async function snapshot(): Promise<Snapshot> {
  const items = new Map<string, Item>();
  for (let from: Record<string, unknown> | undefined; ; ) {
    const page = await admin.send(
      new ScanCommand({ TableName: cloud.tableName, ConsistentRead: true, ExclusiveStartKey: from }),
    );
    for (const item of (page.Items ?? []) as Item[]) items.set(`${item.pk}\n${item.sk}`, item);
    from = page.LastEvaluatedKey;
    if (!from) return items;
  }
}

/**
 * What differs, by kind: "created property#", "changed user# record", without ids and moments, so that two runs of the
 * same work can be compared. Counters of attempts are no effect: a spent attempt stays spent.
 */
export function effects(before: Snapshot, after: Snapshot): string[] {
  const keys = new Set([...before.keys(), ...after.keys()]);
  return [...keys]
    .filter((key) => !/guesses|^address#/.test(key))
    .flatMap((key) => {
      const [was, is] = [before.get(key), after.get(key)];
      if (JSON.stringify(was) === JSON.stringify(is)) return [];
      return [`${verbOf(key, was, is)} ${kindOf((is ?? was)!)}`];
    })
    .sort();
}

function verbOf(key: string, was: Item | undefined, is: Item | undefined): string {
  // What is used of a limit or a budget in a day or a month, whose turn it was: the first use makes the item.
  if (/#(used|ai-budget|ai-usage)#|\nturn#/.test(key)) return "counted";
  if (was === undefined) return "created";
  return is === undefined ? "removed" : "changed";
}

/**
 * Operations that have the same effect again only in a world of its own: a sign-in's attempts stay counted, and a
 * brokerage has these documents once.
 */
export const onceInAWorld = ["login", "putCustomFields", "putLeadRouting"];

function kindOf(item: Item): string {
  const { pk, sk, entity: type, deleted } = item;
  const { status, rows_created } = flat(item);
  const entity = deleted ? `deleted ${type}` : pk.split("#").find((part) => /^[a-z_]+$/.test(part));
  return [entity, sk.split("#")[0], status, rows_created].filter((part) => part !== undefined).join(" ");
}
