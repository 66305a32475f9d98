import { DatabaseSync } from "node:sqlite";
import { type DynamoDb, storeIn } from "./dynamodb.ts";
import type { Resource } from "./templates.ts";

/**
 * Creates the templates' tables where they do not exist in a folder's DynamoDB Local, and lets it answer sooner; throws when
 * one exists with other keys or indexes.
 */
export async function createTables(
  dynamo: DynamoDb,
  folder: string,
  tables: readonly Resource[],
): Promise<void> {
  for (const table of tables) {
    await createTable(dynamo, table);
    quicken(folder, table);
  }
}

async function createTable(dynamo: DynamoDb, { name, properties }: Resource): Promise<void> {
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
  if (existing) return;
  await dynamo.call("DynamoDB_20120810.CreateTable", definition);
  const ttl = properties.TimeToLiveSpecification;
  if (ttl?.Enabled) {
    const TimeToLiveSpecification = { AttributeName: ttl.AttributeName, Enabled: true };
    await dynamo.call("DynamoDB_20120810.UpdateTimeToLive", { TableName: name, TimeToLiveSpecification });
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
 * Changes what DynamoDB Local keeps of a table in its file, so that it answers sooner. What it answers is the same either
 * way, so what looks different than it is known to is left alone.
 */
function quicken(folder: string, table: Resource): void {
  const store = new DatabaseSync(storeIn(folder), { timeout: 30_000 });
  try {
    completeIndexes(store, table);
    shortenDescription(store, table);
  } finally {
    store.close();
  }
}

/**
 * Gives every index of a table its own in DynamoDB Local's SQLite file, with the items alone that it lists. It makes only
 * some of them itself (3.x: of nine the first, fourth and seventh by name), and a Query of the others reads the whole
 * table: 1.2 s where it holds 200,000 items, 10 ms with the index. Its own list every item, so that each write changes
 * them all: a quarter of its time. Its SQLite (3.8.7) uses an index of some items only where one part of a Query says that
 * they are those.
 */
function completeIndexes(store: DatabaseSync, { name, properties }: Resource): void {
  const own = new Map(
    store
      .prepare("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = ?")
      .all(name)
      .map((row) => [row.name, String(row.sql)] as const),
  );
  const wanted = columnsOf(properties).map(({ index, keys, rarest }) => ({
    index: `${name}*${index}`,
    columns: `(${[...keys, "hashRangeValue"].join(", ")})`,
    items: ` WHERE ${rarest} IS NOT NULL`,
  }));
  const isKnown = wanted.every(({ index, columns, items }) => {
    const sql = own.get(index);
    return !sql || sql.endsWith(columns) || sql.endsWith(columns + items);
  });
  if (!isKnown || !wanted.some(({ index }) => own.has(index))) return;
  for (const { index, columns, items } of wanted) {
    if (own.get(index)?.endsWith(items)) continue;
    store.exec(`DROP INDEX IF EXISTS "${index}"; CREATE INDEX "${index}" ON "${name}" ${columns}${items}`);
  }
}

/**
 * Shortens the description of a table, which DynamoDB Local parses once or twice with each call, most of its time. What
 * goes: the indexes in a form that it reads no more; all but one mention of each column that a write fills; of each
 * column its types, which it reads to create a table or an index, and the type of its attribute, which it reads of the
 * table's keys alone (an index's are among the table's attributes); and sizes of indexes, which it counts anew.
 */
function shortenDescription(store: DatabaseSync, { name }: Resource): void {
  const row = store.prepare("SELECT TableInfo FROM dm WHERE TableName = ?").get(name);
  const { GSIList, UniqueGSIIndexes, UniqueIndexes, GSIDescList, SQLiteIndex, ...rest } = JSON.parse(
    Buffer.from(row?.TableInfo as Uint8Array).toString(),
  );
  if (!GSIList || !UniqueGSIIndexes || !UniqueIndexes || !GSIDescList || !SQLiteIndex) return;
  const column = ({ KeyType, SQLiteDataType, ...read }: Described) => read;
  const indexColumn = ({ SQLiteColumnName, DynamoDBAttribute }: Described) => ({
    SQLiteColumnName,
    DynamoDBAttribute: { AttributeName: (DynamoDBAttribute as Described).AttributeName },
  });
  const filled = new Map(
    UniqueGSIIndexes.flat().map((one: Described) => [one.SQLiteColumnName, indexColumn(one)]),
  );
  const shorter = JSON.stringify({
    ...rest,
    GSIDescList: GSIDescList.map(({ IndexSizeBytes, ItemCount, ...read }: Described) => read),
    SQLiteIndex: Object.fromEntries(
      Object.entries<Described[]>(SQLiteIndex).map(([index, columns]) => [
        index,
        columns.map(index === ofTable ? column : indexColumn),
      ]),
    ),
    UniqueGSIIndexes: [[...filled.values()]],
    UniqueIndexes: UniqueIndexes.map(column),
  });
  store.prepare("UPDATE dm SET TableInfo = ? WHERE TableName = ?").run(Buffer.from(shorter), name);
}

/** The name under which the table's own keys stand among the indexes. */
const ofTable = "";

/** What DynamoDB Local says of an index or a column. */
type Described = Readonly<Record<string, unknown>>;

/** The columns of each index: attributes that are no key of the table are numbered as they are defined. */
function columnsOf(properties: Resource["properties"]) {
  const keys: string[] = properties.KeySchema.map((key: { AttributeName: string }) => key.AttributeName);
  const attributes: string[] = properties.AttributeDefinitions.map(
    (attribute: { AttributeName: string }) => attribute.AttributeName,
  ).filter((attribute: string) => !keys.includes(attribute));
  const column = ({ AttributeName }: { AttributeName: string }) =>
    `indexKey_${attributes.indexOf(AttributeName)}`;
  return (properties.GlobalSecondaryIndexes ?? []).map(({ IndexName, KeySchema }: Index) => ({
    index: IndexName,
    keys: KeySchema.map(column),
    // The first is the brokerage's, which all items have.
    rarest: column(
      KeySchema.filter(({ KeyType }) => KeyType === "HASH")
        .slice(0, 2)
        .at(-1)!,
    ),
  })) as { index: string; keys: string[]; rarest: string }[];
}
