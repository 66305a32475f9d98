import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { DynamoDb } from "./dynamodb.ts";
import type { Resource } from "./templates.ts";

/** Creates the templates' tables where they do not exist; throws when one exists with other keys or indexes. */
export async function createTables(dynamo: DynamoDb, tables: readonly Resource[]): Promise<void> {
  for (const { name, properties } of tables) {
    const { AttributeDefinitions, KeySchema, GlobalSecondaryIndexes, StreamSpecification } = properties;
    const definition = {
      TableName: name,
      AttributeDefinitions,
      KeySchema,
      GlobalSecondaryIndexes,
      StreamSpecification: { StreamEnabled: true, ...StreamSpecification },
      BillingMode: "PAY_PER_REQUEST",
    };
    const existing = await dynamo
      .call("DynamoDB_20120810.DescribeTable", { TableName: name })
      .catch(() => undefined);
    if (existing && shape(existing.Table) !== shape(definition))
      throw new Error(
        `The stored table ${name} has other keys or indexes than the templates: start with --fresh`,
      );
    if (existing) continue;
    await dynamo.call("DynamoDB_20120810.CreateTable", definition);
    const ttl = properties.TimeToLiveSpecification;
    if (ttl?.Enabled) {
      const TimeToLiveSpecification = { AttributeName: ttl.AttributeName, Enabled: true };
      await dynamo.call("DynamoDB_20120810.UpdateTimeToLive", { TableName: name, TimeToLiveSpecification });
    }
  }
}

interface Index {
  readonly IndexName: string;
  readonly KeySchema: readonly { readonly AttributeName: string; readonly KeyType: string }[];
  readonly Projection: { readonly ProjectionType: string; readonly NonKeyAttributes?: readonly string[] };
}

function shape(table: { KeySchema: Index["KeySchema"]; GlobalSecondaryIndexes?: Index[] }): string {
  const indexes = (table.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema, Projection }) => [
    IndexName,
    KeySchema.map((key) => `${key.KeyType} ${key.AttributeName}`),
    Projection.ProjectionType,
    Projection.NonKeyAttributes?.toSorted(),
  ]);
  return JSON.stringify([table.KeySchema.map((key) => key.AttributeName), indexes.toSorted()]);
}

/**
 * Gives every index of a table its own in DynamoDB Local's SQLite file. It makes only some of them itself (3.x: of nine
 * the first, fourth and seventh by name), and a Query of the others reads the whole table: 1.2 s where it holds 200,000
 * items, 10 ms with the index. Answers are the same either way, so a file that looks different is left alone.
 */
export function completeIndexes(folder: string, { name, properties }: Resource): void {
  const store = new DatabaseSync(join(folder, "shared-local-instance.db"), { timeout: 30_000 });
  try {
    const own = new Map(
      store
        .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?")
        .all(name)
        .map((row) => [row.name, String(row.sql)] as const),
    );
    const wanted = columnsOf(properties).map(
      ([index, columns]) => [`${name}*${index}`, `(${columns.join(", ")}, hashRangeValue)`] as const,
    );
    const isKnown = wanted.every(([index, columns]) => own.get(index)?.endsWith(columns) ?? true);
    if (!isKnown || !wanted.some(([index]) => own.has(index))) return;
    for (const [index, columns] of wanted)
      store.exec(`CREATE INDEX IF NOT EXISTS "${index}" ON "${name}" ${columns}`);
  } finally {
    store.close();
  }
}

/** The columns of each index: attributes that are no key of the table are numbered as they are defined. */
function columnsOf(properties: Resource["properties"]): [string, string[]][] {
  const keys: string[] = properties.KeySchema.map((key: { AttributeName: string }) => key.AttributeName);
  const attributes: string[] = properties.AttributeDefinitions.map(
    (attribute: { AttributeName: string }) => attribute.AttributeName,
  ).filter((attribute: string) => !keys.includes(attribute));
  return (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema }: Index) => [
    IndexName,
    KeySchema.map(({ AttributeName }) => `indexKey_${attributes.indexOf(AttributeName)}`),
  ]);
}
