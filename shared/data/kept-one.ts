import type { AnyRecordType, KeptOne, RecordOf } from "../domain/record-type.ts";
import { recordKey } from "./record-item.ts";
import { withSchemaVersion } from "./schema.ts";
import type { Key, UpdateWrite } from "./table.ts";

/** Where the brokerage counts the records of which it keeps one at least. */
export const countKey = (brokerageId: string, name: string): Key => ({
  pk: recordKey(brokerageId, { name: "brokerage" }, brokerageId).pk,
  sk: `count#${name}`,
});

/**
 * Counts a record in or out where its brokerage must keep one of its kind, in the transaction that makes it one or no
 * longer one: however many try at once, the last one stays. What a release before the count wrote is counted by the
 * type's migration (`recount`); until then the count is too low, which refuses and loses nothing.
 */
export function count<T extends AnyRecordType>(
  { keepsOne }: T,
  before: RecordOf<T> | undefined,
  after: RecordOf<T> | undefined,
): UpdateWrite[] {
  if (!keepsOne) return [];
  const { name, problem, isOne }: KeptOne<RecordOf<T>> = keepsOne;
  const [was, is] = [before, after].map((record) => record !== undefined && isOne(record));
  if (was === is) return [];
  return [
    {
      Update: {
        Key: countKey((after ?? before)!.brokerage_id, name),
        // The number of changes tells a recount of one in and one out, too.
        UpdateExpression: "ADD #count :by, #changes :one SET #schema = :schema",
        ...(was && { ConditionExpression: "#count > :one" }),
        ExpressionAttributeNames: { "#count": "count", "#changes": "changes", "#schema": "schema" },
        ExpressionAttributeValues: {
          ":by": was ? -1 : 1,
          ":one": 1,
          ":schema": withSchemaVersion("count", {}).schema,
        },
      },
      ifConditionFails: problem,
    },
  ];
}
